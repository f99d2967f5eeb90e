import Foundation
import Serving
import Testing

@Suite struct LifetimeTests {
    @Test func aPortInUseIsOneSentence() async throws {
        try await withServer(ScriptedBackend.saying("x")) { running in
            var settings = ServingSettings()
            settings.port = running.port
            let second = try ChatServer(backend: ScriptedBackend.saying("x"), settings: settings)
            await #expect(throws: ServingError.portInUse(host: "127.0.0.1", port: running.port)) {
                () async throws in try await second.run(stopsOnSignals: false)
            }
        }
    }

    @Test func anAddressOfAnotherMachineCannotBeListenedOn() async throws {
        var settings = ServingSettings()
        (settings.host, settings.token) = ("192.0.2.1", "abc")
        let server = try ChatServer(backend: ScriptedBackend.saying("x"), settings: settings)
        do {
            try await server.run(stopsOnSignals: false)
            Issue.record("It listens on an address of another machine.")
        } catch {
            #expect(error.localizedDescription.contains("192.0.2.1"))
        }
    }

    /// Stops a server while an answer is written, and tells how both ended.
    private func stop(grace: Double, streams: Bool, work: Double) async throws -> (reply: String, seconds: Double) {
        var settings = ServingSettings()
        settings.graceSeconds = grace
        let (begun, waitingReply) = (Counter(), Counter())
        let backend = ScriptedBackend { _, emit in
            _ = try emit(.token(choice: 0, AnswerToken(id: 0, bytes: Array("begun".utf8))))
            begun.add()
            let end = ContinuousClock.now + .seconds(work)
            while ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
            _ = try emit(.finish(choice: 0, reason: .stop))
        }
        var (text, seconds) = ("", 0.0)
        try await withServer(backend, settings) { server in
            async let reply = server.post(RunningServer.body(#""stream":\#(streams)"#))
            let hasBegun = await eventually { begun.value == 1 }
            #expect(hasBegun)
            async let waits = server.post(RunningServer.body())
            let isWaiting = try await eventuallyHealth(server) { $0["waiting"] as? Int == 1 }
            #expect(isWaiting)
            let start = ContinuousClock.now
            await server.server.stop()
            // What waits has no use of the time of grace.
            let waited = try await waits
            #expect(waited.status == 503)
            #expect(try waited.error["code"] as? String == "shutting_down")
            #expect(ContinuousClock.now - start < .seconds(10))
            text = try await reply.text
            seconds = Double((ContinuousClock.now - start).components.seconds)
            let isClosed = await eventually {
                (try? RawConnection(port: server.port)) == nil
            }
            #expect(isClosed)
            waitingReply.add()
        }
        #expect(waitingReply.value == 1)
        return (text, seconds)
    }

    @Test(arguments: [false, true])
    func answersAreFinishedWithinTheTimeOfGrace(streams: Bool) async throws {
        let (reply, _) = try await stop(grace: 10, streams: streams, work: 0.6)
        #expect(reply.contains("begun") && reply.contains(#""finish_reason":"stop""#), "\(reply)")
        #expect(!reply.contains("error"))
    }

    @Test(arguments: [false, true])
    func whatTakesLongerIsCutWithAnError(streams: Bool) async throws {
        let (reply, seconds) = try await stop(grace: 0.3, streams: streams, work: 30)
        #expect(reply.contains(#""code":"shutting_down""#), "\(reply)")
        #expect(reply.contains("begun") == streams)
        #expect(!reply.contains("[DONE]"))
        #expect(seconds < 5)
    }
}
