import Foundation
import Synchronization

/// Does something with the items of a sequence on several threads, ahead of whoever takes the results in the items' order.
///
/// What it does is the same as without threads, and so is what comes of it; only when it is done changes. Items are taken from the
/// sequence by one thread at a time. No more than `ahead` results are held or being made at once.
public final class OrderedPrefetch<Output>: Sequence, IteratorProtocol {
    private let work: Work<Output>

    /// Begins to work.
    /// - Parameters:
    ///   - threads: how many work at once, at least 1.
    ///   - ahead: how many results may be waiting or in the making, at least `threads`.
    ///   - next: gives the next item, nil at the end; called from the working threads, never from two at once, and by nobody else.
    ///   - make: makes a result of an item; called on several threads at once. What it makes belongs to whoever takes it.
    public init<Item>(
        threads: Int, ahead: Int, next: @escaping () -> Item?, make: @escaping @Sendable (Item) throws -> Output
    ) {
        precondition(threads >= 1, "There must be a thread to work, not \(threads).")
        work = Work(ahead: Swift.max(ahead, threads)) {
            guard let item = next() else { return nil }
            // `make` is called by the thread that took the item, which then holds it alone.
            return { Result { try make(item) } }
        }
        for _ in 0..<threads {
            let thread = Thread { [work] in work.run() }
            thread.name = "avar.prefetch"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    deinit { work.stop() }

    /// The next result, waited for if need be.
    /// - Returns: nil at the end.
    public func next() -> Result<Output, any Error>? { work.next() }
}

/// What the threads share.
///
/// `@unchecked`, because the source of items is touched only with `taking` locked, everything else only with `condition` locked, and a
/// result is held by nobody but the table of results until it is handed out.
private final class Work<Output>: @unchecked Sendable {
    typealias Made = Result<Output, any Error>

    private let ahead: Int
    private let source: () -> (() -> Made)?
    private let taking = NSLock()
    private let condition = NSCondition()
    private var taken = 0
    private var handedOut = 0
    private var end: Int?
    private var isStopped = false
    private var results: [Int: Made] = [:]

    init(ahead: Int, source: @escaping () -> (() -> Made)?) { (self.ahead, self.source) = (ahead, source) }

    func run() {
        while let (number, make) = take() {
            let result = make()
            condition.lock()
            results[number] = result
            condition.broadcast()
            condition.unlock()
        }
    }

    /// The next item's number and work, once there is room for its result.
    private func take() -> (Int, () -> Made)? {
        taking.lock()
        defer { taking.unlock() }
        condition.lock()
        while !isStopped, end == nil, taken - handedOut >= ahead { condition.wait() }
        let isOver = isStopped || end != nil
        condition.unlock()
        guard !isOver else { return nil }
        let make = source()
        condition.lock()
        defer { condition.unlock() }
        guard let make else {
            end = taken
            condition.broadcast()
            return nil
        }
        taken += 1
        return (taken - 1, make)
    }

    func next() -> Made? {
        condition.lock()
        defer { condition.unlock() }
        while results[handedOut] == nil {
            if let end, handedOut >= end { return nil }
            condition.wait()
        }
        let result = results.removeValue(forKey: handedOut)
        handedOut += 1
        condition.broadcast()
        return result
    }

    func stop() {
        condition.lock()
        isStopped = true
        condition.broadcast()
        condition.unlock()
    }
}
