import Torch

/// In which order the tower works through the patches, and which of them attend to each other.
///
/// Patches arrive in squares of `spatialMergeSize` (one visual token each), picture after picture, row after row. For windowed
/// attention the tokens are brought into window order; here the windows of a picture are also sorted by size, so that windows of
/// one size are neighbours and one attention call serves them all, without copying. (transformers' `get_vision_window_index`
/// leaves them in raster order; results do not depend on it, and the merger's output is brought back.)
package struct VisionPlan {
    /// Equal sets of patches in a row: `count` sets of `length` patches from `start` on.
    package typealias Segments = SequenceStretch

    /// The visual token that stands at each place: a permutation of 0 ..< tokens.
    package let tokenOrder: [Int]
    /// Where each visual token went: the inverse of `tokenOrder`.
    package let placeOfToken: [Int]
    /// Row and column of the patch at each place, two numbers per patch.
    package let positions: [(row: Int, column: Int)]
    /// The windows.
    package let windows: [Segments]
    /// The pictures.
    package let pictures: [Segments]

    /// Plans the work for some pictures.
    /// - Parameters:
    ///   - grids: one per picture.
    ///   - configuration: sizes of patch, merge and window.
    /// - Throws: ``QwenVLError/input(_:)`` for a grid that is empty, has several frames or is no multiple of the merge size.
    package init(grids: [GridTHW], configuration: VisionConfiguration) throws {
        let merge = configuration.spatialMergeSize
        let side = configuration.windowTokens
        var order: [Int] = []
        var positions: [(row: Int, column: Int)] = []
        var windows: [Segments] = []
        var pictures: [Segments] = []
        for grid in grids {
            try Self.validate(grid, merge: merge)
            let (rows, columns) = (grid.height / merge, grid.width / merge)
            let firstToken = order.count
            Self.append(Segments(start: positions.count, count: 1, length: grid.patchCount), to: &pictures)
            for window in Self.windows(rows: rows, columns: columns, side: side) {
                Self.append(
                    Segments(start: positions.count, count: 1, length: window.count * merge * merge), to: &windows)
                for token in window {
                    order.append(firstToken + token.row * columns + token.column)
                    for y in 0..<merge {
                        for x in 0..<merge { positions.append((token.row * merge + y, token.column * merge + x)) }
                    }
                }
            }
        }
        var places = [Int](repeating: 0, count: order.count)
        for (place, token) in order.enumerated() { places[token] = place }
        tokenOrder = order
        placeOfToken = places
        self.positions = positions
        self.windows = windows
        self.pictures = pictures
    }

    private static func validate(_ grid: GridTHW, merge: Int) throws {
        guard grid.temporal == 1 else {
            throw QwenVLError.input("A picture grid has \(grid.temporal) frames; video input is not supported")
        }
        guard grid.height >= merge, grid.width >= merge, grid.height % merge == 0, grid.width % merge == 0 else {
            throw QwenVLError.input(
                "A picture grid of \(grid.height) x \(grid.width) patches is not a positive multiple of \(merge) x \(merge)"
            )
        }
    }

    /// The windows of one picture, largest first, each with its tokens in raster order.
    private static func windows(rows: Int, columns: Int, side: Int) -> [[(row: Int, column: Int)]] {
        var windows: [[(row: Int, column: Int)]] = []
        for top in stride(from: 0, to: rows, by: side) {
            for left in stride(from: 0, to: columns, by: side) {
                var tokens: [(row: Int, column: Int)] = []
                for row in top..<min(top + side, rows) {
                    for column in left..<min(left + side, columns) { tokens.append((row, column)) }
                }
                windows.append(tokens)
            }
        }
        return windows.enumerated()
            .sorted { ($0.element.count, -$0.offset) > ($1.element.count, -$1.offset) }
            .map(\.element)
    }

    /// Adds patches that attend to each other, joining them with an equal set before them.
    private static func append(_ segment: Segments, to list: inout [Segments]) {
        if let last = list.last, last.length == segment.length {
            list[list.count - 1].count += 1
        } else {
            list.append(segment)
        }
    }
}
