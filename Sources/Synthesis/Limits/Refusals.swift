import Synchronization

/// Counts the requests of a stage that were refused one after the other: so many without an answer between them are
/// not the fault of each.
final class Refusals: Sendable {
    /// So many refusals in a row end a run.
    static let most = 20

    private let inRow = Mutex(0)

    /// Notes an answer.
    func end() { inRow.withLock { $0 = 0 } }

    /// Notes a refusal.
    /// - Returns: whether there are too many.
    func add() -> Bool {
        inRow.withLock { count in
            count += 1
            return count >= Self.most
        }
    }
}
