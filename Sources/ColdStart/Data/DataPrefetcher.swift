import Foundation
import QwenVL

/// Prepares the inputs of the next batch while the current one is being learned from.
///
/// It changes when inputs are made, never which: a batch that was not foreseen is made when it is asked for, and what goes wrong in
/// the background is thrown by the batch that needs it. One owner asks it, from one thread at a time.
public final class DataPrefetcher {
    /// A batch that is being made.
    ///
    /// `@unchecked`, because the result is written once, before the group is left, and read only after waiting for that. The tensors
    /// in it are then held by nobody but the owner.
    private final class Preparation: @unchecked Sendable {
        let group = DispatchGroup()
        var result: Result<[ModelInput], any Error> = .success([])
    }

    private let data: ColdStartData
    private let batch: @Sendable (Int) -> [Int]?
    private let queue = DispatchQueue(label: "avar.data")
    private var prepared: (number: Int, work: Preparation)?

    /// Prepares batches of some data.
    /// - Parameters:
    ///   - data: the data.
    ///   - batch: places in the data's entries by the number of the batch; nil behind the last.
    public init(_ data: ColdStartData, batch: @escaping @Sendable (Int) -> [Int]?) {
        (self.data, self.batch) = (data, batch)
    }

    /// The inputs of a batch; those of the batch after it begin to be prepared.
    /// - Parameter number: of the batch.
    /// - Returns: the inputs in the batch's order, none behind the last.
    /// - Throws: what ``ColdStartData/input(_:)`` throws for one of them.
    public func inputs(_ number: Int) throws -> [ModelInput] {
        let work = prepared?.number == number ? prepared?.work : nil
        prepared = nil
        let result: Result<[ModelInput], any Error>
        if let work {
            work.group.wait()
            result = work.result
        } else {
            result = Result { try (batch(number) ?? []).map(data.input) }
        }
        let inputs = try result.get()
        prepare(number + 1)
        return inputs
    }

    private func prepare(_ number: Int) {
        guard let indices = batch(number) else { return }
        let work = Preparation()
        prepared = (number, work)
        queue.async(group: work.group) { [data] in
            work.result = Result { try indices.map(data.input) }
        }
    }
}
