import NIOCore
import NIOHTTPTypes
import HTTPTypes
import Synchronization

/// The open connections: whose client has gone, what to do then, and how to close them all.
final class Connections: Sendable {
    private let open = Mutex<[ObjectIdentifier: Presence]>([:])

    /// Whether the client of a connection is there.
    final class Presence: Sendable {
        fileprivate let channel: any Channel
        private let state = Mutex<(isGone: Bool, onGone: (@Sendable () -> Void)?)>((false, nil))

        fileprivate init(_ channel: any Channel) { self.channel = channel }

        /// Says what to do when the client has gone, in place of what was said before; nil for nothing.
        func whenGone(_ body: (@Sendable () -> Void)?) {
            let isGone = state.withLock { state in
                if !state.isGone { state.onGone = body }
                return state.isGone
            }
            if isGone { body?() }
        }

        fileprivate func leave() {
            let onGone = state.withLock { state in
                state.isGone = true
                defer { state.onGone = nil }
                return state.onGone
            }
            onGone?()
        }
    }

    /// How many there are.
    var count: Int { open.withLock { $0.count } }

    func add(_ channel: any Channel) -> Presence {
        let presence = Presence(channel)
        open.withLock { $0[ObjectIdentifier(channel)] = presence }
        return presence
    }

    func remove(_ channel: any Channel) {
        let presence = open.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
        presence?.leave()
    }

    subscript(channel: any Channel) -> Presence? { open.withLock { $0[ObjectIdentifier(channel)] } }

    /// Closes every connection, whatever is going on there.
    func closeAll() {
        for presence in open.withLock({ Array($0.values) }) { presence.channel.close(promise: nil) }
    }
}

/// Watches a connection: closes it when its client is gone, too slow to send, or too slow to read.
///
/// A client that ends its side counts as gone, as with most servers: nothing else tells that it stopped to wait.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let connections: Connections
    private let receiveTime: TimeAmount
    private let sendTime: TimeAmount
    /// How long to read on after a refusal, so that a client that is still sending reads it.
    private static let lingerTime = TimeAmount.seconds(2)

    private var requestsInWork = 0
    private var isReceiving = false
    private var closesAfterReply = false
    private var receiveTimer: Scheduled<Void>?
    private var sendTimer: Scheduled<Void>?
    private var lingerTimer: Scheduled<Void>?

    init(connections: Connections, receiveTime: TimeAmount, sendTime: TimeAmount) {
        (self.connections, self.receiveTime, self.sendTime) = (connections, receiveTime, sendTime)
    }

    func handlerAdded(context: ChannelHandlerContext) { _ = connections.add(context.channel) }

    func handlerRemoved(context: ChannelHandlerContext) { leave(context) }

    func channelInactive(context: ChannelHandlerContext) {
        leave(context)
        context.fireChannelInactive()
    }

    private func leave(_ context: ChannelHandlerContext) {
        for timer in [receiveTimer, sendTimer, lingerTimer] { timer?.cancel() }
        connections.remove(context.channel)
    }

    private func closes(_ context: ChannelHandlerContext, in time: TimeAmount) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            requestsInWork += 1
            isReceiving = true
            // Clients with large bodies wait for leave to send them.
            if head.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body: break
        case .end:
            isReceiving = false
            receiveTimer?.cancel()
            receiveTimer = nil
            if lingerTimer != nil { return context.close(promise: nil) }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isReceiving, receiveTimer == nil { receiveTimer = closes(context, in: receiveTime) }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event, requestsInWork > 0 { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        sendTimer?.cancel()
        sendTimer = context.channel.isWritable ? nil : closes(context, in: sendTime)
        context.fireChannelWritabilityChanged()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.connection] == "close" { closesAfterReply = true }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            requestsInWork -= 1
            guard closesAfterReply else { return context.write(data, promise: promise) }
            if isReceiving {
                context.writeAndFlush(data, promise: promise)
                lingerTimer = closes(context, in: Self.lingerTime)
            } else {
                context.writeAndFlush(data, promise: promise)
                context.close(promise: nil)
            }
        }
    }
}
