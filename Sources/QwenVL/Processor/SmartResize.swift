/// The size to which a picture is brought before it is cut into patches (transformers' `smart_resize`).
public enum SmartResize {
    /// The largest ratio of a picture's sides.
    public static let largestAspectRatio = 200.0

    /// Both sides become multiples of `factor` and the area falls into a range, while the shape is kept as nearly as that allows.
    /// - Parameters:
    ///   - height: of the picture, in pixels.
    ///   - width: of the picture, in pixels.
    ///   - factor: the side of a visual token: patch size times merge size.
    ///   - minPixels: the smallest area, in pixels.
    ///   - maxPixels: the largest area, in pixels.
    /// - Returns: the new size in pixels.
    /// - Throws: ``QwenVLError/input(_:)`` if one side is more than 200 times the other.
    public static func size(
        height: Int, width: Int, factor: Int, minPixels: Int, maxPixels: Int
    ) throws -> (height: Int, width: Int) {
        let ratio = Double(max(height, width)) / Double(min(height, width))
        guard ratio <= largestAspectRatio else {
            throw QwenVLError.input(
                "A picture of \(width) x \(height) pixels has sides in the ratio \(Int(ratio)) : 1; Qwen2.5-VL takes pictures up "
                    + "to \(Int(largestAspectRatio)) : 1, so crop it")
        }
        // Python's round: half goes to the even neighbour.
        func nearest(_ side: Int) -> Int { Int((Double(side) / Double(factor)).rounded(.toNearestOrEven)) * factor }
        let size = (height: nearest(height), width: nearest(width))
        let area = Double(height * width)
        if size.height * size.width > maxPixels {
            let beta = (area / Double(maxPixels)).squareRoot()
            func shrunk(_ side: Int) -> Int {
                max(factor, Int((Double(side) / beta / Double(factor)).rounded(.down)) * factor)
            }
            return (shrunk(height), shrunk(width))
        }
        if size.height * size.width < minPixels {
            let beta = (Double(minPixels) / area).squareRoot()
            func grown(_ side: Int) -> Int { Int((Double(side) * beta / Double(factor)).rounded(.up)) * factor }
            return (grown(height), grown(width))
        }
        return size
    }
}
