import Foundation
import Serving
import Testing

@Suite struct LimitTests {
    private let backend = ScriptedBackend.saying("yes")

    @Test func routesAreTold() async throws {
        try await withServer(backend) { server in
            let health = try await server.get("/health")
            #expect(health.status == 200)
            #expect(try health.json["status"] as? String == "ready")
            #expect(try health.json["uptime_seconds"] as? Double ?? -1 >= 0)
            let models = try await server.get("/v1/models").json
            #expect(models["object"] as? String == "list")
            #expect((models["data"] as? [[String: Any]])?.first?["owned_by"] as? String == "tests")
            #expect(try await server.get("/v1/models/scripted").json["id"] as? String == "scripted")
            #expect(try await server.get("/v1/models/other").status == 404)
            #expect(try await server.get("/v1/nothing").status == 404)
            #expect(try await server.get("/v1/chat/completions").status == 405)
            let other = try await server.post(RunningServer.body(model: "other"))
            #expect(other.status == 404)
            #expect(try other.error["code"] as? String == "model_not_found")
        }
    }

    @Test func onlyTheTokenOpens() async throws {
        var settings = ServingSettings()
        settings.token = "open-sesame"
        try await withServer(backend, settings) { server in
            #expect(try await server.get("/health").status == 200)
            for token in [nil, "", "open-sesam", "open-sesame2", "Open-sesame", "open-sesameopen-sesame"] {
                let reply = try await server.post(RunningServer.body(), token: token)
                #expect(reply.status == 401, "\(token ?? "none")")
                #expect(try reply.error["code"] as? String == "invalid_api_key")
                #expect(!reply.text.contains("sesame"))
                #expect(try await server.get("/v1/models", token: token).status == 401)
            }
            #expect(try await server.post(RunningServer.body(), token: "open-sesame").status == 200)
        }
    }

    @Test func pagesInABrowserGetNothing() async throws {
        try await withServer(backend) { server in
            let body = RunningServer.body()
            for (headers, status) in [
                ("Host: localhost\r\nContent-Type: text/plain", "415"), ("Host: evil.example", "403"),
                ("Host: 127.0.0.1:\(server.port)\r\nContent-Type: application/json; charset=utf-8", "200"),
                ("Host: localhost", "200"), ("Host: [::1]:80", "200"),
            ] {
                let connection = try RawConnection(port: server.port)
                await connection.send(
                    "POST /v1/chat/completions HTTP/1.1\r\n\(headers)\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                )
                let reply = await connection.receive(for: 5, until: "\r\n\r\n").text
                #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(headers): \(reply)")
            }
        }
    }

    @Test func bodiesThatAreTooLargeAreRefusedWhileTheyArrive() async throws {
        var settings = ServingSettings()
        settings.limits.bodyBytes = 100_000
        try await withServer(backend, settings) { server in
            let announced = try RawConnection(port: server.port)
            await announced.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100001\r\n\r\n")
            let reply = await announced.receive(for: 5, until: "\"}}").text
            #expect(reply.hasPrefix("HTTP/1.1 413 "), "\(reply)")
            #expect(reply.contains(#""code":"request_too_large""#))

            // Chunks without an end: the refusal comes before it, and then the connection is closed.
            let endless = try RawConnection(port: server.port)
            await endless.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = String(repeating: "x", count: 4096)
            for _ in 0..<30 { await endless.send("1000\r\n\(chunk)\r\n") }
            let (text, isEnded) = await endless.receive(for: 6)
            #expect(text.hasPrefix("HTTP/1.1 413 "), "\(text)")
            #expect(isEnded)

            let padding = String(repeating: " ", count: 100_000 - RunningServer.body().utf8.count)
            #expect(try await server.post(RunningServer.body() + padding).status == 200)
            let whole = try await server.post(RunningServer.body() + padding + String(repeating: " ", count: 900_000))
            #expect(whole.status == 413)
        }
    }

    @Test func clientsThatSendTooSlowlyAreLeft() async throws {
        var settings = ServingSettings()
        (settings.idleSeconds, settings.receiveSeconds) = (0.5, 0.5)
        try await withServer(backend, settings) { server in
            let head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n"
            for start in ["", "POST /v1/chat", head, head + "{"] {
                let connection = try RawConnection(port: server.port)
                let begin = ContinuousClock.now
                await connection.send(start)
                // A byte now and then does not help.
                var isEnded = false
                while !isEnded, ContinuousClock.now - begin < .seconds(5) {
                    if !start.isEmpty { await connection.send("x") }
                    isEnded = await connection.receive(for: 0.1).isEnded
                }
                #expect(isEnded, "\(start)")
                #expect(ContinuousClock.now - begin > .milliseconds(300))
            }
        }
    }

    @Test func aClientThatDoesNotReadIsLeft() async throws {
        var settings = ServingSettings()
        settings.sendSeconds = 0.5
        let ended = Counter()
        let backend = ScriptedBackend { _, emit in
            defer { ended.add() }
            let word = [UInt8](repeating: 65, count: 10_000)
            for index in 0..<2_000 {
                _ = try emit(.token(choice: 0, AnswerToken(id: index, bytes: word)))
                if index.isMultiple(of: 100) { try await Task.sleep(for: .milliseconds(1)) }
            }
            while true {
                try await Task.sleep(for: .milliseconds(20))
                _ = try emit(.token(choice: 0, AnswerToken(id: 0, bytes: word)))
            }
        }
        try await withServer(backend, settings) { server in
            let body = RunningServer.body(#""stream":true"#)
            let connection = try RawConnection(port: server.port)
            await connection.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            let hasEnded = await eventually(within: 10) { ended.value == 1 }
            #expect(hasEnded)
            withExtendedLifetime(connection) {}
        }
    }

    @Test func moreConnectionsThanAllowedWait() async throws {
        var settings = ServingSettings()
        settings.connections = 2
        try await withServer(backend, settings) { server in
            let first = try RawConnection(port: server.port)
            let second = try RawConnection(port: server.port)
            let third = try RawConnection(port: server.port)
            let request = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
            for connection in [first, second] {
                await connection.send(request)
                #expect(await connection.receive(for: 5, until: "}").text.hasPrefix("HTTP/1.1 200 "))
            }
            await third.send(request)
            #expect(await third.receive(for: 0.3).text.isEmpty)
            first.hangUp()
            #expect(await third.receive(for: 5, until: "}").text.hasPrefix("HTTP/1.1 200 "))
            second.hangUp()
            third.hangUp()
        }
    }

    @Test func settingsThatCannotBeMeantAreRefused() throws {
        func refusal(_ change: (inout ServingSettings) -> Void) -> String? {
            var settings = ServingSettings()
            change(&settings)
            do {
                _ = try ChatServer(backend: ScriptedBackend.saying("x"), settings: settings)
                return nil
            } catch {
                return error.localizedDescription
            }
        }
        #expect(refusal { $0.host = "0.0.0.0" }?.contains("token") == true)
        #expect(refusal { ($0.host, $0.token) = ("0.0.0.0", "abc") } == nil)
        #expect(refusal { $0.host = "::1" } == nil)
        #expect(refusal { $0.token = "" } != nil)
        #expect(refusal { $0.token = "a b" } != nil)
        #expect(refusal { $0.port = 70000 }?.contains("70000") == true)
        #expect(refusal { $0.concurrent = 0 }?.contains("concurrent") == true)
        #expect(refusal { $0.waiting = -1 } != nil)
        #expect(refusal { $0.idleSeconds = .nan } != nil)
        #expect(refusal { $0.bodiesBytes = 5 } != nil)
        #expect(refusal { $0.faults = Faults(shares: [.cut: 0.7, .stall: 0.7]) } != nil)
    }
}
