import Foundation

/// The places in an image file that may say how it is turned, in the order in which Pillow asks them.
struct OrientationTags {
    /// A TIFF directory, with or without the prefix `Exif\0\0`.
    var exif: Data?
    /// What ImageMagick writes into PNG texts: a heading of three lines, then the EXIF in hexadecimal.
    var rawProfile: Data?
    /// An XMP packet.
    var xmp: Data?

    /// What the tags say; a value outside 1...8 means upright, as do no tags.
    var orientation: Orientation {
        let directory = exif ?? rawProfile.flatMap(Self.bytes(ofRawProfile:))
        let value = directory.flatMap(Self.value(inEXIF:)) ?? xmp.flatMap(Self.value(inXMP:))
        return value.flatMap(Orientation.init(rawValue:)) ?? .upright
    }

    /// The bytes per element of the TIFF types, and nil for types there are none of.
    private static func size(ofType type: Int) -> Int? {
        switch type {
        case 1, 2, 6, 7: return 1
        case 3, 8: return 2
        case 4, 9, 11, 13: return 4
        case 5, 10, 12, 16: return 8
        default: return nil
        }
    }

    /// The integer types among them.
    private static let integers: Set<Int> = [3, 4, 6, 8, 9, 13]

    /// The value of tag 0x0112 in the first directory; nil if there is none, 0 if it is no integer.
    ///
    /// As in Pillow, a directory is read up to the first entry that points outside the data, entries of more data
    /// than there are bytes are passed over, and the first of several values counts.
    static func value(inEXIF data: Data) -> Int? {
        let prefix = Array("Exif\0\0".utf8)
        var body = data
        for _ in 0..<2 where body.starts(with: prefix) { body = body.dropFirst(prefix.count) }
        let bytes = ByteReader(body)
        guard let order = byteOrder(of: bytes),
            let directory = bytes.integer(at: 4, size: 4, order: order),
            let count = bytes.integer(at: directory, size: 2, order: order)
        else { return nil }

        var claimed = 0
        for index in 0..<count {
            let entry = directory + 2 + 12 * index
            guard let tag = bytes.integer(at: entry, size: 2, order: order),
                let type = bytes.integer(at: entry + 2, size: 2, order: order),
                let elements = bytes.integer(at: entry + 4, size: 4, order: order),
                let pointer = bytes.integer(at: entry + 8, size: 4, order: order)
            else { return nil }
            guard let unit = size(ofType: type), elements > 0 else { continue }
            var location = entry + 8
            if elements * unit > 4 {
                claimed += elements * unit
                if claimed > bytes.count { continue }
                location = pointer
                guard bytes.data(at: location, count: elements * unit) != nil else { return nil }
            }
            guard tag == 0x0112 else { continue }
            return integers.contains(type) ? bytes.integer(at: location, size: unit, order: order) : 0
        }
        return nil
    }

    /// The byte order that the head of a TIFF announces, its two usual misspellings included.
    private static func byteOrder(of bytes: ByteReader) -> ByteReader.Order? {
        guard bytes.holds([0x00, 0x2A], at: 2) || bytes.holds([0x2A, 0x00], at: 2) else { return nil }
        if bytes.holds("MM", at: 0) { return .bigEndian }
        return bytes.holds("II", at: 0) ? .littleEndian : nil
    }

    /// The digit after the first `tiff:Orientation="` or `tiff:Orientation>` that has one.
    static func value(inXMP packet: Data) -> Int? {
        var rest = packet
        let name = Data("tiff:Orientation".utf8)
        while let found = rest.range(of: name) {
            rest = rest[found.upperBound...]
            for mark in ["=\"", ">"] where rest.starts(with: mark.utf8) {
                let digit = rest.dropFirst(mark.utf8.count).first ?? 0
                if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { return Int(digit - UInt8(ascii: "0")) }
            }
        }
        return nil
    }

    private static func bytes(ofRawProfile text: Data) -> Data? {
        let lines = text.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4 else { return nil }
        let digits = lines[3].filter { !(0x09...0x0D).contains($0) && $0 != 0x20 }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes = Data(capacity: digits.count / 2)
        var rest = digits[...]
        while !rest.isEmpty {
            guard let byte = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
