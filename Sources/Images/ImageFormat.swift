/// The image formats this module reads.
public enum ImageFormat: String, Sendable, CaseIterable {
    /// Baseline or progressive JPEG, by its start-of-image marker.
    case jpeg = "JPEG"
    /// PNG, by its eight bytes of signature.
    case png = "PNG"
    /// WebP, lossy or lossless, by its RIFF container.
    case webp = "WebP"

    /// The format that the first bytes announce, or nil.
    init?(of bytes: ByteReader) {
        if bytes.holds([0xFF, 0xD8, 0xFF], at: 0) {
            self = .jpeg
        } else if bytes.holds([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) {
            self = .png
        } else if bytes.holds("RIFF", at: 0), bytes.holds("WEBP", at: 8) {
            self = .webp
        } else {
            return nil
        }
    }

    /// What bytes of no format that is read look like, to end the sentence "it looks like ...".
    static func description(ofForeign bytes: ByteReader) -> String {
        if bytes.count == 0 { return "an empty file" }
        let known = signatures.first { bytes.holds($0.bytes, at: $0.offset) }
        return known?.description ?? container(bytes) ?? text(bytes) ?? "binary data that begin with \(hex(bytes))"
    }

    private static let signatures: [(bytes: [UInt8], offset: Int, description: String)] = [
        (Array("GIF8".utf8), 0, "a GIF image"),
        (Array("BM".utf8), 0, "a BMP image"),
        ([0x49, 0x49, 0x2A, 0x00], 0, "a TIFF image"),
        ([0x4D, 0x4D, 0x00, 0x2A], 0, "a TIFF image"),
        (Array("8BPS".utf8), 0, "a Photoshop document"),
        ([0x00, 0x00, 0x01, 0x00], 0, "a Windows icon"),
        (Array("jP  ".utf8), 4, "a JPEG 2000 image"),
        ([0xFF, 0x4F, 0xFF, 0x51], 0, "a JPEG 2000 image"),
        (Array("JXL ".utf8), 4, "a JPEG XL image"),
        ([0xFF, 0x0A], 0, "a JPEG XL image"),
        ([0xFF, 0xD8], 0, "a JPEG image that is damaged in its first bytes"),
        ([0x89, 0x50, 0x4E, 0x47], 0, "a PNG image that is damaged in its first bytes"),
        (Array("%PDF".utf8), 0, "a PDF document"),
        ([0x50, 0x4B, 0x03, 0x04], 0, "a ZIP archive"),
        ([0x1F, 0x8B], 0, "a gzip archive"),
        (Array("version https://git-lfs".utf8), 0, "a Git LFS pointer whose picture has not been fetched"),
    ]

    /// Formats in the containers that several formats share.
    private static func container(_ bytes: ByteReader) -> String? {
        if bytes.holds("RIFF", at: 0) { return "a RIFF file that is no image" }
        guard bytes.holds("ftyp", at: 4), let brand = bytes.data(at: 8, count: 4) else { return nil }
        switch String(decoding: brand, as: UTF8.self) {
        case "avif", "avis": return "an AVIF image"
        case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": return "a HEIC image"
        default: return "a video"
        }
    }

    private static func text(_ bytes: ByteReader) -> String? {
        guard let start = bytes.data(at: 0, count: min(bytes.count, 256)) else { return nil }
        let printable = start.allSatisfy { $0 >= 0x20 || (0x09...0x0D).contains($0) }
        guard printable else { return nil }
        let words = String(decoding: start, as: UTF8.self).lowercased().drop(while: \.isWhitespace)
        if words.hasPrefix("<!doctype html") || words.hasPrefix("<html") { return "an HTML page" }
        if words.hasPrefix("<svg") || (words.hasPrefix("<?xml") && words.contains("<svg")) { return "an SVG drawing" }
        if words.hasPrefix("<?xml") { return "an XML document" }
        if words.hasPrefix("data:") { return "a data: URL, not the bytes behind it" }
        return "text"
    }

    private static func hex(_ bytes: ByteReader) -> String {
        let digits = (0..<8).compactMap { bytes[$0] }.map { byte in
            let number = String(byte, radix: 16, uppercase: true)
            return byte < 16 ? "0" + number : number
        }
        return digits.joined(separator: " ")
    }
}
