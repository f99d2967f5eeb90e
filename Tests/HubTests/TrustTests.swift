import Foundation
import Hub
import HubServer
import Testing

/// What a server must not be able to do: damage files, or write elsewhere.
@Suite struct TrustTests {
    private let weights = "model.safetensors"
    private let everything = Sample.small + ["model.safetensors"]

    /// Checksums that git and sha256sum give.
    @Test func checksumsAreThoseOfGitAndSHA256() throws {
        let hello = "hello\n"
        for etag in [
            "ce013625030ba8dba906f756967f9e9ca394464a",
            "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        ] {
            var digest = try #require(HubChecksum(matching: etag, size: 6))
            for byte in hello.utf8 { withUnsafeBytes(of: byte) { digest.update($0) } }
            #expect(digest.text == etag)
        }
        for none in ["", "../../../etc/passwd", String(repeating: "G", count: 40), String(repeating: "a", count: 41)] {
            #expect(HubChecksum(matching: none, size: 6) == nil)
        }
    }

    /// Answers the first `count` requests for a file's content with one bit turned over.
    private func damaging(_ file: String, times count: Int, folder: URL) throws -> Scene {
        try Scene(Sample.single(), folder: folder) { request, earlier, usual in
            guard request.method == "GET", request.path.hasSuffix("/\(file)"), earlier < count else { return usual }
            var answer = usual
            answer.body[answer.body.startIndex + answer.body.count / 2] ^= 1
            return answer
        }
    }

    @Test(arguments: ["model.safetensors", "tokenizer.json"])
    func aDamagedFileIsFetchedOnceMore(file: String) async throws {
        try await withTemporaryFolder { folder in
            let scene = try damaging(file, times: 1, folder: folder)
            try await scene.fetch(scene.client())
            #expect(scene.requests(for: file).map(\.rangeStart) == [nil, nil])
            try scene.expectCache(holds: everything)
        }
    }

    @Test(arguments: ["model.safetensors", "tokenizer.json"])
    func aFileDamagedTwiceIsRefused(file: String) async throws {
        try await withTemporaryFolder { folder in
            let scene = try damaging(file, times: 100, folder: folder)
            let error = try await failure { try await scene.fetch(scene.client()) }
            guard case .checksum(file, scene.server.url, scene.model.checksum(file), let found) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(found != scene.model.checksum(file) && found.count == scene.model.checksum(file).count)
            #expect(scene.requests(for: file).count == 2)
            #expect(!scene.names(in: "blobs").contains { $0.hasPrefix(scene.model.checksum(file)) })
            #expect(!scene.names(in: "snapshots/\(scene.model.commit)").contains(file))
        }
    }

    @Test func aDamagedPartOfAnEarlierRunIsThrownAway() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder)
            let part = scene.cache.appendingPathComponent("blobs/\(scene.model.checksum(weights)).incomplete")
            try FileManager.default.createDirectory(
                at: part.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(repeating: 7, count: 399_999).write(to: part)
            try await scene.fetch(scene.client())
            #expect(scene.requests(for: weights).map(\.rangeStart) == [399_999, nil])
            try scene.expectCache(holds: everything)
        }
    }

    @Test func aPartWithTooMuchIsNotGoneOnWith() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder)
            let part = scene.cache.appendingPathComponent("blobs/\(scene.model.checksum(weights)).incomplete")
            try FileManager.default.createDirectory(
                at: part.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(repeating: 7, count: 400_001).write(to: part)
            try await scene.fetch(scene.client())
            #expect(scene.requests(for: weights).map(\.rangeStart) == [nil])
            try scene.expectCache(holds: everything)
        }
    }

    @Test func fewerBytesThanTheHubSaidAreNotAskedForForEver() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder) { request, _, usual in
                var answer = usual
                if request.method == "HEAD", request.path.hasSuffix("model.safetensors") {
                    answer.headers["X-Linked-Size"] = "500000"
                }
                return answer
            }
            let error = try await failure { try await scene.fetch(scene.client()) }
            guard case .gaveUp(weights, _, _, repetitions: 5) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    /// As a power cut may leave it on some disks.
    @Test func contentOfTheWrongLengthUnderAGoodNameIsReplaced() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder)
            let blob = scene.cache.appendingPathComponent("blobs/\(scene.model.checksum(weights))")
            try FileManager.default.createDirectory(
                at: blob.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(count: 10).write(to: blob)
            try await scene.fetch(scene.client())
            try scene.expectCache(holds: everything)
        }
    }

    @Test func moreBytesThanTheFileCanHaveAreRefused() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder) { request, _, usual in
                guard request.method == "GET", request.path.hasSuffix("model.safetensors") else { return usual }
                return Answer(200, body: usual.body + Data(count: 1))
            }
            let error = try await failure { try await scene.fetch(scene.client()) }
            #expect(scene.requests(for: weights).map(\.rangeStart) == [nil, nil])
            guard case .checksum = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test(arguments: [
        "../evil.safetensors", "/tmp/evil.safetensors", "sub/evil.safetensors", "..\\evil.safetensors",
        ".safetensors", "..", "", "pytorch_model.bin", "evil\u{0}.safetensors", "config.json",
    ])
    func anIndexCannotLeadOutOfTheFolder(name: String) async throws {
        try await withTemporaryFolder { folder in
            var model = Sample.sharded()
            model.files["model.safetensors.index.json"] = Sample.index(of: [Sample.shards[0], name])
            model.files[name] = Data("evil".utf8)
            let scene = try Scene(model, folder: folder)
            let error = try await failure { try await scene.fetch(scene.client()) }
            #expect(error == .unsafeName(index: "model.safetensors.index.json", name: name))
            // Not even the shard with a good name was asked for.
            #expect(!scene.server.requests.contains { $0.path.contains("evil") || $0.path.contains("00001") })
            #expect(scene.names(in: "refs").isEmpty)
        }
    }

    @Test(arguments: ["<html></html>", "{}", #"{"weight_map": {}}"#, #"{"weight_map": {"a": 1}}"#, ""])
    func anIndexThatNamesNothingIsRefused(text: String) async throws {
        try await withTemporaryFolder { folder in
            var model = Sample.sharded()
            model.files["model.safetensors.index.json"] = Data(text.utf8)
            let scene = try Scene(model, folder: folder)
            let index = scene.cache.appendingPathComponent("snapshots/\(model.commit)/model.safetensors.index.json")
            #expect(try await failure { try await scene.fetch(scene.client()) } == .noIndex(path: index.path))
        }
    }

    @Test func aShardThatTheRepositoryLacksIsNamed() async throws {
        try await withTemporaryFolder { folder in
            var model = Sample.sharded()
            model.files[Sample.shards[1]] = nil
            let scene = try Scene(model, folder: folder)
            let error = try await failure { try await scene.fetch(scene.client()) }
            #expect(error.localizedDescription.contains(Sample.shards[1]))
        }
    }

    @Test func pickledWeightsAreNotFetched() async throws {
        try await withTemporaryFolder { folder in
            var model = Sample.sharded()
            for name in Sample.shards + ["model.safetensors.index.json"] { model.files[name] = nil }
            let scene = try Scene(model, folder: folder)
            #expect(try await failure { try await scene.fetch(scene.client()) } == .noWeights(model: "acme/tiny"))
            #expect(scene.server.requests.count == 1)
        }
    }

    /// What a server could say to have something written elsewhere, or sent to the wrong address.
    @Test(arguments: [
        Answer(200, body: Data(#"{"sha": "../../../../evil", "siblings": []}"#.utf8)),
        Answer(200, body: Data(#"{"sha": 7}"#.utf8)), Answer(200, body: Data("<html>sign in</html>".utf8)),
        Answer(302, ["Location": "/api/models/acme/tiny/revision/main"]),
        Answer(302, ["Location": "file:///etc/passwd"]), Answer(302, ["Location": "ftp://127.0.0.1/list"]),
        Answer(302, [:]),
    ])
    func aListThatNoHubGives(answer: Answer) async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder) { request, _, usual in
                request.path.hasPrefix("/api/") ? answer : usual
            }
            let error = try await failure { try await scene.fetch(scene.client()) }
            guard case .answer = error else {
                Issue.record("\(error)")
                return
            }
            #expect(scene.server.requests.count <= 6)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test(arguments: [
        ["ETag": "\"../../evil\"", "Content-Length": "9"], ["Content-Length": "9"],
        ["ETag": "\"0123\"", "Content-Length": "9"],
        ["ETag": "\"ce013625030ba8dba906f756967f9e9ca394464a\"", "Content-Length": "0", "X-Linked-Size": "-9"],
        [
            "ETag": "\"ce013625030ba8dba906f756967f9e9ca394464a\"",
            "X-Repo-Commit": "ce013625030ba8dba906f756967f9e9ca394464a",
        ],
    ])
    func aFileWithoutAChecksumIsNotFetched(headers: [String: String]) async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder) { request, _, usual in
                request.method == "HEAD" ? Answer(200, headers) : usual
            }
            let error = try await failure { try await scene.fetch(scene.client()) }
            guard case .answer = error else {
                Issue.record("\(error)")
                return
            }
            #expect(scene.names(in: "blobs").isEmpty)
        }
    }
}
