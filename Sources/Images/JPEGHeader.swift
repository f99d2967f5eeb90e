import Foundation

extension EncodedImage {
    /// Size and orientation, from the markers before the first scan.
    ///
    /// Marker by marker as Pillow goes: what lies between segments is passed over, the last frame header counts, EXIF
    /// segments are joined, the last XMP packet counts.
    func jpegHeader() throws -> Header {
        var header: Header?
        var tags = OrientationTags()
        var offset = 0
        while true {
            guard try require(bytes[offset]) == 0xFF else {
                offset += 1
                continue
            }
            let marker = try require(bytes[offset + 1])
            switch marker {
            case 0xFF:  // Padding: the next byte may be the marker.
                offset += 1
                continue
            case 0x00, 0xC8, 0xD0...0xD9, 0xF0...0xFD:  // No marker, or one without a segment.
                offset += 2
                continue
            case 0x01...0xBF:
                throw undecodable("there is an unknown marker in its header")
            default:
                break
            }

            let length = max(try require(bytes.integer(at: offset + 2, size: 2)) - 2, 0)
            let segment = try require(bytes.data(at: offset + 4, count: length))
            offset += 4 + length
            switch marker {
            case 0xDA:
                guard var header else { throw undecodable("its first scan comes before its size") }
                header.orientation = tags.orientation
                return header
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF, 0xDE:
                header = try jpegFrame(ByteReader(segment))
            case 0xE1:
                add(segment, to: &tags)
            default:
                break
            }
        }
    }

    /// The size from a frame header.
    private func jpegFrame(_ segment: ByteReader) throws -> Header {
        guard let precision = segment[0], let height = segment.integer(at: 1, size: 2),
            let width = segment.integer(at: 3, size: 2), let components = segment[5]
        else { throw undecodable("its frame header is too short") }
        guard precision == 8 else { throw undecodable("it has \(precision) bits a sample and only 8 are read") }
        guard [1, 3, 4].contains(components) else {
            throw undecodable("it has \(components) components and only 1, 3 and 4 are read")
        }
        return Header(width: width, height: height)
    }

    /// Keeps what an APP1 segment may say about orientation.
    private func add(_ segment: Data, to tags: inout OrientationTags) {
        let exif = Data("Exif\0\0".utf8)
        let xmp = Data("http://ns.adobe.com/xap/1.0/\0".utf8)
        if segment.starts(with: exif) {
            tags.exif = tags.exif.map { $0 + segment.dropFirst(exif.count) } ?? segment
        } else if segment.starts(with: xmp) {
            tags.xmp = segment.dropFirst(xmp.count)
        }
    }
}
