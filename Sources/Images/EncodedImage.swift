import Foundation

/// The bytes of an image and what its header says.
struct EncodedImage {
    /// What errors call the image.
    let name: String
    let format: ImageFormat
    let bytes: ByteReader
    let data: Data

    /// What can be known without decoding.
    struct Header {
        /// Size in pixels as stored.
        var width: Int
        var height: Int
        /// How the stored pixels are to be turned.
        var orientation: Orientation = .upright
        /// The picture of a WebP and its place on the canvas.
        var frame: WebPFrame?

        /// Size in pixels once turned.
        var uprightSize: (width: Int, height: Int) {
            orientation.swapsSides ? (height, width) : (width, height)
        }
    }

    init(_ data: Data, name: String) throws {
        let bytes = ByteReader(data)
        guard let format = ImageFormat(of: bytes) else {
            throw ImageError.unknownFormat(name: name, content: ImageFormat.description(ofForeign: bytes))
        }
        self.name = name
        self.format = format
        self.bytes = bytes
        self.data = data
    }

    /// The header, in which both sides are above zero.
    func header() throws -> Header {
        let header =
            switch format {
            case .jpeg: try jpegHeader()
            case .png: try pngHeader()
            case .webp: try webpHeader()
            }
        guard header.width > 0, header.height > 0 else {
            throw ImageError.noPixels(name: name, width: header.width, height: header.height)
        }
        return header
    }

    /// The error that the bytes are damaged or of a kind that is not read.
    func undecodable(_ reason: String) -> ImageError {
        .undecodable(name: name, format: format, reason: reason)
    }

    /// `value`, or the error that the data end too early.
    func require<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw undecodable("the data end before the picture does") }
        return value
    }
}
