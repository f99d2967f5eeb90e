import CImageCodecs
import Foundation

/// The C codecs, in Swift's terms.
enum Codec {
    /// What a codec said when it failed.
    struct Failure: Error {
        var reason: String
    }

    /// The pixels as stored, [height, width, 3], of an image whose size has been checked.
    static func pixels(of image: EncodedImage, header: EncodedImage.Header) throws -> [UInt8] {
        let count = header.width * header.height * 3
        if let frame = header.frame, frame.width < header.width || frame.height < header.height {
            // What the first frame of an animation leaves uncovered is transparent black.
            var pixels = [UInt8](repeating: 0, count: count)
            try pixels.withUnsafeMutableBufferPointer { try decode(image, header: header, into: $0) }
            return pixels
        }
        return try [UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
            try decode(image, header: header, into: pixels)
            initialized = count
        }
    }

    private static func decode(
        _ image: EncodedImage, header: EncodedImage.Header, into pixels: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        let width = UInt32(header.width)
        let height = UInt32(header.height)
        if let frame = header.frame {
            let corner = pixels.baseAddress.map { $0 + (frame.y * header.width + frame.x) * 3 }
            let stride = header.width * 3
            try withBytes(of: frame.data) { data in
                try check { cimage_decode_webp(data, UInt32(frame.width), UInt32(frame.height), corner, stride, $0) }
            }
            return
        }
        try withBytes(of: image.data) { data in
            try check { message in
                image.format == .png
                    ? cimage_decode_png(data, width, height, pixels.baseAddress, message)
                    : cimage_decode_jpeg(data, width, height, pixels.baseAddress, message)
            }
        }
    }

    /// The text of a whole compressed PNG chunk.
    static func inflatedText(ofPNGChunk chunk: Data) throws -> Data {
        try withBytes(of: chunk) { chunk in
            try owned { cimage_inflate_png_text(chunk, $0, $1, $2) }
        }
    }

    /// `pixels` [height, width, 3] as a PNG file.
    static func png(_ pixels: [UInt8], width: Int, height: Int) throws -> Data {
        try pixels.withUnsafeBufferPointer { pixels in
            try owned { cimage_encode_png(pixels.baseAddress, UInt32(width), UInt32(height), $0, $1, $2) }
        }
    }

    /// `pixels` [height, width, 3] as a lossy WebP file.
    static func webP(_ pixels: [UInt8], width: Int, height: Int, quality: Float) throws -> Data {
        try pixels.withUnsafeBufferPointer { pixels in
            try owned { cimage_encode_webp(pixels.baseAddress, UInt32(width), UInt32(height), quality, $0, $1, $2) }
        }
    }

    private static func withBytes<Result>(of data: Data, _ body: (CImageBytes) throws -> Result) rethrows -> Result {
        try data.withUnsafeBytes { bytes in
            try body(CImageBytes(start: bytes.bindMemory(to: UInt8.self).baseAddress, count: bytes.count))
        }
    }

    /// Calls a function that returns memory, and adopts the memory.
    private static func owned(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<Int>, CImageMessage) -> Int32
    ) throws -> Data {
        var start: UnsafeMutablePointer<UInt8>?
        var count = 0
        try check { body(&start, &count, $0) }
        guard let start else { preconditionFailure("A codec that succeeds returns memory.") }
        return Data(bytesNoCopy: start, count: count, deallocator: .free)
    }

    /// Calls a function that returns a status, and throws the reason it gives for a failure.
    private static func check(_ body: (CImageMessage) -> Int32) throws {
        var text = [CChar](repeating: 0, count: 256)
        let status = text.withUnsafeMutableBufferPointer { text in
            body(CImageMessage(text: text.baseAddress, capacity: text.count))
        }
        if status == 0 { return }
        let reason = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        throw Failure(reason: String(decoding: reason, as: UTF8.self))
    }
}
