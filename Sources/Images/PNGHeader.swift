import Foundation

extension EncodedImage {
    /// One chunk: `payload` begins at `offset + 8`.
    private struct Chunk {
        var type: String
        var offset: Int
        var payload: Data
    }

    /// Size and orientation.
    ///
    /// All chunks are visited, since those about orientation may follow the picture.
    func pngHeader() throws -> Header {
        let first = try chunk(at: 8)
        let size = ByteReader(first.payload)
        guard first.type == "IHDR", let width = size.integer(at: 0, size: 4), let height = size.integer(at: 4, size: 4)
        else { throw undecodable("it does not begin with its size") }

        var tags = OrientationTags()
        var sawPicture = false
        var offset = 8
        while true {
            let chunk = try chunk(at: offset)
            switch chunk.type {
            case "IDAT": sawPicture = true
            case "eXIf": tags.exif = chunk.payload
            case "tEXt", "zTXt", "iTXt": add(chunk, to: &tags)
            default: break
            }
            // What follows the control of a second frame belongs to the animation.
            if chunk.type == "IEND" || (chunk.type == "fcTL" && sawPicture) { break }
            offset += 12 + chunk.payload.count
        }
        return Header(width: width, height: height, orientation: tags.orientation)
    }

    private func chunk(at offset: Int) throws -> Chunk {
        let length = try require(bytes.integer(at: offset, size: 4))
        let type = try require(bytes.data(at: offset + 4, count: 4))
        let payload = try require(bytes.data(at: offset + 8, count: length))
        _ = try require(bytes.data(at: offset + 8 + length, count: 4))
        return Chunk(type: String(decoding: type, as: UTF8.self), offset: offset, payload: payload)
    }

    /// Keeps a text under one of the three keywords that may say something about orientation.
    private func add(_ chunk: Chunk, to tags: inout OrientationTags) {
        let parts = chunk.payload.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return }
        switch String(decoding: parts[0], as: UTF8.self) {
        case "exif" where chunk.type == "tEXt": tags.exif = parts[1]
        case "Raw profile type exif": tags.rawProfile = text(of: chunk, afterKeyword: parts[1]) ?? tags.rawProfile
        case "XML:com.adobe.xmp": tags.xmp = text(of: chunk, afterKeyword: parts[1]) ?? tags.xmp
        default: break
        }
    }

    /// The text of a chunk, inflated if need be; nil if it is damaged.
    private func text(of chunk: Chunk, afterKeyword rest: Data) -> Data? {
        if chunk.type == "tEXt" { return rest }
        let isCompressed = chunk.type == "zTXt" || rest.first != 0
        if isCompressed {
            let whole = bytes.data(at: chunk.offset, count: 12 + chunk.payload.count)
            return whole.flatMap { try? Codec.inflatedText(ofPNGChunk: $0) }
        }
        // iTXt: a flag, a method, a language, the keyword translated, the text.
        let fields = rest.dropFirst(2).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        return fields.count == 3 ? fields[2] : nil
    }
}
