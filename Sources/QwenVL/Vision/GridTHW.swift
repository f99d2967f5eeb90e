/// The patches of one picture: frames, rows, columns (transformers' `image_grid_thw`).
public struct GridTHW: Sendable, Hashable {
    /// Frames; 1 for a still picture.
    public var temporal: Int
    /// Rows of patches.
    public var height: Int
    /// Columns of patches.
    public var width: Int

    /// A grid.
    /// - Parameters:
    ///   - temporal: frames.
    ///   - height: rows of patches.
    ///   - width: columns of patches.
    public init(temporal: Int = 1, height: Int, width: Int) {
        self.temporal = temporal
        self.height = height
        self.width = width
    }

    /// Patches in all.
    public var patchCount: Int { temporal * height * width }

    /// Visual tokens after merging squares of `spatialMergeSize` patches a side.
    /// - Parameter spatialMergeSize: the side of the square.
    /// - Returns: tokens in the decoder.
    public func tokenCount(spatialMergeSize: Int) -> Int { patchCount / (spatialMergeSize * spatialMergeSize) }
}
