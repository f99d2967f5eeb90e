import ChatEndpoints
import ChatServer
import Evaluation
import Foundation
import Requests
import Testing

/// Where an endpoint is, what it is shown, and who asks.
@Suite struct EndpointAddressTests {
    @Test(arguments: [
        "http://localhost:8000", "http://localhost:8000/", "http://localhost:8000/v1", "http://localhost:8000/v1/",
        "http://localhost:8000/v1/chat/completions", " http://localhost:8000/v1 ",
    ]) func everyUsualWayToWriteAnAddressIsTheSame(text: String) throws {
        #expect(try EndpointAddress(text) == EndpointAddress("http://localhost:8000/v1/chat/completions"))
        #expect(try EndpointAddress(text).host == "localhost:8000")
    }

    @Test(arguments: ["", "localhost:8000", "ftp://localhost", "http://", "http://me:secret@host/v1", "/v1"])
    func whatIsNoAddressIsNamedWithoutAPassword(text: String) {
        let error = #expect(throws: ChatError.self) { try EndpointAddress(text) }
        let words = error?.localizedDescription ?? ""
        #expect(words.hasSuffix(" is no address of an endpoint; give one like http://localhost:8000/v1."), "\(words)")
        #expect(!words.contains("secret"))
    }

    @Test func theKeyComesFromTheEnvironmentAndGoesIntoOneHeader() async throws {
        let environment = ["OPENAI_API_KEY": "sk-other", "AVAR_ENDPOINT_KEY": " sk-mine \n", "AVAR_JUDGE_KEY": ""]
        let key = try #require(try EndpointKey.find(environment: environment))
        #expect("\(key)" == "(hidden)" && String(reflecting: key) == "(hidden)")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("sk-mine"))
        #expect(try EndpointKey.find(environment: [:]) == nil)
        #expect(throws: ChatError.key(variables: EndpointKey.variables)) {
            try EndpointKey.find(environment: ["OPENAI_API_KEY": "sk\u{20AC}"])
        }
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 1) { question, _ in .answer("fine", to: question) }
            try await bench.run(bench.client { $0.key = key })
            #expect(bench.server.questions.map { $0.headers["authorization"] } == ["Bearer sk-mine"])
            try bench.store.close()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                let data = try Data(contentsOf: folder.appendingPathComponent(name))
                #expect(data.range(of: Data("sk-mine".utf8)) == nil, "\(name)")
            }
        }
    }

    @Test func aRedirectIsNotFollowed() async throws {
        try await withStoreFolder { folder in
            let other = try ChatServer { question, _ in .answer("other", to: question) }
            let bench = try EndpointBench(folder, questions: 1) { _, _ in
                .status(307, ["Location": other.url + "/chat/completions"])
            }
            let summary = try await bench.run(bench.client(key: "sk-1"))
            #expect(summary.failed == 1 && other.questions.isEmpty && bench.server.questions.count == 1)
        }
    }

    @Test func picturesGoAsTheyAreAndInTheirOrder() async throws {
        let png = try #require(ChatPicture(Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3])))
        let jpeg = try #require(ChatPicture(Data([0xFF, 0xD8, 0xFF, 0xE0] + (0..<200_000).map { UInt8($0 % 251) })))
        let webp = try #require(ChatPicture(Data("RIFF1234WEBPVP8 ".utf8)))
        #expect([png, jpeg, webp].map(\.mediaType) == ["image/png", "image/jpeg", "image/webp"])
        #expect(
            ChatPicture(Data("GIF".utf8)) == nil && ChatPicture(Data()) == nil
                && ChatPicture(Data("RIFF1234WAVE".utf8)) == nil)
        try await withStoreFolder { folder in
            let bench = try EndpointBench(folder, questions: 1) { question, _ in .answer("fine", to: question) }
            let client = try bench.client()
            let request = ChatRequest(
                [
                    ChatMessage(.system, "Look."),
                    ChatMessage(.user, [.picture(png), .text("and"), .picture(jpeg), .text("Which? \"é\" /")]),
                ], .init(topP: 0.5))
            let answered = try await client.reply(to: request)
            await client.shutDown()
            #expect(answered.reply.choices.map(\.text) == ["fine"] && answered.tries == 1)
            let question = try #require(bench.server.questions.first)
            #expect(question.partKinds == ["image_url", "text", "image_url", "text"])
            #expect(question.text == "Which? \"é\" /" && question.number("top_p") == 0.5)
            let bytes = question.pictures.map { Data(base64Encoded: String($0.split(separator: ",")[1])) }
            #expect(bytes == [png.bytes, jpeg.bytes])
            #expect(question.pictures.map { $0.prefix(15) } == ["data:image/png;", "data:image/jpeg"])
        }
    }
}
