import Foundation
import NIOCore
import NIOHTTP1

/// One connection.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let log: Log
    private let behaviour: @Sendable (Question, Int) -> Behaviour
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(log: Log, behaviour: @escaping @Sendable (Question, Int) -> Behaviour) {
        (self.log, self.behaviour) = (log, behaviour)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var bytes):
            body.writeBuffer(&bytes)
        case .end:
            guard let head else { return }
            let headers = head.headers.map { ($0.name.lowercased(), $0.value) }
            let question = Question(
                path: head.uri, headers: Dictionary(headers, uniquingKeysWith: { "\($0),\($1)" }),
                body: Data(body.readableBytesView))
            let behaviour = behaviour(question, log.add(question))
            after(behaviour.delay, context) { context in
                self.log.close()
                self.answer(behaviour, context: context)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func after(
        _ seconds: Double, _ context: ChannelHandlerContext, _ body: @escaping (ChannelHandlerContext) -> Void
    ) {
        if seconds <= 0 { return body(context) }
        context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(seconds * 1e9))) {
            if context.channel.isActive { body(context) }
        }
    }

    private func answer(_ behaviour: Behaviour, context: ChannelHandlerContext) {
        var (end, closes, hasLength) = (behaviour.body.count, false, true)
        switch behaviour.ending {
        case .whole: break
        case .cut(let count): (end, closes) = (count, true)
        case .stall(let count): end = count
        case .close(let count): (end, closes, hasLength) = (min(count, end), true, false)
        case .silence: return
        case .hangUp: return context.close(promise: nil)
        }
        var headers = HTTPHeaders(behaviour.headers)
        if hasLength {
            headers.add(name: "Content-Length", value: String(behaviour.body.count))
        } else {
            headers.add(name: "Connection", value: "close")
        }
        // Without a length NIO would send chunks, unless the answer is of an older version.
        let head = HTTPResponseHead(
            version: hasLength ? .http1_1 : .http1_0, status: HTTPResponseStatus(statusCode: behaviour.status),
            headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let isWhole = if case .whole = behaviour.ending { true } else { false }
        send(Array(behaviour.body.prefix(end)), behaviour.pieces, context: context) { context in
            if isWhole { context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil) }
            // The client throws away what it has not read when it sees the end; most is read by then.
            if closes { self.after(0.03, context) { $0.close(promise: nil) } }
        }
    }

    private func send(
        _ bytes: [UInt8], _ pieces: (count: Int, pause: Double), context: ChannelHandlerContext,
        finally: @escaping (ChannelHandlerContext) -> Void
    ) {
        let size = (bytes.count + max(pieces.count, 1) - 1) / max(pieces.count, 1)
        if !bytes.isEmpty {
            let piece = ByteBuffer(bytes: bytes.prefix(size))
            context.write(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil)
        }
        context.flush()
        if pieces.count <= 1 || bytes.count <= size { return finally(context) }
        after(pieces.pause, context) { context in
            self.send(
                Array(bytes.dropFirst(size)), (pieces.count - 1, pieces.pause), context: context, finally: finally)
        }
    }
}
