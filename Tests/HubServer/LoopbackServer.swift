import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A server on loopback that answers as a closure says and remembers what it was asked.
public final class LoopbackServer: Sendable {
    private let channel: any Channel
    private let log: RequestLog

    /// The address, without a slash at the end.
    public let url: String

    /// Every request so far, in order.
    public var requests: [Request] { log.requests.withLock { $0 } }

    /// Listens on a port that the system chooses.
    /// - Parameters:
    ///   - certificate: proves, to those who trust it, that the server is `localhost`; without one it is not secure.
    ///   - answer: what to do with a request; called on the server's threads.
    /// - Throws: the system's error if it gives no port.
    public init(certificate: SelfSigned? = nil, answer: @escaping @Sendable (Request) -> Answer) throws {
        let log = RequestLog()
        self.log = log
        channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let certificate {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLServerHandler(context: certificate.context))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(log: log, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        url = "\(certificate == nil ? "http" : "https")://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    /// Stops listening.
    public func stop() { channel.close(promise: nil) }
}

/// The requests of a server.
private final class RequestLog: Sendable {
    let requests = Mutex<[Request]>([])
}

/// One connection.
private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let log: RequestLog
    private let answer: @Sendable (Request) -> Answer
    private var request: Request?

    init(log: RequestLog, answer: @escaping @Sendable (Request) -> Answer) {
        (self.log, self.answer) = (log, answer)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let headers = head.headers.map { ($0.name.lowercased(), $0.value) }
            request = Request(
                method: head.method.rawValue, path: head.uri,
                headers: Dictionary(headers, uniquingKeysWith: { "\($0),\($1)" }))
        case .body:
            break
        case .end:
            guard let request else { return }
            log.requests.withLock { $0.append(request) }
            write(answer(request), to: request, context: context)
        }
    }

    private func write(_ answer: Answer, to request: Request, context: ChannelHandlerContext) {
        if case .silence = answer.ending { return }
        var headers = HTTPHeaders(answer.headers.map { ($0.key, $0.value) })
        if !headers.contains(name: "Content-Length") {
            headers.add(name: "Content-Length", value: String(answer.body.count))
        }
        let status = HTTPResponseStatus(statusCode: answer.status)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        let body = request.method == "HEAD" ? Data() : answer.body
        switch answer.ending {
        case .whole:
            write(body, context: context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .cut(let count):
            let bytes = ByteBuffer(bytes: body.prefix(count))
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes)))).assumeIsolated().whenComplete { _ in
                // The client throws away what it has not read when it sees the end; most is read by then.
                context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(count == 0 ? 0 : 50)) {
                    context.close(promise: nil)
                }
            }
        case .stall(let count):
            write(body.prefix(count), context: context)
            context.flush()
        case .silence:
            break
        }
    }

    private func write(_ bytes: Data, context: ChannelHandlerContext) {
        if bytes.isEmpty { return }
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
    }
}
