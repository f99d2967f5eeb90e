import Foundation
import Hub
import HubServer
import Testing

/// Connections that break, servers that err, and how a download goes on.
@Suite struct InterruptionTests {
    private let weights = "model.safetensors"
    private let everything = Sample.small + ["model.safetensors"]

    /// Downloads a model of one file of 400,000 bytes, whose content is asked for as often as the script has endings.
    private func scene(
        _ folder: URL, storesApart: Bool = false, endings: [Answer.Ending], ignoresRanges: Bool = false
    ) throws -> Scene {
        let model = Sample.single()
        return try Scene(model, folder: folder, storesApart: storesApart) { request, earlier, usual in
            guard request.method == "GET", request.path.contains("model.safetensors"), usual.status != 302 else {
                return usual
            }
            var answer = usual
            if ignoresRanges { answer = Answer(200, body: model.files["model.safetensors"] ?? Data()) }
            return earlier < endings.count ? answer.ending(endings[earlier]) : answer
        }
    }

    /// Where each request for the weights began; each must begin where what came before had ended.
    private func expectContinued(_ scene: Scene, _ starts: [Int?], sourceLocation: SourceLocation = #_sourceLocation) {
        var ends: [Int?] = [nil]
        var received = 0
        for event in scene.events {
            if case .received(weights, let count, _) = event { received = count }
            if case .retrying(weights, _, _) = event { ends.append(received == 0 ? nil : received) }
        }
        #expect(starts == ends, sourceLocation: sourceLocation)
    }

    @Test(arguments: [false, true])
    func aCutDownloadGoesOnWhereItStopped(storesApart: Bool) async throws {
        try await withTemporaryFolder { folder in
            let scene = try scene(
                folder, storesApart: storesApart, endings: [.cut(after: 100_000), .cut(after: 50_000)])
            try await scene.fetch(scene.client())
            let content = scene.requests(for: weights).filter { !storesApart || $0.path.hasPrefix("/stored/") }
            let starts = content.map(\.rangeStart)
            #expect(starts.count == 3)
            expectContinued(scene, starts)
            #expect((1...150_000).contains(starts.last.flatMap { $0 } ?? 0), "nothing was kept: \(starts)")
            try scene.expectCache(holds: everything)
        }
    }

    @Test func aStalledDownloadTimesOutAndGoesOn() async throws {
        try await withTemporaryFolder { folder in
            let scene = try scene(folder, endings: [.stall(after: 123_456)])
            try await scene.fetch(scene.client(idle: 2))
            #expect(scene.requests(for: weights).map(\.rangeStart) == [nil, 123_456])
            try scene.expectCache(holds: everything)
            #expect(
                scene.events.contains(
                    .retrying(file: weights, reason: "it sent nothing for 2 s", delay: .seconds(1))))
        }
    }

    @Test func aServerThatSaysNothingIsAskedAgain() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder) { _, earlier, usual in
                earlier == 0 ? usual.ending(.silence) : usual
            }
            // Every request once in vain: the list, and each of seven files' head and content.
            try await scene.fetch(scene.client(idle: 1))
            #expect(scene.server.requests.count == 2 * (1 + 2 * 7))
            try scene.expectCache(holds: everything)
        }
    }

    @Test func aServerThatIgnoresRangesSendsTheWholeAgain() async throws {
        try await withTemporaryFolder { folder in
            let scene = try scene(folder, endings: [.stall(after: 100_000)], ignoresRanges: true)
            try await scene.fetch(scene.client(idle: 2))
            #expect(scene.requests(for: weights).map(\.rangeStart) == [nil, 100_000])
            try scene.expectCache(holds: everything)
        }
    }

    @Test(arguments: [416, 206])
    func aServerThatGivesAnotherPartIsAskedForTheWhole(status: Int) async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder) { request, earlier, usual in
                guard request.method == "GET", request.path.hasSuffix("model.safetensors") else { return usual }
                switch earlier {
                case 0: return usual.ending(.stall(after: 100_000))
                case 1: return Answer(status, ["Content-Range": "bytes 7-399999/400000"], body: Data(count: 400))
                default: return usual
                }
            }
            try await scene.fetch(scene.client(idle: 2))
            #expect(scene.requests(for: weights).map(\.rangeStart) == [nil, 100_000, nil])
            try scene.expectCache(holds: everything)
        }
    }

    @Test func progressResetsTheCount() async throws {
        try await withTemporaryFolder { folder in
            let scene = try scene(folder, endings: Array(repeating: .cut(after: 30_000), count: 12))
            try await scene.fetch(scene.client())
            let starts = scene.requests(for: weights).map(\.rangeStart)
            #expect(starts.count == 13)
            expectContinued(scene, starts)
            try scene.expectCache(holds: everything)
        }
    }

    @Test func withoutProgressFiveRepetitionsAreEnough() async throws {
        try await withTemporaryFolder { folder in
            let scene = try scene(
                folder, endings: [.stall(after: 70_000)] + Array(repeating: .cut(after: 0), count: 100))
            let error = try await failure { try await scene.fetch(scene.client(idle: 2)) }
            guard case .gaveUp(weights, _, let reason, repetitions: 5) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(reason == "the connection was cut")
            #expect(scene.requests(for: weights).map(\.rangeStart) == [nil] + Array(repeating: 70_000, count: 5))
            #expect(scene.delays == [1, 2, 4, 8, 16].map { .seconds($0) })
            // What came is kept, but under no name that counts.
            let etag = scene.model.checksum(weights)
            let part = try Data(contentsOf: scene.cache.appendingPathComponent("blobs/\(etag).incomplete"))
            #expect(part == scene.model.files[weights]?.prefix(70_000))
            #expect(scene.names(in: "blobs").filter { $0.hasPrefix(etag) } == ["\(etag).incomplete"])
            #expect(scene.names(in: "snapshots/\(scene.model.commit)") == Sample.small)
            #expect(scene.names(in: "refs").isEmpty)
        }
    }

    @Test func aServerThatErrsIsAskedAgain() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder) { request, earlier, usual in
                switch (request.method, request.path.hasPrefix("/api/"), earlier) {
                case (_, true, 0): Answer(500)
                case ("HEAD", _, 0) where request.path.hasSuffix("/config.json"): Answer(429, ["Retry-After": "7"])
                case ("GET", _, 0...1) where request.path.hasSuffix("/config.json"): Answer(503)
                default: usual
                }
            }
            try await scene.fetch(scene.client())
            #expect(scene.delays == [1, 7, 1, 2].map { .seconds($0) })
            try scene.expectCache(holds: everything)
        }
    }

    @Test func aDateToComeBackAtIsKept() async throws {
        try await withTemporaryFolder { folder in
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.timeZone = TimeZone(identifier: "GMT")
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            let date = format.string(from: Date().addingTimeInterval(200))
            let scene = try Scene(Sample.single(), folder: folder) { request, earlier, usual in
                request.path.hasPrefix("/api/") && earlier == 0 ? Answer(429, ["Retry-After": date]) : usual
            }
            try await scene.fetch(scene.client())
            #expect(scene.delays.count == 1)
            #expect(try (.seconds(100)...(.seconds(201))).contains(#require(scene.delays.first)))
        }
    }

    @Test func aServerThatWantsAnHourIsNotWaitedFor() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder) { _, _, _ in Answer(429, ["Retry-After": "3600"]) }
            let error = try await failure { try await scene.fetch(scene.client()) }
            #expect(error.localizedDescription.contains("it answered 429 and asks to be left alone for 3600"))
            #expect(scene.server.requests.count == 1 && scene.delays.isEmpty)
        }
    }

    /// Addresses of stored files are valid for a while; the Hub gives a new one.
    @Test func anAddressThatHasExpiredIsAskedForAgain() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder, storesApart: true) { request, earlier, usual in
                request.path.hasPrefix("/stored/") && earlier == 0 ? Answer(403) : usual
            }
            try await scene.fetch(scene.client())
            #expect(scene.storage?.requests.count == 2)
            #expect(scene.requests(for: weights).count == 4)
            try scene.expectCache(holds: everything)
        }
    }

    @Test func aDeadServerIsNamed() async throws {
        try await withTemporaryFolder { folder in
            let scene = try Scene(Sample.single(), folder: folder)
            let client = try scene.client()
            scene.server.stop()
            try await Task.sleep(for: .milliseconds(50))
            let error = try await failure { try await scene.fetch(client) }
            #expect(
                error
                    == .gaveUp(file: "acme/tiny", host: scene.server.url, reason: "connection refused", repetitions: 5))
        }
    }

    @Test func aCancelledDownloadLeavesItsPart() async throws {
        try await withTemporaryFolder { folder in
            let scene = try scene(folder, endings: [.stall(after: 100_000)])
            let client = try scene.client(idle: 60)
            let task = Task { try await scene.fetch(client) }
            let part = scene.cache.appendingPathComponent("blobs/\(scene.model.checksum(weights)).incomplete")
            while (try? Data(contentsOf: part).count) != 100_000 { try await Task.sleep(for: .milliseconds(10)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
            try await scene.fetch(client)
            #expect(scene.requests(for: weights).map(\.rangeStart) == [nil, 100_000])
            try scene.expectCache(holds: everything)
        }
    }
}
