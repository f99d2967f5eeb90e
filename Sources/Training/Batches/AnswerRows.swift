import QwenVL
import Torch

/// The rows of a batch that predict a token of an answer: what a supervised loss is the mean over.
public struct AnswerRows {
    /// Rows of the hidden states, batch and tokens flattened: `[batch * longest]`.
    public let rows: [Int]
    /// The token after each.
    public let targets: [Int]
    /// For each input how many of the rows are its own.
    public let counts: [Int]

    /// The rows before every token of the role response: in all turns, or in the branches of an input that has any.
    /// - Parameters:
    ///   - inputs: the batch, as the model is given it.
    ///   - layout: how they lie side by side.
    public init(_ inputs: [ModelInput], layout: QwenVLModel.BatchLayout = .padded) {
        let offsets = layout.offsets(inputs.map(\.inputIDs.count))
        var (rows, targets, counts): ([Int], [Int], [Int]) = ([], [], [])
        for (index, input) in inputs.enumerated() {
            let before = rows.count
            // The first token of a branch follows the last that all of them share.
            var branchStarts = Set<Int>()
            _ = input.branches.reduce(input.sharedCount) { start, length in
                branchStarts.insert(start)
                return start + length
            }
            // Of an input with branches these alone are answers; earlier turns of its prompt are not.
            let first = input.branches.isEmpty ? 1 : input.sharedCount
            for token in first..<max(first, input.roles.count) where input.roles[token] == .response {
                let previous = branchStarts.contains(token) ? input.sharedCount - 1 : token - 1
                rows.append(offsets[index] + previous)
                targets.append(input.inputIDs[token])
            }
            counts.append(rows.count - before)
        }
        (self.rows, self.targets, self.counts) = (rows, targets, counts)
    }

    /// The hidden states of these rows.
    /// - Parameter hiddenStates: `[batch, longest, hidden]`.
    /// - Returns: `[rows, hidden]`.
    /// - Throws: `TorchError` if the batch is another.
    public func select(_ hiddenStates: Tensor) throws -> Tensor {
        try hiddenStates.reshape([-1, hiddenStates.size(2)]).indexSelect(
            0, Tensor(rows).to(device: hiddenStates.device))
    }
}
