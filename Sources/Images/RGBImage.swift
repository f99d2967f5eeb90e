import Foundation

/// An image in memory: red, green and blue, 8 bits each, upright.
///
/// Decoding gives the very bytes that `PIL.ImageOps.exif_transpose(Image.open(file)).convert("RGB")` gives, which is
/// how transformers loads images: colour profiles are not applied, transparency is dropped without a background, and
/// the picture is turned as its EXIF (or, without any, its XMP) says.
public struct RGBImage: Sendable, Equatable {
    /// The most pixels an image may have unless the caller says otherwise: 178,956,970, where Pillow too refuses.
    public static let defaultMaximumPixels = 2 * 89_478_485

    /// The width in pixels, at least 1.
    public let width: Int
    /// The height in pixels, at least 1.
    public let height: Int
    /// The samples, 0...255, [height, width, 3].
    public let pixels: [UInt8]

    /// An image of given samples.
    ///
    /// - Parameters:
    ///   - width: the width in pixels.
    ///   - height: the height in pixels.
    ///   - pixels: the samples, [height, width, 3].
    /// - Throws: ``ImageError/sampleCount(width:height:got:)`` if a side is not positive or the samples do not fit.
    public init(width: Int, height: Int, pixels: [UInt8]) throws {
        let (area, overflow) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !overflow, pixels.count.isMultiple(of: 3), pixels.count / 3 == area else {
            throw ImageError.sampleCount(width: width, height: height, got: pixels.count)
        }
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Reads and decodes a JPEG, PNG or WebP file.
    ///
    /// - Parameters:
    ///   - url: the file; errors call it by its path.
    ///   - maximumPixels: the largest width x height that is decoded; the header is checked before memory is taken.
    /// - Throws: ``ImageError`` if the file cannot be read, is of another format, is damaged or is too large.
    public init(contentsOf url: URL, maximumPixels: Int = defaultMaximumPixels) throws {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw ImageError.file(path: url.path, reason: ImageError.reason(for: error))
        }
        try self.init(encoded: data, name: url.path, maximumPixels: maximumPixels)
    }

    /// Decodes the bytes of a JPEG, PNG or WebP file.
    ///
    /// Of an animation the first frame is decoded.
    ///
    /// - Parameters:
    ///   - data: the whole file.
    ///   - name: what errors call the image.
    ///   - maximumPixels: the largest width x height that is decoded; the header is checked before memory is taken.
    /// - Throws: ``ImageError`` if the data are of another format, damaged or too large.
    public init(encoded data: Data, name: String, maximumPixels: Int = defaultMaximumPixels) throws {
        let image = try EncodedImage(data, name: name)
        let header = try image.header()
        let (area, overflow) = header.width.multipliedReportingOverflow(by: header.height)
        guard !overflow, area <= min(maximumPixels, Int.max / 4) else {
            throw ImageError.tooManyPixels(
                name: name, width: header.width, height: header.height, limit: maximumPixels)
        }
        let stored: [UInt8]
        do {
            stored = try Codec.pixels(of: image, header: header)
        } catch let failure as Codec.Failure {
            throw image.undecodable(failure.reason)
        }
        pixels = header.orientation.upright(stored, width: header.width, height: header.height)
        (width, height) = header.uprightSize
    }

    /// The size that decoding would give, from the header alone.
    ///
    /// - Parameters:
    ///   - data: the whole file, since orientation may be told at its end.
    ///   - name: what errors call the image.
    /// - Returns: width and height in pixels of the upright image, both at least 1 and without any upper limit.
    /// - Throws: ``ImageError`` if the data are of another format or the header is damaged.
    public static func size(ofEncoded data: Data, name: String) throws -> (width: Int, height: Int) {
        try EncodedImage(data, name: name).header().uprightSize
    }

    /// The image as the bytes of a PNG file of 8-bit RGB, which decodes to an equal image.
    ///
    /// - Throws: ``ImageError/encoding(width:height:format:reason:)`` if a side is too long for PNG or memory runs out.
    public func encodedPNG() throws -> Data {
        try encoded(as: .png, longestSide: Int(Int32.max)) { try Codec.png(pixels, width: width, height: height) }
    }

    /// The longest side that a WebP file can have.
    private static let longestWebPSide = 16383

    /// The image as the bytes of a lossy WebP file, which decodes to an image of this size and nearly these pixels.
    ///
    /// The same image, quality and libwebp always give the same bytes.
    ///
    /// - Parameter quality: from 0 (small) to 100 (near); 75 to 90 is usual for photographs.
    /// - Returns: the file.
    /// - Throws: ``ImageError/encoding(width:height:format:reason:)`` if a side has more than 16,383 pixels, the quality
    ///   is not from 0 to 100, or memory runs out.
    public func encodedWebP(quality: Double) throws -> Data {
        try encoded(as: .webp, longestSide: Self.longestWebPSide) {
            guard (0...100).contains(quality) else {
                throw Codec.Failure(reason: "its quality \(quality) is not from 0 to 100")
            }
            return try Codec.webP(pixels, width: width, height: height, quality: Float(quality))
        }
    }

    private func encoded(as format: ImageFormat, longestSide: Int, _ encode: () throws -> Data) throws -> Data {
        do {
            guard max(width, height) <= longestSide else {
                throw Codec.Failure(reason: "a side of a \(format.rawValue) is at most \(longestSide)")
            }
            return try encode()
        } catch let failure as Codec.Failure {
            throw ImageError.encoding(width: width, height: height, format: format, reason: failure.reason)
        }
    }
}
