import Foundation

/// The picture of a still WebP, or the first frame of an animated one.
struct WebPFrame {
    /// The rectangle it covers, in pixels of the canvas.
    var x = 0
    var y = 0
    var width: Int
    var height: Int
    /// Its chunks: the picture, and before it perhaps its alpha.
    var data: Data
}

/// A WebP as its chunks are visited one by one, with the checks of libwebp's demuxer on what is used here.
private struct WebPParser {
    private struct Chunk {
        var type: String
        /// Where its eight bytes of type and length begin.
        var offset: Int
        /// Where the next chunk begins.
        var end: Int
        var payload: Data
    }

    private let image: EncodedImage
    private let bytes: ByteReader

    init(_ image: EncodedImage) throws {
        // What follows the outermost chunk is not looked at.
        let length = try image.require(image.bytes.integer(at: 4, size: 4, order: .littleEndian))
        bytes = ByteReader(try image.require(image.bytes.data(at: 0, count: 8 + length)))
        self.image = image
    }

    func header() throws -> EncodedImage.Header {
        let first = try chunk(at: 12)
        switch first.type {
        case "VP8X":
            return try extendedHeader(first)
        case "VP8 ", "VP8L":
            let frame = try frame(of: first, from: first.offset)
            return EncodedImage.Header(width: frame.width, height: frame.height, frame: frame)
        default:
            throw image.undecodable("its first chunk is none that begins a WebP")
        }
    }

    private func chunk(at offset: Int) throws -> Chunk {
        let type = try image.require(bytes.data(at: offset, count: 4))
        let length = try image.require(bytes.integer(at: offset + 4, size: 4, order: .littleEndian))
        let payload = try image.require(bytes.data(at: offset + 8, count: length + length % 2))
        return Chunk(
            type: String(decoding: type, as: UTF8.self), offset: offset, end: offset + 8 + payload.count,
            payload: payload.prefix(length))
    }

    /// The header of a file whose chunks may hold metadata and frames.
    private func extendedHeader(_ first: Chunk) throws -> EncodedImage.Header {
        let fields = ByteReader(first.payload)
        let flags = Int(try image.require(fields[0]))
        let isAnimated = flags & 0x02 != 0
        let width = 1 + (try image.require(fields.integer(at: 4, size: 3, order: .littleEndian)))
        let height = 1 + (try image.require(fields.integer(at: 7, size: 3, order: .littleEndian)))
        var frame: WebPFrame?
        var alphaOffset: Int?
        var tags = OrientationTags()
        var offset = first.end
        while offset < bytes.count {
            let chunk = try chunk(at: offset)
            switch chunk.type {
            case "EXIF" where flags & 0x08 != 0: tags.exif = tags.exif ?? chunk.payload
            case "XMP " where flags & 0x04 != 0: tags.xmp = tags.xmp ?? chunk.payload
            case "ALPH" where !isAnimated && frame == nil: alphaOffset = alphaOffset ?? chunk.offset
            case "VP8 " where !isAnimated && frame == nil, "VP8L" where !isAnimated && frame == nil:
                frame = try self.frame(of: chunk, from: alphaOffset ?? chunk.offset)
            case "ANMF" where isAnimated && frame == nil: frame = try firstFrame(in: chunk)
            default: break
            }
            offset = chunk.end
        }
        guard let frame else { throw image.undecodable("there is no picture in it") }
        try check(frame, isAnimated: isAnimated, width: width, height: height)
        return EncodedImage.Header(width: width, height: height, orientation: tags.orientation, frame: frame)
    }

    private func check(_ frame: WebPFrame, isAnimated: Bool, width: Int, height: Int) throws {
        let fits = frame.x + frame.width <= width && frame.y + frame.height <= height
        let fills = frame.width == width && frame.height == height
        guard isAnimated ? fits : fills else {
            let size = "\(frame.width) x \(frame.height)"
            throw image.undecodable("its picture of \(size) pixels does not fit its canvas of \(width) x \(height)")
        }
    }

    /// The frame of an animation: its place, which is followed by its chunks.
    private func firstFrame(in animation: Chunk) throws -> WebPFrame {
        let fields = ByteReader(animation.payload)
        let x = try image.require(fields.integer(at: 0, size: 3, order: .littleEndian))
        let y = try image.require(fields.integer(at: 3, size: 3, order: .littleEndian))
        let start = animation.offset + 8 + 16
        var offset = start
        while offset < animation.end {
            let chunk = try chunk(at: offset)
            if chunk.type == "VP8 " || chunk.type == "VP8L" {
                var frame = try frame(of: chunk, from: start)
                frame.x = 2 * x
                frame.y = 2 * y
                return frame
            }
            offset = chunk.end
        }
        throw image.undecodable("its first frame has no picture")
    }

    /// The frame whose size is in `picture` and whose chunks begin at `start`.
    private func frame(of picture: Chunk, from start: Int) throws -> WebPFrame {
        let fields = ByteReader(picture.payload)
        let data = try image.require(bytes.data(at: start, count: picture.end - start))
        if picture.type == "VP8L" {
            guard fields[0] == 0x2F, let sizes = fields.integer(at: 1, size: 4, order: .littleEndian) else {
                throw image.undecodable("its lossless picture does not begin with its size")
            }
            return WebPFrame(width: 1 + (sizes & 0x3FFF), height: 1 + (sizes >> 14 & 0x3FFF), data: data)
        }
        guard fields.holds([0x9D, 0x01, 0x2A], at: 3),
            let width = fields.integer(at: 6, size: 2, order: .littleEndian),
            let height = fields.integer(at: 8, size: 2, order: .littleEndian)
        else { throw image.undecodable("its lossy picture does not begin with its size") }
        return WebPFrame(width: width & 0x3FFF, height: height & 0x3FFF, data: data)
    }
}

extension EncodedImage {
    /// Size and orientation, and the picture, or the first of several.
    func webpHeader() throws -> Header {
        try WebPParser(self).header()
    }
}
