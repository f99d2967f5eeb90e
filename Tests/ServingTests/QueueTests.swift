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
                #expect(ContinuousClock.now - start < .seconds(1))
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
        var settings = settings(concurrent: 4, waiting: 16)
        settings.bodiesBytes = 40 << 20
        let backend = ScriptedBackend.saying([Array("word ".utf8)], pause: .milliseconds(20))
        try await withServer(backend, settings) { server in
            // Some with long texts, which do not all fit into what bodies may take together.
            let long = String(repeating: "x", count: 2 << 20)
            let before = try residentBytes()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for client in 0..<64 {
                    group.addTask {
                        let text = client.isMultiple(of: 2) ? long : "short"
                        let rest = client.isMultiple(of: 3) ? #","stream":true"# : ""
                        let body =
                            #"{"model":"scripted","messages":[{"role":"user","content":"\#(text)"}]\#(rest)}"#
                        var last = 0
                        for _ in 0..<4 { last = try await server.post(body).status }
                        return last
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count == 64)
            #expect(statuses.allSatisfy { [200, 429, 503].contains($0) })
            #expect(statuses.contains(200))
            // The clients are in this process too, with a copy of what each sends.
            let grown = try residentBytes() - before
            #expect(grown < 700 << 20, "grew by \(grown >> 20) MiB")
            let isFree = try await eventuallyHealth(server) { $0["running"] as? Int == 0 }
            #expect(isFree)
        }
    }

    /// The memory of this process.
    private func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return Int(text.split(separator: " ")[1]).map { $0 * Int(getpagesize()) } ?? 0
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
