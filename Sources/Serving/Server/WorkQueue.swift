import Synchronization

/// Lets a number of works run at a time, a number wait in the order in which they came, and no more in.
final class WorkQueue: Sendable {
    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var running = 0
        var waiters: [Waiter] = []
        var nextID = 0
        var isClosed = false
        /// How long works take, the later ones counting more.
        var seconds = 1.0
    }

    private let concurrent: Int
    private let waiting: Int
    private let waitSeconds: Double
    private let state = Mutex(State())

    init(concurrent: Int, waiting: Int, waitSeconds: Double) {
        (self.concurrent, self.waiting, self.waitSeconds) = (concurrent, waiting, waitSeconds)
    }

    /// How many run and how many wait.
    var lengths: (running: Int, waiting: Int) { state.withLock { ($0.running, $0.waiters.count) } }

    /// Whether anybody is let in.
    var isOpen: Bool { state.withLock { !$0.isClosed } }

    /// After how many seconds there may be a place.
    var retryAfter: Int { state.withLock { retryAfter($0) } }

    private func retryAfter(_ state: State) -> Int {
        let turns = Double(state.waiters.count + 1) / Double(concurrent)
        return Int(min(max((state.seconds * turns).rounded(.up), 1), 60))
    }

    /// Does work when its turn comes.
    /// - Throws: ``Refusal``, what the work throws, or `CancellationError` if the task was cancelled while it waited.
    func run(_ work: () async throws -> Void) async throws {
        try await enter()
        let start = ContinuousClock.now
        defer { leave(after: ContinuousClock.now - start) }
        try await work()
    }

    private func enter() async throws {
        let id: Int? = try state.withLock { state in
            if state.isClosed { throw Refusal.stopping }
            if state.running < concurrent {
                state.running += 1
                return nil
            }
            guard state.waiters.count < waiting else { throw Refusal.crowded(retryAfter: retryAfter(state)) }
            state.nextID += 1
            return state.nextID
        }
        guard let id else { return }
        let timer = Task {
            try await Task.sleep(for: .seconds(waitSeconds))
            self.refuse(id, Refusal.waitedTooLong(seconds: self.waitSeconds, retryAfter: self.retryAfter))
        }
        defer { timer.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    if state.isClosed { return .failure(Refusal.stopping) }
                    // A place may have become free, or the last place to wait taken, since it was asked for.
                    if state.running < concurrent {
                        state.running += 1
                        return .success(())
                    }
                    guard state.waiters.count < waiting else {
                        return .failure(Refusal.crowded(retryAfter: retryAfter(state)))
                    }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let answer { return continuation.resume(with: answer) }
                // What cancelled before there was a waiter to cancel has gone by.
                if Task.isCancelled { refuse(id, CancellationError()) }
            }
        } onCancel: {
            refuse(id, CancellationError())
        }
    }

    private func refuse(_ id: Int, _ error: any Error) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(throwing: error)
    }

    private func leave(after duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let next: Waiter? = state.withLock { state in
            state.seconds += 0.2 * (Double(seconds) + Double(attoseconds) * 1e-18 - state.seconds)
            // The place goes to the next, so nobody who comes now can take it.
            if !state.waiters.isEmpty { return state.waiters.removeFirst() }
            state.running -= 1
            return nil
        }
        next?.continuation.resume()
    }

    /// Lets nobody in any more, and refuses those who wait.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(throwing: Refusal.stopping) }
    }
}

/// How many bytes may be held together.
final class ByteBudget: Sendable {
    private let limit: Int
    private let used = Mutex(0)

    init(_ limit: Int) { self.limit = limit }

    /// Bytes that are held as long as this is.
    final class Share: Sendable {
        private let budget: ByteBudget
        private let count = Mutex(0)

        fileprivate init(_ budget: ByteBudget) { self.budget = budget }

        deinit {
            let count = count.withLock { $0 }
            budget.used.withLock { $0 -= count }
        }

        /// Makes sure that it has at least a number of bytes.
        /// - Returns: false if there are not enough left.
        func grow(to wanted: Int) -> Bool {
            count.withLock { count in
                if wanted <= count { return true }
                let isGranted = budget.used.withLock { used in
                    guard used + wanted - count <= budget.limit else { return false }
                    used += wanted - count
                    return true
                }
                if isGranted { count = wanted }
                return isGranted
            }
        }
    }

    /// A share without any bytes.
    func share() -> Share { Share(self) }
}
