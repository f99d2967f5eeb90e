import Images
import Torch

/// Pictures to patches, as the vision tower takes them (transformers' `Qwen2VLImageProcessor`, its default backend).
public struct ImageProcessor: Sendable {
    /// Sizes and colours.
    public var configuration: ImageProcessorConfiguration

    /// A processor.
    /// - Parameter configuration: sizes and colours.
    public init(_ configuration: ImageProcessorConfiguration) { self.configuration = configuration }

    /// The grid of patches that a picture of some size is brought to.
    /// - Parameters:
    ///   - height: of the picture, in pixels.
    ///   - width: of the picture, in pixels.
    /// - Returns: the grid.
    /// - Throws: ``QwenVLError/input(_:)`` if one side is more than 200 times the other.
    public func grid(height: Int, width: Int) throws -> GridTHW {
        let c = configuration
        let size = try SmartResize.size(
            height: height, width: width, factor: c.patchSize * c.mergeSize, minPixels: c.minPixels,
            maxPixels: c.maxPixels)
        return GridTHW(height: size.height / c.patchSize, width: size.width / c.patchSize)
    }

    /// The normalised patches of some pictures.
    /// - Parameter images: the pictures, upright RGB.
    /// - Returns: float32 `[patches, channels * frames * rows * columns]`, picture after picture, in each squares of
    ///   `mergeSize` patches in raster order; and the grid of every picture.
    /// - Throws: ``QwenVLError/input(_:)`` for no pictures or an impossible shape.
    public func callAsFunction(_ images: [RGBImage]) throws -> (pixelValues: Tensor, grids: [GridTHW]) {
        guard !images.isEmpty else { throw QwenVLError.input("There are no pictures to process") }
        let grids = try images.map { try grid(height: $0.height, width: $0.width) }
        let parts = try zip(images, grids).map { try patches(of: $0, grid: $1) }
        return (try parts.count == 1 ? parts[0] : Tensor.concatenate(parts, axis: 0), grids)
    }

    private func patches(of image: RGBImage, grid: GridTHW) throws -> Tensor {
        let c = configuration
        let (height, width) = (grid.height * c.patchSize, grid.width * c.patchSize)
        let stored = try Tensor(image.pixels, shape: [1, image.height, image.width, 3]).permute([0, 3, 1, 2])
        let sameSize = (image.height, image.width) == (height, width)
        let resized = try sameSize ? stored : stored.contiguous().resizeBicubic(height: height, width: width)
        let normalised = try normalise(resized.to(.float32))
        return
            try normalised
            .reshape([
                3, grid.height / c.mergeSize, c.mergeSize, c.patchSize, grid.width / c.mergeSize, c.mergeSize,
                c.patchSize,
            ])
            .permute([1, 4, 2, 5, 0, 3, 6])
            .unsqueeze(5)  // [rows, columns, merge, merge, channels, frames, patch, patch]
            .expand([-1, -1, -1, -1, -1, c.temporalPatchSize, -1, -1])
            .reshape([grid.patchCount, 3 * c.temporalPatchSize * c.patchSize * c.patchSize])
    }

    /// Rescaling and normalisation in one step: mean and deviation are scaled instead of the samples, as transformers does.
    ///
    /// `samples` is float32 `[1, 3, height, width]`, 0...255.
    private func normalise(_ samples: Tensor) throws -> Tensor {
        func perChannel(_ numbers: [Double]) throws -> Tensor {
            let scaled = try Tensor(numbers.map { Float($0) }, shape: [1, 3, 1, 1])
            return try scaled * Double(Float(1 / configuration.rescaleFactor))
        }
        return try (samples - perChannel(configuration.imageMean)) / perChannel(configuration.imageStd)
    }
}
