import Foundation
import Serving
import Testing

@Suite struct AnswerTests {
    @Test func aWholeAnswerHasTheStandardForm() async throws {
        try await withServer(ScriptedBackend.saying("It is ", "a square", ".", end: .length)) { server in
            let reply = try await server.post(
                RunningServer.body(#""n":2,"logprobs":true,"top_logprobs":1,"visual_attention":true"#))
            #expect(reply.status == 200)
            #expect(reply.headers.first(name: "Content-Type") == "application/json")
            let json = try reply.json
            #expect(json["object"] as? String == "chat.completion" && json["model"] as? String == "scripted")
            #expect((json["id"] as? String)?.hasPrefix("chatcmpl-") == true)
            #expect(abs((json["created"] as? Double ?? 0) - Date().timeIntervalSince1970) < 60)
            #expect(
                json["usage"] as? [String: Int] == ["prompt_tokens": 7, "completion_tokens": 6, "total_tokens": 13])
            let choices = try #require(json["choices"] as? [[String: Any]])
            #expect(choices.map { $0["index"] as? Int } == [0, 1])
            for choice in choices {
                let message = try #require(choice["message"] as? [String: Any])
                #expect(message["role"] as? String == "assistant")
                #expect(message["content"] as? String == "It is a square.")
                #expect(choice["finish_reason"] as? String == "length")
                let tokens = try #require((choice["logprobs"] as? [String: Any])?["content"] as? [[String: Any]])
                #expect(tokens.map { $0["token"] as? String } == ["It is ", "a square", "."])
                #expect(tokens.allSatisfy { $0["logprob"] as? Double == -0.5 })
                #expect(tokens[2]["bytes"] as? [Int] == [46])
                #expect((tokens[0]["top_logprobs"] as? [[String: Any]])?.count == 1)
                let attention = try #require(choice["visual_attention"] as? [[String: Any]])
                #expect(attention.map { $0["token"] as? String } == ["It is ", "a square", "."])
                #expect(attention.allSatisfy { $0["image_mass"] as? Double == 0.25 })
                #expect(attention.allSatisfy { $0["visual_attention_score"] as? Double == 2 })
            }
        }
    }

    @Test func aStreamSaysTheSamePieceByPiece() async throws {
        // A character of four bytes over three tokens, and a stop text over two.
        let pieces: [[UInt8]] = [
            Array("one ".utf8), [0xF0, 0x9F], [0x98], [0x80], Array(" st".utf8), Array("op it".utf8),
        ]
        try await withServer(ScriptedBackend.saying(pieces)) { server in
            let rest = #""stop":"stop","stream":true,"stream_options":{"include_usage":true},"n":2"#
            let reply = try await server.post(RunningServer.body(rest))
            #expect(reply.status == 200)
            #expect(reply.headers.first(name: "Content-Type")?.hasPrefix("text/event-stream") == true)
            #expect(reply.events.last == "[DONE]")
            let chunks = try reply.chunks
            #expect(Set(chunks.compactMap { $0["id"] as? String }).count == 1)
            #expect(chunks.allSatisfy { $0["object"] as? String == "chat.completion.chunk" })
            let parts = chunks.compactMap { ($0["choices"] as? [[String: Any]])?.first }
            for index in 0..<2 {
                let own = parts.filter { $0["index"] as? Int == index }
                let deltas = own.compactMap { $0["delta"] as? [String: Any] }
                #expect(deltas.first?["role"] as? String == "assistant")
                let texts = deltas.compactMap { $0["content"] as? String }
                #expect(texts.joined() == "one 😀 ")
                #expect(!reply.text.contains("\u{FFFD}"))
                #expect(own.compactMap { $0["finish_reason"] as? String } == ["stop"])
                #expect(own.last?["finish_reason"] as? String == "stop")
            }
            let usages = chunks.compactMap { $0["usage"] as? [String: Int] }
            #expect(usages == [["prompt_tokens": 7, "completion_tokens": 12, "total_tokens": 19]])
            #expect((chunks.last?["choices"] as? [Any])?.isEmpty == true)
        }
    }

    @Test func piecesAreSentWhenTheyAreWritten() async throws {
        let gate = Counter()
        let backend = ScriptedBackend { _, emit in
            _ = try emit(.token(choice: 0, AnswerToken(id: 0, bytes: Array("early".utf8))))
            while gate.value == 0 { try await Task.sleep(for: .milliseconds(5)) }
            _ = try emit(.finish(choice: 0, reason: .stop))
        }
        try await withServer(backend) { server in
            let request = server.question(RunningServer.body(#""stream":true"#))
            let response = try await server.client.execute(request, timeout: .seconds(20))
            var text = ""
            for try await part in response.body {
                text += String(buffer: part)
                // The backend goes on only once the first piece is here.
                if text.contains("early") { gate.add() }
            }
            #expect(text.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test func aStopTextEndsTheWorkOfTheBackend() async throws {
        let told = Counter()
        let backend = ScriptedBackend { _, emit in
            var goesOn = true
            while goesOn {
                told.add()
                goesOn = try emit(.token(choice: 0, AnswerToken(id: 0, bytes: Array("abc".utf8), logProbability: -1)))
            }
        }
        try await withServer(backend) { server in
            let reply = try await server.post(RunningServer.body(#""stop":"ca","logprobs":true"#))
            let choice = try #require((try reply.json["choices"] as? [[String: Any]])?.first)
            #expect((choice["message"] as? [String: Any])?["content"] as? String == "ab")
            #expect(choice["finish_reason"] as? String == "stop")
            #expect(((choice["logprobs"] as? [String: Any])?["content"] as? [Any])?.count == 1)
            #expect(told.value == 2)
        }
    }

    @Test(arguments: [false, true])
    func attentionThatIsKnownAtTheEndIsTold(streams: Bool) async throws {
        let backend = ScriptedBackend { _, emit in
            for word in ["a", "b", "c"] {
                _ = try emit(.token(choice: 0, AnswerToken(id: 0, bytes: Array(word.utf8))))
            }
            let attention = (0..<3).map { TokenVisualAttention(imageMass: Double($0) / 4, score: $0 == 0 ? nil : 1) }
            _ = try emit(.finish(choice: 0, reason: .length, visualAttention: attention))
        }
        try await withServer(backend) { server in
            let reply = try await server.post(
                RunningServer.body(#""visual_attention":true,"stop":"c","stream":\#(streams)"#))
            let objects = streams ? try reply.chunks : [try reply.json]
            let choices = objects.compactMap { ($0["choices"] as? [[String: Any]])?.first }
            let attention = choices.compactMap { $0["visual_attention"] as? [[String: Any]] }.flatMap { $0 }
            #expect(attention.map { $0["token"] as? String } == ["a", "b"])
            #expect(attention.map { $0["image_mass"] as? Double } == [0, 0.25])
            #expect(attention[0]["visual_attention_score"] is NSNull)
            #expect(choices.last?["finish_reason"] as? String == "stop")
        }
    }

    @Test(arguments: [false, true])
    func whatABackendRefusesKeepsItsStatus(streams: Bool) async throws {
        let backend = ScriptedBackend { _, _ in
            throw Refusal.invalid("messages", "That picture is not known.", code: "unknown_picture")
        }
        try await withServer(backend) { server in
            let reply = try await server.post(RunningServer.body(#""stream":\#(streams)"#))
            #expect(reply.status == 400)
            #expect(try reply.error["code"] as? String == "unknown_picture")
        }
    }

    @Test func failuresAreToldWithoutTheirText() async throws {
        struct Secret: Error {}
        let failures = Counter()
        let backend = ScriptedBackend { request, emit in
            if request.streams { _ = try emit(.token(choice: 0, AnswerToken(id: 0, bytes: [65]))) }
            if request.seed == 1 { return }
            throw Secret()
        }
        try await withServer(backend, onFailure: { _ in failures.add() }) { server in
            for rest in [#""seed":0"#, #""seed":1"#] {
                let whole = try await server.post(RunningServer.body(rest))
                #expect(whole.status == 500)
                #expect(!whole.text.contains("Secret"))
                #expect(try whole.error["type"] as? String == "server_error")
                let streamed = try await server.post(RunningServer.body(rest + #","stream":true"#))
                #expect(streamed.status == 200)
                #expect(!streamed.text.contains("[DONE]"))
                let last = try #require(streamed.chunks.last?["error"] as? [String: Any])
                #expect(last["code"] as? String == "internal_error")
            }
            #expect(failures.value == 4)
        }
    }
}
