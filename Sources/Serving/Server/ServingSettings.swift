import Foundation

/// How a server listens and what it bears.
public struct ServingSettings: Sendable, Equatable {
    /// The address to listen on.
    ///
    /// Other machines can reach it only if it is none of the machine's own loopback, and then a
    /// token is required.
    public var host = "127.0.0.1"
    /// The port, 0 for any that is free.
    public var port = 0
    /// What clients must send as `Authorization: Bearer ...`; nil to ask for nothing, on loopback only.
    public var token: String?
    /// How many requests are at work at a time.
    public var concurrent = 1
    /// How many more may wait; what comes on top is refused with 429.
    public var waiting = 64
    /// For how long a request may wait, in seconds; then it is refused with 503.
    public var waitSeconds = 300.0
    /// What a request may hold.
    public var limits = ServingLimits()
    /// How many bytes the bodies of all requests may have together, from when they are read until they are answered.
    ///
    /// While a request is decoded it takes about four times its body.
    public var bodiesBytes = 128 << 20
    /// How many connections may be open; more wait in the system's queue until one is closed.
    public var connections = 512
    /// After how many seconds a connection is closed on which no request begins, or whose headers do not end.
    public var idleSeconds = 60.0
    /// For how long a request may take to arrive once its headers are there, in seconds.
    public var receiveSeconds = 60.0
    /// For how long a client may read nothing of what is sent to it, in seconds.
    public var sendSeconds = 60.0
    /// For how long running answers may go on once the server is to stop, in seconds.
    public var graceSeconds = 10.0
    /// Faults to inject, for tests of clients.
    public var faults: Faults?

    /// Settings, all with their defaults.
    public init() {}

    /// Whether only this machine can reach the server.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// Refuses settings that cannot be meant.
    /// - Throws: ``ServingError``.
    public func validate() throws {
        guard (0...65535).contains(port) else {
            throw ServingError.setting("The port must be 0 to 65535, got \(port).")
        }
        guard isLoopback || token != nil else { throw ServingError.openToAll(host: host) }
        if let token, token.isEmpty || !token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            throw ServingError.setting("The token must be printable ASCII without blanks, and not be empty.")
        }
        let counts = [
            ("concurrent requests", concurrent), ("connections", connections), ("bytes of a body", limits.bodyBytes),
            ("pixels of a picture", limits.pixels), ("answers to a request", limits.choices),
        ]
        for (name, count) in counts where count < 1 {
            throw ServingError.setting("The number of \(name) must be at least 1, got \(count).")
        }
        for (name, count) in [("waiting requests", waiting), ("pictures of a request", limits.pictures)]
        where count < 0 {
            throw ServingError.setting("The number of \(name) must be at least 0, got \(count).")
        }
        guard bodiesBytes >= limits.bodyBytes else {
            throw ServingError.setting(
                "All bodies may have \(bodiesBytes) bytes together, less than the \(limits.bodyBytes) of one.")
        }
        let times = [
            ("waiting", waitSeconds), ("idle", idleSeconds), ("receiving", receiveSeconds), ("sending", sendSeconds),
        ]
        for (name, seconds) in times where !(seconds > 0 && seconds <= 1e6) {
            throw ServingError.setting("The time for \(name) must be above 0 and at most 1000000 s, got \(seconds).")
        }
        guard (0...1e6).contains(graceSeconds) else {
            throw ServingError.setting("The time for stopping must be 0 to 1000000 s, got \(graceSeconds).")
        }
        try faults?.validate()
    }
}

/// What one request may hold.
public struct ServingLimits: Sendable, Equatable {
    /// The most bytes of a request's body; 32 MiB.
    public var bodyBytes = 32 << 20
    /// How many pictures.
    public var pictures = 16
    /// The pixels of each picture, by its header.
    public var pixels = 32_000_000
    /// How many answers (`n`).
    public var choices = 16

    /// Limits, all with their defaults.
    public init() {}
}

/// Why a server cannot begin, or an answer cannot end.
public enum ServingError: Error, LocalizedError, Equatable {
    /// Another program listens there.
    case portInUse(host: String, port: Int)
    /// The system refuses to listen there.
    case cannotListen(host: String, port: Int, reason: String)
    /// Other machines could ask without a token.
    case openToAll(host: String)
    /// A setting that cannot be meant.
    case setting(String)
    /// A backend returned without having told the end of every answer.
    case unfinishedAnswer

    /// One sentence: what was wrong, where, what to do.
    public var errorDescription: String? {
        switch self {
        case .portInUse(let host, let port):
            "Port \(port) of \(host) is in use by another program; choose another port, or 0 for any that is free."
        case .cannotListen(let host, let port, let reason): "The server cannot listen on \(host):\(port): \(reason)."
        case .openToAll(let host):
            "Listening on \(host) lets other machines in, which needs a token; give one, or listen on 127.0.0.1."
        case .setting(let sentence): sentence
        case .unfinishedAnswer: "The backend ended without having ended every answer."
        }
    }
}
