import Foundation
import Hub
import Testing

/// What is a folder, what is a name, and what the environment says.
@Suite struct NameTests {
    @Test func namesOfModels() throws {
        let model = try HubModel("Qwen/Qwen2.5-VL-7B-Instruct")
        #expect(model.id == "Qwen/Qwen2.5-VL-7B-Instruct" && model.revision == "main")
        #expect(try HubModel("acme/tiny@v1.0").revision == "v1.0")
        #expect(try HubModel("acme/tiny", revision: "refs/pr/1").revision == "refs/pr/1")
        #expect(try HubModel("acme/tiny@v1.0", revision: "v1.0").revision == "v1.0")
        #expect(try HubModel("a_b.c/_d").id == "a_b.c/_d")
    }

    @Test(arguments: [
        "", "tiny", "/tiny", "acme/", "acme//tiny", "acme/tiny/more", "../tiny", "acme/..", "./tiny", "~/tiny",
        "acme/ti ny", "acme/tïny", "-acme/tiny", "acme/tiny-", "acme/a--b", "acme/a..b", "acme/tiny.git",
        "https://huggingface.co/acme/tiny", String(repeating: "a", count: 97) + "/b", "acme\n/tiny",
    ])
    func noNamesOfModels(text: String) {
        #expect(throws: HubError.name(text)) { try HubModel(text) }
    }

    @Test(arguments: ["", "..", "a/../b", "/a", "a/", ".git", "a b", "a\nb", "a:b", "a.lock", "~1", "a?b"])
    func noRevisions(text: String) {
        #expect(throws: HubError.revision(text)) { try HubModel("acme/tiny", revision: text) }
        #expect(throws: HubError.revision(text)) { try HubModel("acme/tiny@\(text)") }
    }

    @Test func twoRevisionsAreOneTooMany() {
        #expect(throws: HubError.revision("v1 and v2")) { try HubModel("acme/tiny@v1", revision: "v2") }
    }

    @Test func anExistingFolderWins() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path
            #expect(try ModelSource(path) == .folder(URL(fileURLWithPath: path, isDirectory: true)))
            #expect(throws: HubError.revisionOfFolder(path: path, revision: "v1")) {
                try ModelSource(path, revision: "v1")
            }
            let file = folder.appendingPathComponent("model.safetensors")
            try Data().write(to: file)
            #expect(throws: HubError.notAFolder(path: file.path)) { try ModelSource(file.path) }
            #expect(throws: HubError.noSuchFolder(path: "\(path)/none")) { try ModelSource("\(path)/none") }
        }
        // The package's own folder is where the tests run.
        #expect(try ModelSource("Sources/Hub") == .folder(URL(fileURLWithPath: "Sources/Hub", isDirectory: true)))
        #expect(try ModelSource("acme/tiny") == .hub(HubModel("acme/tiny")))
        #expect(try ModelSource("acme/tiny@v1") == .hub(HubModel("acme/tiny", revision: "v1")))
        #expect(throws: HubError.revision("a b")) { try ModelSource("acme/tiny@a b") }
        #expect(throws: HubError.noSuchFolder(path: "tiny")) { try ModelSource("tiny") }
    }

    @Test func theEnvironmentIsThatOfTheHub() throws {
        let plain = try HubSettings(environment: ["HOME": "/home/ada"])
        #expect(plain.cache.path == "/home/ada/.cache/huggingface/hub")
        #expect(plain.endpoint.absoluteString == "https://huggingface.co")
        #expect(plain.token == nil && !plain.isOffline && plain.idleTimeout == .seconds(30))
        let home = try HubSettings(environment: ["HF_HOME": "~/hf", "HOME": "/home/ada", "HF_HUB_OFFLINE": "True"])
        #expect(home.cache.path == "/home/ada/hf/hub" && home.isOffline)
        let exact = try HubSettings(environment: [
            "HF_HOME": "/hf", "HF_HUB_CACHE": "/elsewhere", "HF_ENDPOINT": "https://mirror.example:8443/hub/",
            "HF_HUB_OFFLINE": "0", "HF_TOKEN": " hf_x\n", "HF_HUB_DOWNLOAD_TIMEOUT": "5",
        ])
        #expect(exact.cache.path == "/elsewhere" && !exact.isOffline && exact.token != nil)
        #expect(exact.endpoint.absoluteString == "https://mirror.example:8443/hub")
        #expect(exact.idleTimeout == .seconds(5))
        #expect(
            try HubSettings(environment: ["XDG_CACHE_HOME": "/x", "HF_HOME": ""]).cache.path == "/x/huggingface/hub")
        for text in ["huggingface.co", "ftp://huggingface.co", "https://", "https://ada:secret@mirror.example"] {
            let error = #expect(throws: HubError.self) { try HubSettings(environment: ["HF_ENDPOINT": text]) }
            #expect(error?.localizedDescription.contains("secret") == false)
        }
    }

    @Test func aTokenMayLieInAFile() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("token")
            let environment = ["HF_HOME": folder.path]
            #expect(try HubSettings(environment: environment).token == nil)
            try Data("hf_x\n".utf8).write(to: file)
            #expect(try HubSettings(environment: environment).token != nil)
            #expect(try HubSettings(environment: ["HF_TOKEN_PATH": file.path, "HF_HOME": "/nonexistent"]).token != nil)
            try Data("\n".utf8).write(to: file)
            #expect(try HubSettings(environment: environment).token == nil)
        }
    }
}
