/// Multimodal rotary positions (transformers' `get_rope_index`): three numbers per token.
///
/// Text counts on by one in all three. The tokens of a picture share one temporal position and take their row and column as
/// the other two, all counted from the position where the picture begins; the text after it goes on from the larger side.
public struct PositionIDs: Sendable, Equatable {
    /// Temporal, height and width positions, each one number per token.
    public let temporal, height, width: [Int]
    /// The position of the next token, should one follow.
    public let next: Int

    /// The positions of a sequence.
    /// - Parameters:
    ///   - isImage: for each token, whether it stands for a piece of a picture.
    ///   - grids: the pictures in the order of their tokens, in patches.
    ///   - spatialMergeSize: patches along the side of a visual token.
    /// - Throws: ``QwenVLError/input(_:)`` if tokens and grids do not agree.
    public init(isImage: [Bool], grids: [GridTHW], spatialMergeSize: Int) throws {
        var positions: [[Int]] = [[], [], []]
        for axis in 0..<3 { positions[axis].reserveCapacity(isImage.count) }
        var current = 0
        var index = 0
        var remaining = grids[...]
        while index < isImage.count {
            if !isImage[index] {
                for axis in 0..<3 { positions[axis].append(current) }
                current += 1
                index += 1
                continue
            }
            guard let grid = remaining.popFirst() else {
                throw QwenVLError.input(
                    "The tokens have places for more pictures than the \(grids.count) that are given")
            }
            let (rows, columns) = (grid.height / spatialMergeSize, grid.width / spatialMergeSize)
            let count = grid.temporal * rows * columns
            guard index + count <= isImage.count, isImage[index..<index + count].allSatisfy({ $0 }) else {
                throw QwenVLError.input("A picture of \(count) visual tokens has fewer places in the tokens")
            }
            for frame in 0..<grid.temporal {
                for row in 0..<rows {
                    for column in 0..<columns {
                        positions[0].append(current + frame)
                        positions[1].append(current + row)
                        positions[2].append(current + column)
                    }
                }
            }
            index += count
            current += max(rows, columns)
        }
        guard remaining.isEmpty else {
            throw QwenVLError.input(
                "The tokens have places for \(grids.count - remaining.count) of \(grids.count) pictures")
        }
        (temporal, height, width) = (positions[0], positions[1], positions[2])
        // As in transformers the next position is one above the largest, which a lone wide picture at the end also sets.
        next = (positions.lazy.map { $0.max() ?? -1 }.max() ?? -1) + 1
    }

    /// These positions with parts behind them that each count on from their end.
    /// - Parameter branches: the lengths of the parts.
    /// - Returns: the positions; the next is one above the largest.
    func branching(_ branches: [Int]) -> PositionIDs {
        let own = branches.flatMap { next..<next + $0 }
        return PositionIDs(
            temporal: temporal + own, height: height + own, width: width + own, next: next + (branches.max() ?? 0))
    }

    private init(temporal: [Int], height: [Int], width: [Int], next: Int) {
        (self.temporal, self.height, self.width, self.next) = (temporal, height, width, next)
    }

    /// What transformers calls `rope_deltas`: the next position less the number of tokens.
    public var delta: Int { next - temporal.count }
}
