import Foundation
import Serving
import Synchronization
import Testing

@Suite struct QueueTests {
    /// A backend that works until it is told to end, and counts how many are at work.
    private final class Gate: ChatBackend {
        let models = [ServedModel(id: "scripted", owner: "tests", created: 1)]
        let (begun, ended, open) = (Counter(), Counter(), Counter())
        private let most = Mutex((now: 0, most: 0))
        let order = Mutex<[UInt64]>([])

        var mostAtOnce: Int { most.withLock { $0.most } }

        func answer(_ request: ChatRequest, emit: @escaping @Sendable (ChatEvent) throws -> Bool) async throws {
            most.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            defer {
                most.withLock { $0.now -= 1 }
                ended.add()
            }
            order.withLock { $0.append(request.seed ?? 0) }
            begun.add()
            while open.value == 0 {
                _ = try emit(.token(choice: 0, AnswerToken(id: 0, bytes: [65])))
                try await Task.sleep(for: .milliseconds(5))
            }
            _ = try emit(.finish(choice: 0, reason: .stop))
        }
    }

    private func settings(concurrent: Int, waiting: Int, wait: Double = 30) -> ServingSettings {
        var settings = ServingSettings()
        (settings.concurrent, settings.waiting, settings.waitSeconds) = (concurrent, waiting, wait)
        return settings
    }

    @Test func whatFindsNoPlaceIsRefusedAtOnceAndTheRestIsAnsweredInOrder() async throws {
        let gate = Gate()
        try await withServer(gate, settings(concurrent: 1, waiting: 3)) { server in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for seed in 0..<4 {
                    group.addTask { try await server.post(RunningServer.body("\"seed\":\(seed)")).status }
                    let isThere = try await eventuallyHealth(server) {
                        $0["running"] as? Int == 1 && $0["waiting"] as? Int == seed
                    }
                    #expect(isThere)
                }
                let start = ContinuousClock.now
                let refused = try await server.post(RunningServer.body())
                #expect(ContinuousClock.now - start < .seconds(10))
                #expect(refused.status == 429)
                #expect(try refused.error["type"] as? String == "rate_limit_error")
                let seconds = try #require(refused.headers.first(name: "Retry-After").flatMap(Int.init))
                #expect((1...60).contains(seconds))
                gate.open.add()
                for try await status in group { #expect(status == 200) }
            }
            #expect(gate.order.withLock { $0 } == [0, 1, 2, 3])
            #expect(gate.mostAtOnce == 1)
        }
    }

    @Test func whatWaitsTooLongIsRefused() async throws {
        let gate = Gate()
        try await withServer(gate, settings(concurrent: 1, waiting: 3, wait: 0.2)) { server in
            async let first = server.post(RunningServer.body())
            let hasBegun = await eventually { gate.begun.value == 1 }
            #expect(hasBegun)
            let second = try await server.post(RunningServer.body())
            #expect(second.status == 503)
            #expect(try second.error["code"] as? String == "queue_timeout")
            gate.open.add()
            #expect(try await first.status == 200)
            #expect(gate.begun.value == 1)
        }
    }

    @Test(arguments: [false, true])
    func theWorkOfAClientThatHasGoneIsStopped(streams: Bool) async throws {
        let gate = Gate()
        try await withServer(gate, settings(concurrent: 1, waiting: 1)) { server in
            let body = RunningServer.body(#""stream":\#(streams)"#)
            let head =
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            let (first, second) = (try RawConnection(port: server.port), try RawConnection(port: server.port))
            await first.send(head + body)
            let hasBegun = await eventually { gate.begun.value == 1 }
            #expect(hasBegun)
            await second.send(head + body)
            let waits = try await eventuallyHealth(server) { $0["waiting"] as? Int == 1 }
            #expect(waits)
            // The one that waits leaves its place, the one at work is stopped.
            second.hangUp()
            let hasLeft = try await eventuallyHealth(server) { $0["waiting"] as? Int == 0 }
            #expect(hasLeft)
            first.hangUp()
            let hasEnded = await eventually { gate.ended.value == 1 }
            #expect(hasEnded)
            #expect(gate.begun.value == 1)
            let isFree = try await eventuallyHealth(server) { $0["running"] as? Int == 0 }
            #expect(isFree)
        }
    }

    @Test func sixtyFourClientsAreEachAnsweredOrRefused() async throws {
        let backend = ScriptedBackend.saying([Array("word ".utf8)], pause: .milliseconds(20))
        try await withServer(backend, settings(concurrent: 4, waiting: 16)) { server in
            let statuses = try await statusesOfSixtyFour(server, text: "short")
            #expect(statuses.count == 64 * 4)
            #expect(statuses.allSatisfy { [200, 429].contains($0) })
            #expect(statuses.contains(200) && statuses.contains(429))
            let isFree = try await eventuallyHealth(server) { $0["running"] as? Int == 0 }
            #expect(isFree)
        }
    }

    @Test func bodiesTakeNoMoreMemoryThanIsSetAsideForThem() async throws {
        var settings = settings(concurrent: 64, waiting: 64)
        settings.limits.bodyBytes = 2 << 20
        settings.bodiesBytes = 5 << 20
        let held = Counter()
        let most = Mutex(0)
        let backend = ScriptedBackend { request, emit in
            held.add(request.texts[0].utf8.count)
            most.withLock { $0 = max($0, held.value) }
            try await Task.sleep(for: .milliseconds(30))
            held.add(-request.texts[0].utf8.count)
            _ = try emit(.finish(choice: 0, reason: .stop))
        }
        try await withServer(backend, settings) { server in
            let statuses = try await statusesOfSixtyFour(server, text: String(repeating: "x", count: 1 << 20))
            #expect(statuses.allSatisfy { [200, 429].contains($0) })
            #expect(statuses.contains(200) && statuses.contains(429))
            // Four of them fit, and a fifth does not because of what stands around the text.
            #expect((1...4).contains(most.withLock { $0 } >> 20))
            // All of it is free again.
            #expect(try await server.post(RunningServer.body()).status == 200)
        }
    }

    /// What 64 clients get that ask four times each, one request after the other.
    private func statusesOfSixtyFour(_ server: RunningServer, text: String) async throws -> [Int] {
        try await withThrowingTaskGroup(of: [Int].self) { group in
            for client in 0..<64 {
                group.addTask {
                    let rest = client.isMultiple(of: 3) ? #","stream":true"# : ""
                    let body = #"{"model":"scripted","messages":[{"role":"user","content":"\#(text)"}]\#(rest)}"#
                    var statuses: [Int] = []
                    for _ in 0..<4 { statuses.append(try await server.post(body).status) }
                    return statuses
                }
            }
            var statuses: [Int] = []
            while let some = try await group.next() { statuses += some }
            return statuses
        }
    }
}

/// Waits until the server's health is as wanted.
func eventuallyHealth(
    _ server: RunningServer, within seconds: Double = 5, _ isSo: ([String: Any]) -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if try isSo(await server.get("/health").json) { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}
