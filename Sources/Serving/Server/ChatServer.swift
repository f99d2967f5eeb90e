import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import UnixSignals

/// A server that speaks OpenAI's API for chats: `/v1/models`, `/v1/chat/completions`, and `/health`.
public final class ChatServer: Sendable {
    private let settings: ServingSettings
    private let desk: Desk
    private let connections = Connections()
    private let onRequest: @Sendable (ServedRequest) -> Void
    private let group = Mutex<(isStopped: Bool, group: ServiceGroup?)>((false, nil))

    /// A server, which does not listen yet.
    /// - Parameters:
    ///   - backend: what answers.
    ///   - settings: how it listens and what it bears.
    ///   - onRequest: called after every request, for logs; it must be quick.
    ///   - onFailure: called with what a backend threw that clients are not told; it must be quick.
    /// - Throws: ``ServingError`` if the settings cannot be meant.
    public init(
        backend: any ChatBackend, settings: ServingSettings = ServingSettings(),
        onRequest: @escaping @Sendable (ServedRequest) -> Void = { _ in },
        onFailure: @escaping @Sendable (any Error) -> Void = { _ in }
    ) throws {
        try settings.validate()
        (self.settings, self.onRequest) = (settings, onRequest)
        desk = Desk(backend: backend, settings: settings, onFailure: onFailure)
    }

    /// Listens and answers until it is stopped.
    ///
    /// When it is to stop it takes no more connections, refuses what waits, lets running answers go on for the time of
    /// grace, and cuts the rest with an error that clients understand.
    /// - Parameters:
    ///   - stopsOnSignals: whether SIGINT and SIGTERM stop it.
    ///   - whenListening: called once with the port it listens on.
    /// - Throws: ``ServingError`` if it cannot listen.
    public func run(
        stopsOnSignals: Bool = true, whenListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let logger = Logger(label: "avar.serving") { _ in SwiftLogNoOpLogHandler() }
        let application = application(logger: logger, whenListening: whenListening)
        let service = Running { [self] in
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: {
                self.wind()
            }
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: stopsOnSignals ? [.sigint, .sigterm] : [], logger: logger))
        let isStopped = self.group.withLock { state in
            state.group = group
            return state.isStopped
        }
        if isStopped { return }
        do {
            try await group.run()
        } catch let error as IOError {
            if error.errnoCode == EADDRINUSE {
                throw ServingError.portInUse(host: settings.host, port: settings.port)
            }
            let reason = String(cString: strerror(error.errnoCode)).lowercased()
            throw ServingError.cannotListen(host: settings.host, port: settings.port, reason: reason)
        } catch is SocketAddressError {
            throw ServingError.cannotListen(
                host: settings.host, port: settings.port, reason: "the host is not known as an address here")
        }
    }

    /// Stops the server as a signal would; ``run(stopsOnSignals:whenListening:)`` returns when it has stopped.
    public func stop() async {
        let group = group.withLock { state in
            state.isStopped = true
            return state.group
        }
        await group?.triggerGracefulShutdown()
    }

    private func application(
        logger: Logger, whenListening: @escaping @Sendable (Int) -> Void
    ) -> Application<Responder> {
        let (connections, settings) = (connections, settings)
        let responder = Responder(
            desk: desk, settings: settings, connections: connections, budget: ByteBudget(settings.bodiesBytes),
            faults: settings.faults.map(FaultSource.init), onRequest: onRequest)
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                ConnectionWatch(
                    connections: connections, receiveTime: TimeAmount(inSeconds: settings.receiveSeconds),
                    sendTime: TimeAmount(inSeconds: settings.sendSeconds))
            ],
            idleTimeout: TimeAmount(inSeconds: settings.idleSeconds))
        return Application(
            responder: responder, server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: "avar",
                availableConnectionsDelegate: .maximum(settings.connections, logger: logger)),
            onServerRunning: { channel in
                // One at a time, so that never more connections are taken than may be open.
                try? await channel.setOption(.maxMessagesPerRead, value: 1).get()
                whenListening(channel.localAddress?.port ?? settings.port)
            }, logger: logger)
    }

    /// Winds work up: what waits is refused, what runs may go on for a while.
    private func wind() {
        desk.queue.close()
        Task {
            let end = ContinuousClock.now + .seconds(settings.graceSeconds)
            while desk.count > 0, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
            desk.cutAll()
            // Time to send what is left.
            let last = ContinuousClock.now + .seconds(1)
            while connections.count > 0, ContinuousClock.now < last { try await Task.sleep(for: .milliseconds(20)) }
            connections.closeAll()
        }
    }
}

/// Work as a service.
private struct Running: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws { try await body() }
}

extension TimeAmount {
    /// A time in seconds with a fraction.
    init(inSeconds seconds: Double) { self = .nanoseconds(Int64(seconds * 1e9)) }
}
