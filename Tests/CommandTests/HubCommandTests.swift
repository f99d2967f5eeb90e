import Foundation
import HubServer
import Testing

/// `--model owner/name`: the small checkpoint, served from loopback to the built command.
@Suite struct HubCommandTests {
    private let weights = "model.safetensors"
    private let secret = "hf_notToBeSeenAnywhere"

    /// Serves the checkpoint as `acme/microworld`, a cache of its own beside it.
    private struct Served {
        let model: ServedModel
        let server: LoopbackServer
        let folder: URL

        var environment: [String: String] {
            [
                "HF_HOME": folder.path, "HF_ENDPOINT": server.url, "HF_TOKEN": "hf_notToBeSeenAnywhere",
                "HF_HUB_CACHE": "", "HF_HUB_OFFLINE": "", "TRANSFORMERS_OFFLINE": "", "HUGGINGFACE_HUB_CACHE": "",
            ]
        }

        func ask(_ question: String = "what color is the shape?", meanwhile: (Process) throws -> Void = { _ in }) throws
            -> Command.Outcome
        {
            let picture = folder.appendingPathComponent("red.png")
            try Drawing.redRectangle().write(to: picture)
            return try Command.run(
                ["generate", "--model", "acme/microworld", "--image", picture.path, "--prompt", question],
                environment: environment, meanwhile: meanwhile)
        }

        /// The weights on their way.
        var part: URL {
            folder.appendingPathComponent(
                "hub/models--acme--microworld/blobs/\(model.checksum("model.safetensors")).incomplete")
        }

        /// Waits until so much of the weights is there.
        func waitForPart(_ count: Int) throws {
            for _ in 0..<2000 {
                if (try? FileManager.default.attributesOfItem(atPath: part.path)[.size] as? Int) == count { return }
                usleep(5000)
            }
            throw CocoaError(.fileReadNoSuchFile)
        }

        var ranges: [Int?] {
            server.requests.filter { $0.method == "GET" && $0.path.hasSuffix("/model.safetensors") }.map(\.rangeStart)
        }
    }

    /// What is fetched of the folder: weights, and the small files that a model needs; in megabytes as they are shown.
    private func fetched() throws -> (files: Int, megabytes: String) {
        let names = [
            weights, "config.json", "preprocessor_config.json", "tokenizer.json", "generation_config.json",
            "tokenizer_config.json", "chat_template.json", "chat_template.jinja",
        ]
        let sizes = names.compactMap { name in
            try? FileManager.default.attributesOfItem(
                atPath: Command.checkpoint.appendingPathComponent(name).path)[.size] as? Int
        }
        return (sizes.count, String(format: "%.1f", Double(sizes.reduce(0, +)) / 1e6))
    }

    private func withServed(
        _ script: @escaping @Sendable (Request, Answer) -> Answer = { $1 }, _ body: (Served) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let model = try ServedModel("acme/microworld", folder: Command.checkpoint)
            let server = try LoopbackServer { script($0, model.answer($0)) }
            defer { server.stop() }
            try body(Served(model: model, server: server, folder: folder))
        }
    }

    /// Answers the first request for the weights with a million bytes and silence.
    private static func stalling(_ request: Request, _ usual: Answer) -> Answer {
        request.method == "GET" && request.path.hasSuffix("/model.safetensors") && request.rangeStart == nil
            ? usual.ending(.stall(after: 1_000_000)) : usual
    }

    @Test func aNameIsDownloadedOnceAndAnswers() throws {
        try withServed { served in
            let first = try served.ask()
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.output == "red\n")
            let (files, megabytes) = try fetched()
            #expect(files >= 7 && first.errors.contains("acme/microworld: \(files) files, \(megabytes) MB in "))
            #expect(served.server.requests.count == 1 + 2 * files)
            for request in served.server.requests { #expect(request.headers["authorization"] == "Bearer \(secret)") }
            let second = try served.ask()
            #expect(second.output == "red\n" && !second.errors.contains("\(files) files"))
            #expect(served.server.requests.count == 1 + 2 * files)
            #expect(!(first.errors + second.errors).contains(secret))
        }
    }

    @Test func aKilledDownloadGoesOn() throws {
        try withServed(Self.stalling) { served in
            let killed = try served.ask { process in
                try served.waitForPart(1_000_000)
                kill(process.processIdentifier, SIGKILL)
            }
            #expect(killed.status == SIGKILL && killed.output.isEmpty)
            let again = try served.ask()
            #expect(again.status == 0 && again.output == "red\n", "\(again.errors)")
            #expect(again.errors.contains("going on after 1.0 MB of an earlier run"))
            #expect(served.ranges == [nil, 1_000_000])
            #expect(!FileManager.default.fileExists(atPath: served.part.path))
            // The small files were not asked for again.
            #expect(served.server.requests.filter { $0.path.hasSuffix("/config.json") }.count == 2)
        }
    }

    @Test func anInterruptedDownloadStopsCleanly() throws {
        try withServed(Self.stalling) { served in
            let stopped = try served.ask { process in
                try served.waitForPart(1_000_000)
                process.interrupt()
            }
            #expect(stopped.status == 130 && stopped.output.isEmpty)
            #expect(stopped.errors.contains("goes on where this one was"))
            #expect(try Data(contentsOf: served.part).count == 1_000_000)
        }
    }

    @Test func aRefusalIsOneSentenceWithoutTheToken() throws {
        for (status, words) in [
            (401, "does not accept the token"), (403, "accept the licence"), (404, "check the name"),
        ] {
            try withServed({ _, _ in Answer(status) }) { served in
                let run = try served.ask()
                #expect(run.status == 1 && run.output.isEmpty)
                let sentence = try #require(run.sentence, "not one sentence: \(run.errors)")
                #expect(sentence.contains("acme/microworld") && sentence.contains(words))
                #expect(served.server.requests.count == 1 && !run.errors.contains(secret))
            }
        }
    }

    @Test func aNameIsNoFolder() throws {
        try withTemporaryFolder { folder in
            let run = try Command.run(
                ["generate", "--model", "acme/microworld", "--prompt", "x"],
                environment: ["HF_HOME": folder.path, "HF_HUB_OFFLINE": "1"])
            #expect(run.status == 1)
            #expect(
                run.sentence?.contains("acme/microworld is not complete in \(folder.path)") == true, "\(run.errors)")
        }
        let revision = try Command.run(
            "generate", "--model", Command.checkpoint.path, "--revision", "v1", "--prompt", "x")
        #expect(revision.sentence?.contains("leave --revision out") == true)
    }
}
