import Foundation
import Hub
import HubServer
import Testing

/// Servers that say no, servers that are not who they claim to be, disks that are full; and a token that nobody sees.
@Suite struct RefusalTests {
    private let weights = "model.safetensors"

    @Test(
        arguments: [
            (404, nil, nil, HubError.Refusal.unknownModel, "check the name"),
            (404, "RevisionNotFound", nil, .unknownRevision, "no revision main"),
            (401, nil, nil, .unauthorized(hasToken: false), "set HF_TOKEN"),
            (401, "GatedRepo", nil, .unauthorized(hasToken: false), "accept the licence"),
            (401, "RepoNotFound", nil, .unknownModel, "if the repository is private"),
            (401, nil, "hf_secret", .unauthorized(hasToken: true), "does not accept the token"),
            (403, "GatedRepo", "hf_secret", .forbidden, "accept the licence on"),
            (403, nil, nil, .forbidden, "HF_TOKEN"), (400, nil, nil, .status(400), "answered 400"),
        ] as [(Int, String?, String?, HubError.Refusal, String)])
    func aRefusalIsOneSentence(
        status: Int, code: String?, token: String?, refusal: HubError.Refusal, advice: String
    ) async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder) { _, _, _ in
                Answer(status, code.map { ["X-Error-Code": $0] } ?? [:])
            }
            let error = try await failure { try await scene.fetch(scene.client(token: token)) }
            #expect(
                error == .refused(model: try HubModel("acme/tiny"), endpoint: scene.server.url, refusal))
            let sentence = error.localizedDescription
            #expect(sentence.contains(advice) && sentence.contains("acme/tiny") && sentence.contains(scene.server.url))
            #expect(sentence.filter { $0 == "\n" }.isEmpty && sentence.hasSuffix("."))
            // Asking again would not help.
            #expect(scene.server.requests.count == 1)
            #expect(!sentence.contains("hf_secret"))
        }
    }

    @Test func theTokenHasNoText() async throws {
        let settings = try HubSettings(environment: ["HF_TOKEN": "hf_secret", "HF_HOME": "/nonexistent"])
        #expect(settings.token != nil)
        var text = "\(settings) \(String(reflecting: settings)) \(String(describing: settings.token))"
        dump(settings, to: &text)
        #expect(!text.contains("secret"))
        // One that no header could hold is not shown either.
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder)
            let error = try await failure { try await scene.fetch(scene.client(token: "hf_secret\r\nX-Evil: 1")) }
            #expect(error == .token)
            #expect(!"\(error) \(error.localizedDescription)".contains("secret"))
            #expect(scene.server.requests.isEmpty)
        }
    }

    @Test func aServerWhoseCertificateNobodyTrustsIsNotAsked() async throws {
        try await withTemporaryFolder { folder in
            let server = try LoopbackServer(certificate: SelfSigned()) { _ in Answer(200) }
            defer { server.stop() }
            let settings = try HubSettings(environment: [
                "HF_HOME": folder.path, "HF_ENDPOINT": server.url, "HF_TOKEN": "hf_secret",
            ])
            let error = try await failure { _ = try await HubClient(settings).folder(of: HubModel("acme/tiny")) }
            #expect(error == .certificate(host: String(server.url.dropFirst("https://".count))))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func aCacheThatCannotBeWrittenIsNamed() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder)
            try Data().write(to: folder.appendingPathComponent("hub"))
            let error = try await failure { try await scene.fetch(scene.client()) }
            guard case .cache(let path, action: "made", let reason) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(path.hasPrefix(folder.path) && !reason.isEmpty)
            #expect(error.localizedDescription.contains("HF_HOME"))
        }
    }

    @Test func aFileLargerThanTheDiskIsNotBegun() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder) { request, _, usual in
                var answer = usual
                if request.method == "HEAD", request.path.hasSuffix("model.safetensors") {
                    answer.headers["X-Linked-Size"] = "1000000000000000000"
                }
                return answer
            }
            let error = try await failure { try await scene.fetch(scene.client()) }
            guard case .diskFull(_, needed: 1_000_000_000_000_000_000, let available?) = error, available > 0 else {
                Issue.record("\(error)")
                return
            }
            #expect(scene.requests(for: weights).isEmpty)
        }
    }
}
