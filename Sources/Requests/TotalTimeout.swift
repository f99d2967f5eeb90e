import Foundation

/// Does something that may take only so long altogether.
/// - Parameters:
///   - limit: the longest it may take.
///   - body: the work, which is cancelled when it has taken longer.
/// - Returns: what `body` returns.
/// - Throws: ``Interruption`` if it took longer; what `body` throws.
package func withTotalTimeout<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        if let first = try await group.next(), let value = first { return value }
        throw Interruption(reason: "it took longer than \(String(format: "%.3g", limit / .seconds(1))) s")
    }
}
