import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// What a request's answer needs to know of where it came from.
struct ServingContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// Answers requests.
struct Responder: HTTPResponder {
    let desk: Desk
    let settings: ServingSettings
    let connections: Connections
    let budget: ByteBudget
    let faults: FaultSource?
    let start = ContinuousClock.now
    let onRequest: @Sendable (ServedRequest) -> Void

    func respond(to request: Request, context: ServingContext) async throws -> Response {
        let (date, begin) = (Date(), ContinuousClock.now)
        let response = try await response(to: request, context.channel)
        onRequest(
            ServedRequest(
                method: request.method.rawValue, path: request.uri.path, status: response.status.code, received: date,
                duration: ContinuousClock.now - begin))
        return response
    }

    private func response(to request: Request, _ channel: any Channel) async throws -> Response {
        do {
            return try await route(request, channel)
        } catch let refusal as Refusal {
            return Response(refusal)
        } catch is CancellationError {
            // The client has gone, so nobody reads this.
            return Response(Refusal.stopping)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            return Response(Refusal.broken)
        }
    }

    private func route(_ request: Request, _ channel: any Channel) async throws -> Response {
        let path = request.uri.path
        if path == "/health" {
            try require(.get, request)
            return health()
        }
        try checkHost(request)
        try checkToken(request)
        if path == "/v1/chat/completions" {
            try require(.post, request)
            return try await complete(request, channel)
        }
        if path == "/v1/models" {
            try require(.get, request)
            return .json(ModelsReply(data: desk.backend.models.map(ModelReply.init)))
        }
        if path.hasPrefix("/v1/models/") {
            try require(.get, request)
            let name = path.dropFirst("/v1/models/".count)
            return .json(ModelReply(try model(name.removingPercentEncoding ?? String(name))))
        }
        throw Refusal(status: 404, message: "There is nothing at \(path); see /v1/models.", code: "unknown_url")
    }

    private func require(_ method: HTTPRequest.Method, _ request: Request) throws {
        if request.method == method { return }
        throw Refusal(
            status: 405, message: "\(request.uri.path) takes \(method.rawValue), not \(request.method.rawValue).",
            code: "method_not_allowed")
    }

    private func model(_ name: String) throws -> ServedModel {
        let models = desk.backend.models
        guard let model = models.first(where: { $0.id == name }) else {
            throw Refusal.unknownModel(name, served: models.map(\.id))
        }
        return model
    }

    /// Refuses pages in a browser that reach a server without a token by a name of their own for this machine.
    private func checkHost(_ request: Request) throws {
        guard settings.token == nil, let host = request.head.authority?.lowercased() else { return }
        let name = host.hasPrefix("[") ? String(host.prefix { $0 != "]" }) + "]" : String(host.prefix { $0 != ":" })
        if name == "localhost" || name == "[::1]" || name.hasPrefix("127.") { return }
        throw Refusal(
            status: 403, message: "The host \(name) is none of this machine's own; ask 127.0.0.1, or set a token.",
            code: "foreign_host")
    }

    private func checkToken(_ request: Request) throws {
        guard let token = settings.token else { return }
        let header = request.headers[.authorization] ?? ""
        let isBearer = header.prefix(7).lowercased() == "bearer "
        guard Self.equal(Array(header.dropFirst(7).utf8), Array(token.utf8)), isBearer else {
            throw Refusal.unauthorized
        }
    }

    /// Compares in a time that the candidate's length alone decides.
    static func equal(_ candidate: [UInt8], _ secret: [UInt8]) -> Bool {
        var difference = candidate.count ^ secret.count
        for (index, byte) in candidate.enumerated() { difference |= Int(byte ^ secret[index % secret.count]) }
        return difference == 0
    }

    private func health() -> Response {
        let (running, waiting) = desk.queue.lengths
        return .json(
            HealthReply(
                status: desk.queue.isOpen ? "ready" : "stopping", uptime: (ContinuousClock.now - start).inSeconds,
                running: running, waiting: waiting, concurrent: settings.concurrent, waitingLimit: settings.waiting,
                connections: connections.count))
    }

    // MARK: Answers

    private func complete(_ request: Request, _ channel: any Channel) async throws -> Response {
        let fault = faults?.next()
        try await failAtOnce(fault, channel)
        let (chat, share) = try await read(request)
        _ = try model(chat.model)
        try desk.backend.check(chat)
        let answering = desk.begin(chat, share: share)
        let presence = connections[channel]
        // Nobody is there if the connection is known no more.
        if presence == nil { answering.end(CancellationError()) }
        presence?.whenGone { answering.end(CancellationError()) }
        do {
            let sender = AnswerSender(answering, fault: fault) { presence?.whenGone(nil) }
            return chat.streams ? try await sender.stream() : try await sender.whole()
        } catch {
            presence?.whenGone(nil)
            throw error
        }
    }

    private func failAtOnce(_ fault: Faults.Kind?, _ channel: any Channel) async throws {
        guard let fault, let faults = faults?.faults else { return }
        switch fault {
        case .crowded:
            throw Refusal(
                status: 429, message: "This is a fault made on purpose.", code: "fault", retryAfter: faults.retryAfter)
        case .failure: throw Refusal(status: 500, message: "This is a fault made on purpose.", code: "fault")
        case .stall:
            let stall = Task { try await Task.sleep(for: .seconds(faults.stallSeconds)) }
            connections[channel]?.whenGone { stall.cancel() }
            _ = await stall.result
            connections[channel]?.whenGone(nil)
            channel.close(promise: nil)
            throw CancellationError()
        case .cut, .json, .schema: return
        }
    }

    private func read(_ request: Request) async throws -> (ChatRequest, ByteBudget.Share) {
        let type = request.headers[.contentType]?.lowercased() ?? "application/json"
        // Pages in a browser may send other kinds to any server without asking.
        guard type.hasPrefix("application/json") else {
            throw Refusal(
                status: 415, message: "The body must be application/json, not \(type).", code: "unsupported_media_type")
        }
        let limit = settings.limits.bodyBytes
        let announced = request.headers[.contentLength].flatMap(Int.init) ?? 0
        if announced > limit { throw Refusal.tooLarge(limit: limit) }
        let share = budget.share()
        var body = Data()
        func reserve(_ count: Int) throws {
            guard share.grow(to: count) else { throw Refusal.outOfMemory(retryAfter: desk.queue.retryAfter) }
        }
        try reserve(announced)
        body.reserveCapacity(announced)
        for try await part in request.body {
            guard body.count + part.readableBytes <= limit else { throw Refusal.tooLarge(limit: limit) }
            try reserve(body.count + part.readableBytes)
            body.append(contentsOf: part.readableBytesView)
        }
        return (try ChatRequest(body: body, limits: settings.limits), share)
    }
}

/// A request that was answered or refused, for logs.
public struct ServedRequest: Sendable {
    /// `GET`, `POST` or what else was sent.
    public var method: String
    /// The path that was asked for, as `/v1/chat/completions`.
    public var path: String
    /// The status that was sent.
    public var status: Int
    /// When its headers were there.
    public var received: Date
    /// How long it took until the answer was ready to be sent, or until its first piece was.
    public var duration: Duration
}

/// What `/health` says.
private struct HealthReply: Encodable {
    let status: String
    let uptime: Double
    let running: Int
    let waiting: Int
    let concurrent: Int
    let waitingLimit: Int
    let connections: Int

    enum CodingKeys: String, CodingKey {
        case status, running, waiting, concurrent, connections
        case uptime = "uptime_seconds"
        case waitingLimit = "waiting_limit"
    }
}

extension Response {
    /// A value as JSON.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ReplyEncoder.buffer(value)))
    }

    init(_ refusal: Refusal) {
        self = .json(ErrorReply(refusal), status: .init(code: refusal.status))
        if let seconds = refusal.retryAfter { headers[.retryAfter] = "\(seconds)" }
        if refusal.status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        // What is left of a body that is not wanted is not worth reading.
        if refusal.status == 413 || refusal.status == 503 || refusal.code == "memory_full" {
            headers[.connection] = "close"
        }
    }
}

/// Writes replies as JSON.
enum ReplyEncoder {
    static func buffer(_ value: some Encodable) -> ByteBuffer { ByteBuffer(bytes: data(value)) }

    static func data(_ value: some Encodable) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(value)
        } catch {
            preconditionFailure("A reply holds only what JSON can say: \(error)")
        }
    }
}

extension Duration {
    /// The same in seconds.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
