import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Serving

/// A server on a free port of loopback, and a client for it.
struct RunningServer: Sendable {
    let port: Int
    let server: ChatServer
    let client: HTTPClient

    /// What came back.
    struct Reply {
        var status: Int
        var headers: HTTPHeaders
        var text: String

        /// The body as a JSON object.
        var json: [String: Any] {
            get throws { try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:] }
        }

        /// The error of the standard form.
        var error: [String: Any] { get throws { try json["error"] as? [String: Any] ?? [:] } }

        /// The events of a stream.
        var events: [String] {
            text.components(separatedBy: "\n\n").filter { !$0.isEmpty }.map { String($0.dropFirst("data: ".count)) }
        }

        /// The events of a stream that are JSON.
        var chunks: [[String: Any]] {
            get throws {
                try events.filter { $0 != "[DONE]" }.map {
                    try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
                }
            }
        }
    }

    func get(_ path: String, token: String? = nil) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        return try await reply(request)
    }

    func post(_ body: String, path: String = "/v1/chat/completions", token: String? = nil) async throws -> Reply {
        try await reply(question(body, path: path, token: token))
    }

    func question(_ body: String, path: String = "/v1/chat/completions", token: String? = nil) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        request.body = .bytes(ByteBuffer(string: body))
        return request
    }

    private func reply(_ request: HTTPClientRequest) async throws -> Reply {
        let response = try await client.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 64 << 20)
        return Reply(
            status: Int(response.status.code), headers: response.headers, text: String(buffer: body))
    }

    /// A body with one message.
    static func body(_ rest: String = "", model: String = "scripted") -> String {
        #"{"model":"\#(model)","messages":[{"role":"user","content":"Hello"}]\#(rest.isEmpty ? "" : "," + rest)}"#
    }
}

/// Runs a server for the time of a test, and stops it.
func withServer(
    _ backend: any ChatBackend, _ settings: ServingSettings = ServingSettings(),
    onRequest: @escaping @Sendable (ServedRequest) -> Void = { _ in },
    onFailure: @escaping @Sendable (any Error) -> Void = { _ in },
    _ body: (RunningServer) async throws -> Void
) async throws {
    let server = try ChatServer(
        backend: backend, settings: settings, onRequest: onRequest, onFailure: onFailure)
    let (ports, found) = AsyncStream<Int>.makeStream()
    let running = Task {
        defer { found.finish() }
        try await server.run(stopsOnSignals: false) { found.yield($0) }
    }
    var port: Int?
    for await value in ports {
        port = value
        break
    }
    guard let port else { return try await running.value }
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1000
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let result: Result<Void, any Error>
    do {
        try await body(RunningServer(port: port, server: server, client: client))
        result = .success(())
    } catch {
        result = .failure(error)
    }
    try await client.shutdown()
    await server.stop()
    try await running.value
    try result.get()
}
