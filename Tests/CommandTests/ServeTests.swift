import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// `avar serve` and `avar microworld oracle --port`, asked over real sockets.
@Suite(.serialized) struct ServeTests {
    /// A running server.
    private struct Server: Sendable {
        let port: Int

        /// A port that was free a moment ago.
        static func freePort() throws -> Int {
            let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(handle) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let port = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int in
                    guard bind(handle, address, length) == 0, getsockname(handle, address, &length) == 0 else {
                        return 0
                    }
                    return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        Int(UInt16(bigEndian: $0.pointee.sin_port))
                    }
                }
            }
            return try #require(port > 0 ? port : nil)
        }

        /// Status and body.
        func send(
            _ path: String, _ body: [String: Any]? = nil, headers: [String: String] = [:]
        ) throws -> (status: Int, body: Data) {
            var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
            request.timeoutInterval = 120
            if let body {
                request.httpMethod = "POST"
                request.httpBody = try JSONSerialization.data(withJSONObject: body)
                request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            }
            for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
            let (box, done) = (Box(), DispatchSemaphore(value: 0))
            // Without a cache: this one would keep the answer to a POST that was refused.
            let configuration = URLSessionConfiguration.ephemeral
            configuration.urlCache = nil
            let session = URLSession(configuration: configuration)
            defer { session.finishTasksAndInvalidate() }
            session.dataTask(with: request) { data, response, error in
                box.set(((response as? HTTPURLResponse)?.statusCode ?? 0, data ?? Data()), error)
                done.signal()
            }.resume()
            done.wait()
            return try box.get()
        }

        func chat(_ body: [String: Any]) throws -> (status: Int, reply: [String: Any]) {
            let (status, data) = try send("/v1/chat/completions", body)
            let reply = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            return (status, reply)
        }

        /// Waits until it answers.
        func awaitReady() throws {
            for _ in 0..<600 {
                if let found = try? send("/health"), found.status == 200 { return }
                usleep(100_000)
            }
            Issue.record("The server did not begin.")
        }
    }

    private final class Box: @unchecked Sendable {
        private let lock = NSLock()
        private var found: (status: Int, body: Data) = (0, Data())
        private var error: (any Error)?
        func set(_ found: (status: Int, body: Data), _ error: (any Error)?) {
            lock.withLock { (self.found, self.error) = (found, error) }
        }
        func get() throws -> (status: Int, body: Data) {
            try lock.withLock {
                if let error { throw error }
                return found
            }
        }
    }

    /// Runs a server, asks it, and stops it as Ctrl-C does.
    private func serving(_ arguments: [String], _ body: (Server, Process) throws -> Void) throws -> Command.Outcome {
        let server = Server(port: try Server.freePort())
        return try Command.run(arguments + ["--port", String(server.port)]) { process in
            try server.awaitReady()
            try body(server, process)
            process.interrupt()
        }
    }

    private static let model = ["serve", "--model", Command.checkpoint.path]

    private static func question(_ words: String, picture: Data? = nil) -> [String: Any] {
        let text: [String: Any] = ["type": "text", "text": words]
        guard let picture else { return ["role": "user", "content": words] }
        let url = "data:image/png;base64," + picture.base64EncodedString()
        return ["role": "user", "content": [["type": "image_url", "image_url": ["url": url]], text]]
    }

    private static func texts(_ reply: [String: Any]) throws -> [String] {
        try #require(reply["choices"] as? [[String: Any]]).map {
            try #require(($0["message"] as? [String: Any])?["content"] as? String)
        }
    }

    /// What it answers is what `avar generate` answers with the same seed; streamed it is the same.
    @Test func answersAreThoseOfGenerate() throws {
        try withTemporaryFolder { folder in
            let picture = folder.appendingPathComponent("picture.png")
            try Drawing.redRectangle().write(to: picture)
            let prompt = "what color is the shape? think first"
            let alone = try Command.run(
                "generate", "--model", Command.checkpoint.path, "--image", picture.path, "--prompt", prompt,
                "--temperature", "1.3", "--seed", "11", "--samples", "3", "--max-new-tokens", "24", "--json"
            ).json()
            let wanted = try #require(alone["samples"] as? [[String: Any]] ?? alone["answers"] as? [[String: Any]]).map
            {
                try #require($0["text"] as? String)
            }
            var body: [String: Any] = [
                "model": "microworld", "messages": [Self.question(prompt, picture: try Data(contentsOf: picture))],
                "temperature": 1.3, "seed": 11, "n": 3, "max_tokens": 24,
            ]
            let outcome = try serving(Self.model) { server, _ in
                #expect(String(decoding: try server.send("/v1/models").body, as: UTF8.self).contains("\"microworld\""))
                let whole = try server.chat(body)
                #expect(whole.status == 200)
                #expect(try Self.texts(whole.reply) == wanted)
                let usage = try #require(whole.reply["usage"] as? [String: Int])
                #expect(usage["prompt_tokens"] == alone["prompt_tokens"] as? Int)

                body["stream"] = true
                let events = String(decoding: try server.send("/v1/chat/completions", body).body, as: UTF8.self)
                var streamed = ["", "", ""]
                for line in events.split(separator: "\n") where line.hasPrefix("data: {") {
                    let chunk = try JSONSerialization.jsonObject(with: Data(line.dropFirst(6).utf8)) as? [String: Any]
                    for choice in chunk?["choices"] as? [[String: Any]] ?? [] {
                        let index = try #require(choice["index"] as? Int)
                        streamed[index] += (choice["delta"] as? [String: Any])?["content"] as? String ?? ""
                    }
                }
                #expect(streamed == wanted && events.contains("data: [DONE]"))

                // Where each token looked, and how likely it was.
                body["stream"] = false
                (body["n"], body["logprobs"], body["top_logprobs"], body["visual_attention"]) = (1, true, 3, true)
                let watched = try server.chat(body)
                let choice = try #require((watched.reply["choices"] as? [[String: Any]])?.first)
                let tokens = try #require((choice["logprobs"] as? [String: Any])?["content"] as? [[String: Any]])
                let looks = try #require(choice["visual_attention"] as? [[String: Any]])
                #expect(tokens.count == looks.count && tokens.count > 1)
                for token in tokens {
                    let best = try #require((token["top_logprobs"] as? [[String: Any]])?.first?["logprob"] as? Double)
                    #expect(try #require(token["logprob"] as? Double) <= best + 1e-9)
                }
                for look in looks.dropLast() {
                    #expect((0...1).contains(try #require(look["image_mass"] as? Double)))
                }
                #expect(looks.last?["image_mass"] as? Double == nil)
            }
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }

    @Test func whatCannotBeAnsweredIsRefused() throws {
        let outcome = try serving(Self.model + ["--max-pixels", "100000"]) { server, _ in
            /// What is said of a request with some other parts.
            func refusal(_ parts: [String: Any]) throws -> (status: Int, message: String, parameter: String?) {
                let usual: [String: Any] = [
                    "model": "microworld", "messages": [Self.question("hello")], "max_tokens": 4,
                ]
                let (status, reply) = try server.chat(usual.merging(parts) { $1 })
                let error = try #require(reply["error"] as? [String: Any])
                return (status, try #require(error["message"] as? String), error["param"] as? String)
            }
            let unknown = try refusal(["model": "another"])
            #expect(unknown.status == 404 && unknown.message.contains("another"))
            let far: [String: Any] = ["type": "image_url", "image_url": ["url": "http://example.org/a.png"]]
            let elsewhere = try refusal(["messages": [["role": "user", "content": [far]]]])
            #expect(elsewhere.status == 400 && elsewhere.parameter?.contains("image_url") == true, "\(elsewhere)")
            let half = try Drawing.redRectangle()
            let torn = try refusal(["messages": [Self.question("what?", picture: half.prefix(half.count / 2))]])
            #expect(torn.status == 400 && torn.parameter?.contains("messages[0]") == true, "\(torn)")
            let long = try refusal(["messages": [Self.question(String(repeating: "red blue ", count: 2000))]])
            #expect(long.status == 400 && long.message.contains("1024"), "\(long)")
            // Refused before it is read token by token.
            let vast = try refusal(["messages": [Self.question(String(repeating: "red blue ", count: 2_000_000))]])
            #expect(vast.status == 400 && vast.message.contains("bytes"), "\(vast)")
            #expect(try refusal(["temperature": -1]).parameter == "temperature")
            #expect(try refusal(["tools": [["type": "function"]]]).status == 400)
            // And it goes on.
            let good = try server.chat(["model": "microworld", "messages": [Self.question("hello")], "max_tokens": 2])
            #expect(good.status == 200)
        }
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    /// Far more clients than places: each is answered or refused, the same as alone, and memory stays bounded.
    @Test func manyClientsAtOnce() throws {
        let picture = try Drawing.blueRectangle()
        let outcome = try serving(Self.model + ["--concurrent", "6", "--waiting", "40", "--quiet"]) { server, process in
            @Sendable func body(_ seed: Int) -> [String: Any] {
                [
                    "model": "microworld", "messages": [Self.question("what color is the shape?", picture: picture)],
                    "temperature": 1.5, "seed": seed, "max_tokens": 20,
                ]
            }
            let alone = try (0..<4).map { try Self.texts(server.chat(body($0)).reply)[0] }
            func resident() throws -> Int {
                let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
                let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
                return try #require(line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first)
            }
            let before = try resident()
            let results = Results()
            DispatchQueue.concurrentPerform(iterations: 64) { client in
                let found = try? server.chat(body(client % 4))
                results.add(client % 4, found?.status ?? 0, found.flatMap { try? Self.texts($0.reply)[0] })
            }
            let all = results.all
            #expect(all.count == 64)
            #expect(all.allSatisfy { $0.status == 200 || $0.status == 429 }, "\(all.map(\.status))")
            #expect(all.count { $0.status == 200 } > 16)
            for found in all where found.status == 200 { #expect(found.text == alone[found.seed]) }
            let more = try resident() - before
            #expect(more < 400_000, "KiB more: \(more)")
        }
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private final class Results: @unchecked Sendable {
        private let lock = NSLock()
        private var found: [(seed: Int, status: Int, text: String?)] = []
        var all: [(seed: Int, status: Int, text: String?)] { lock.withLock { found } }
        func add(_ seed: Int, _ status: Int, _ text: String?) { lock.withLock { found.append((seed, status, text)) } }
    }

    /// A client that goes away takes its answer along: the next is answered at once.
    @Test func whoGoesAwayIsNotWorkedFor() throws {
        let outcome = try serving(Self.model + ["--concurrent", "1", "--max-new-tokens", "900"]) { server, _ in
            var request = URLRequest(
                url: try #require(URL(string: "http://127.0.0.1:\(server.port)/v1/chat/completions")))
            request.httpMethod = "POST"
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = try JSONSerialization.data(withJSONObject: [
                "model": "microworld", "messages": [Self.question("tell me everything")], "temperature": 2,
                "stream": true,
                "n": 8,
            ])
            let task = URLSession.shared.dataTask(with: request)
            task.resume()
            usleep(500_000)
            task.cancel()
            let began = ContinuousClock.now
            let next = try server.chat(["model": "microworld", "messages": [Self.question("hello")], "max_tokens": 2])
            #expect(next.status == 200 && began.duration(to: .now) < .seconds(20))
        }
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func theOracleAnswersAboutItsPicturesAlone() throws {
        try withTemporaryFolder { folder in
            let data = folder.appendingPathComponent("world")
            let made = try Command.run(
                "microworld", "make", "--split", "train", "--count", "6", "--output", data.path)
            #expect(made.status == 0, "\(made.errors)")
            let lines = try String(contentsOf: data.appendingPathComponent("data.jsonl"), encoding: .utf8)
                .split(separator: "\n")
            let row = try #require(
                try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
            let picture = try Data(
                contentsOf: data.appendingPathComponent(try #require((row["images"] as? [String])?.first)))
            let problem = try #require(row["problem"] as? String).replacingOccurrences(of: "<image>", with: "")
            let oracle = ["microworld", "oracle", "--split", "train", "--count", "6", "--quiet"]
            let outcome = try serving(oracle) { server, _ in
                func ask(_ picture: Data) throws -> (status: Int, reply: [String: Any]) {
                    try server.chat([
                        "model": "microworld-oracle", "messages": [Self.question(problem, picture: picture)],
                    ])
                }
                let found = try ask(picture)
                #expect(found.status == 200)
                #expect(
                    try Self.texts(found.reply)[0].contains(
                        "<answer>\(try #require(row["answer"] as? String))</answer>"))
                #expect(try ask(Drawing.redRectangle()).status == 400)
            }
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }

    @Test func badInputEndsInOneSentence() throws {
        let taken = try serving(Self.model) { server, _ in
            let second = try Command.run(Self.model + ["--port", String(server.port)])
            #expect(second.status == 1 && second.sentence?.contains("in use") == true, "\(second.errors)")
        }
        #expect(taken.status == 0)
        let open = try Command.run(Self.model + ["--port", "0", "--host", "0.0.0.0"])
        #expect(open.status == 1 && open.sentence?.contains("token") == true, "\(open.errors)")
        let unset = try Command.run(Self.model + ["--port", "0", "--token-env", "AVAR_NO_SUCH_TOKEN"])
        #expect(unset.status == 1 && unset.sentence?.contains("AVAR_NO_SUCH_TOKEN") == true, "\(unset.errors)")
        #expect(try Command.run(Self.model + ["--concurrent", "0"]).status == 64)
        #expect(try Command.run(["microworld", "oracle"]).status == 64)
        let fault = try Command.run(["microworld", "oracle", "--count", "2", "--port", "0", "--faults", "sleepy=1"])
        #expect(fault.status == 1 && fault.sentence?.contains("sleepy") == true, "\(fault.errors)")
    }
}
