import Foundation
import Hub
import HubServer
import Testing

/// What is downloaded, how it lies in the cache, and what is asked for.
@Suite struct DownloadTests {
    private let wanted = Sample.small + ["model.safetensors.index.json"] + Sample.shards

    @Test func aShardedModelIsDownloadedAndThenUsedWithoutARequest() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.sharded(), folder: folder)
            let found = try await scene.fetch(scene.client())
            #expect(found.path == scene.cache.appendingPathComponent("snapshots/\(scene.model.commit)").path)
            try scene.expectCache(holds: wanted)
            #expect(
                try String(contentsOf: scene.cache.appendingPathComponent("refs/main"), encoding: .utf8)
                    == scene.model.commit)
            for file in wanted {
                #expect(scene.requests(for: file).map(\.rangeStart) == [nil], "\(file)")
                #expect(scene.events.contains(.finished(file: file, size: scene.model.files[file]?.count ?? -1)))
            }
            // The list, and two requests for each file: none for the README or the pickled weights.
            #expect(scene.server.requests.count == 1 + 2 * wanted.count)
            #expect(scene.events.contains(.received(file: Sample.shards[0], received: 300_000, size: 300_000)))

            let again = try await scene.fetch(scene.client())
            #expect(again == found)
            #expect(scene.server.requests.count == 1 + 2 * wanted.count)
        }
    }

    @Test func storageOnAnotherServerIsNotToldTheToken() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.sharded(), folder: folder, storesApart: true)
            try await scene.fetch(scene.client(token: "hf_secret"))
            try scene.expectCache(holds: wanted)
            let storage = try #require(scene.storage)
            #expect(storage.requests.count == 2)
            for request in storage.requests { #expect(request.headers["authorization"] == nil) }
            #expect(scene.server.requests.count > 10)
            for request in scene.server.requests { #expect(request.headers["authorization"] == "Bearer hf_secret") }
        }
    }

    @Test func withoutATokenNoneIsSent() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder)
            try await scene.fetch(scene.client())
            #expect(scene.server.requests.count == 1 + 2 * 7)
            for request in scene.server.requests { #expect(request.headers["authorization"] == nil) }
        }
    }

    /// The Hub answers thus for a repository with a new name, and for small files.
    @Test func redirectsWithinTheHubAreFollowed() async throws {
        try await withTemporaryFolder { folder in
            let model = Sample.single()
            let scene = try Scene(model, folder: folder) { request, _, usual in
                if request.path.hasPrefix("/api/models/") || !request.path.hasSuffix("json") { return usual }
                if request.path.hasPrefix("/cache/") {
                    let inner = Request(
                        method: request.method, path: String(request.path.dropFirst("/cache".count)),
                        headers: request.headers)
                    return model.answer(inner)
                }
                return Answer(307, ["Location": "/cache" + request.path])
            }
            try await scene.fetch(scene.client(token: "hf_secret"))
            try scene.expectCache(holds: Sample.small + ["model.safetensors"])
            let followed = scene.server.requests.filter { $0.path.hasPrefix("/cache/") }
            #expect(followed.count == 2 * Sample.small.count)
            for request in followed { #expect(request.headers["authorization"] == "Bearer hf_secret") }
        }
    }

    /// A mirror may keep the large files and send on for the small ones.
    @Test func aMirrorMaySendOnToAnotherHub() async throws {
        try await withTemporaryFolder { folder in
            let model = Sample.single()
            let other = try LoopbackServer { model.answer($0) }
            defer { other.stop() }
            let address = other.url
            let scene = try Scene(model, folder: folder) { request, _, usual in
                request.path.contains("/resolve/") && request.path.hasSuffix("json")
                    ? Answer(302, ["Location": address + request.path], body: Data("moved".utf8)) : usual
            }
            try await scene.fetch(scene.client(token: "hf_secret"))
            try scene.expectCache(holds: Sample.small + ["model.safetensors"])
            #expect(other.requests.count == 2 * Sample.small.count)
            for request in other.requests { #expect(request.headers["authorization"] == nil) }
        }
    }

    @Test func aRevisionIsNotedAndACommitIsNot() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder)
            try await scene.fetch(scene.client(), revision: "refs/pr/7")
            #expect(scene.server.requests.first?.path == "/api/models/acme/tiny/revision/refs%2Fpr%2F7")
            #expect(scene.names(in: "refs") == ["refs", "refs/pr", "refs/pr/7"])
            let count = scene.server.requests.count
            // The commit is there by now, under whichever name.
            try await scene.fetch(scene.client(), revision: scene.model.commit)
            #expect(scene.server.requests.count == count)
            // Another name for it costs one question.
            try await scene.fetch(scene.client(), revision: "main")
            #expect(scene.server.requests.count == count + 1)
            #expect(scene.names(in: "refs") == ["main", "refs", "refs/pr", "refs/pr/7"])
        }
    }

    @Test func offlineTheCacheIsAllThereIs() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.sharded(), folder: folder)
            let error = try await failure { try await scene.fetch(scene.client(offline: true)) }
            guard case .offline(model: "acme/tiny", _, let missing) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(missing == ["config.json", "preprocessor_config.json", "tokenizer.json"])
            #expect(scene.server.requests.isEmpty)
            try await scene.fetch(scene.client())
            let count = scene.server.requests.count
            try await scene.fetch(scene.client(offline: true))
            // A shard that has gone is missed.
            try FileManager.default.removeItem(
                at: scene.cache.appendingPathComponent("blobs/\(scene.model.checksum(Sample.shards[1]))"))
            let incomplete = try await failure { try await scene.fetch(scene.client(offline: true)) }
            #expect(incomplete.localizedDescription.contains(Sample.shards[1]))
            #expect(scene.server.requests.count == count)
            // Online it alone is fetched.
            try await scene.fetch(scene.client())
            #expect(scene.server.requests.count == count + 3)
            try scene.expectCache(holds: wanted)
        }
    }

    /// `huggingface_hub` notes the list of a commit's files before it fetches them.
    @Test func aNotedListTellsWhetherTheCacheIsComplete() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder)
            let found = try await scene.fetch(scene.client())
            try FileManager.default.removeItem(at: found.appendingPathComponent("generation_config.json"))
            let count = scene.server.requests.count
            try await scene.fetch(scene.client())
            #expect(scene.server.requests.count == count)
            let trees = scene.cache.appendingPathComponent("trees")
            try FileManager.default.createDirectory(at: trees, withIntermediateDirectories: true)
            try Data(#"{"format_version": 1, "files": {"generation_config.json": {"size": 1}}}"#.utf8)
                .write(to: trees.appendingPathComponent("\(scene.model.commit).json"))
            try await scene.fetch(scene.client())
            // The list and what the file is; its content is there.
            #expect(scene.server.requests.count == count + 2)
            try scene.expectCache(holds: Sample.small + ["model.safetensors"])
        }
    }

    @Test func twoDownloadsAtOnceFetchEachFileOnce() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.sharded(), folder: folder) { request, earlier, usual in
                // The first shard takes so long that the other download is there before it is whole.
                request.method == "GET" && request.path.hasSuffix(Sample.shards[0]) && earlier == 0
                    ? usual.ending(.stall(after: 1000)) : usual
            }
            async let first = scene.fetch(scene.client(idle: 5))
            async let second = scene.fetch(scene.client(idle: 5))
            #expect(try await first == second)
            try scene.expectCache(holds: wanted)
            #expect(scene.requests(for: Sample.shards[0]).map(\.rangeStart) == [nil, 1000])
            for file in wanted where file != Sample.shards[0] {
                #expect(scene.requests(for: file).count == 1, "\(file)")
            }
            #expect(scene.events.contains(.waiting(file: Sample.shards[0])))
        }
    }
}
