/// The checked header of a safetensors file.
struct Header {
    /// The free-form strings of `__metadata__`.
    let metadata: [String: String]
    /// The tensors in the order of their bytes; empty ones that share an offset in the order of the header.
    let entries: [SafetensorsEntry]

    /// The key that holds the metadata and so cannot name a tensor.
    static let metadataKey = "__metadata__"
    /// The longest header that the reference reads or writes, in bytes.
    static let maximumByteCount = 100_000_000
    /// Bytes before the header, which hold its length as a little-endian integer.
    static let lengthByteCount = 8

    /// Parses a header and checks it against the size of its file.
    ///
    /// Stricter than the reference in three points, each of them a rule of the format that it does not enforce: the
    /// first byte must be `{`, and neither tensors nor metadata may share a key.
    /// - Parameters:
    ///   - bytes: the JSON text, padding included.
    ///   - fileByteCount: the size of the whole file.
    ///   - path: the file, for messages.
    /// - Throws: ``SafetensorsError`` for whatever the format forbids.
    init(parsing bytes: [UInt8], fileByteCount: Int, path: String) throws {
        let members = try Self.members(of: bytes, path: path)
        if let key = firstDuplicate(in: members.lazy.map(\.key)) {
            throw SafetensorsError.header(path: path, .repeatedKey(key))
        }
        let dataStart = Self.lengthByteCount + bytes.count
        var metadata: [String: String] = [:]
        var entries: [SafetensorsEntry] = []
        for member in members {
            if member.key == Self.metadataKey {
                metadata = try Self.metadata(member.value, path: path)
            } else {
                let parser = EntryParser(
                    name: member.key, path: path, dataStart: dataStart, fileByteCount: fileByteCount)
                entries.append(try parser.entry(member.value))
            }
        }
        self.metadata = metadata
        self.entries = try Self.contiguous(entries, dataStart: dataStart, fileByteCount: fileByteCount, path: path)
    }

    private static func members(of bytes: [UInt8], path: String) throws -> [JSONValue.Member] {
        guard bytes.first == UInt8(ascii: "{") else {
            throw SafetensorsError.header(path: path, .noOpeningBrace(byte: bytes.first))
        }
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw SafetensorsError.header(path: path, .notUTF8(offset: error.byteOffsets.lowerBound))
        }
        do {
            guard case .object(let members) = try JSONScanner.parse(bytes) else {
                preconditionFailure("A JSON text that begins with a brace was parsed as something else than an object.")
            }
            return members
        } catch let error as JSONSyntaxError {
            throw SafetensorsError.header(path: path, .notJSON(offset: error.offset, reason: error.reason))
        }
    }

    private static func metadata(_ value: JSONValue, path: String) throws -> [String: String] {
        if case .null = value { return [:] }  // the reference takes null for absence
        guard case .object(let members) = value else {
            throw SafetensorsError.header(path: path, .metadataNotAnObject(found: value.excerpt))
        }
        var metadata: [String: String] = [:]
        for member in members {
            guard case .string(let text) = member.value else {
                throw SafetensorsError.header(
                    path: path, .metadataNotAString(key: member.key, found: member.value.excerpt))
            }
            guard metadata.updateValue(text, forKey: member.key) == nil else {
                throw SafetensorsError.header(path: path, .repeatedMetadataKey(member.key))
            }
        }
        return metadata
    }

    /// Sorts tensors by their place in the file and checks that they cover the data section exactly.
    private static func contiguous(
        _ entries: [SafetensorsEntry], dataStart: Int, fileByteCount: Int, path: String
    ) throws -> [SafetensorsEntry] {
        let sorted = entries.enumerated().sorted { left, right in
            let (a, b) = (left.element.byteRange, right.element.byteRange)
            return (a.lowerBound, a.upperBound, left.offset) < (b.lowerBound, b.upperBound, right.offset)
        }.map(\.element)
        var end = dataStart
        var previous = ""
        for entry in sorted {
            let begin = entry.byteRange.lowerBound
            if begin < end {
                throw SafetensorsError.tensor(
                    path: path, tensor: entry.name,
                    .overlap(begin: begin - dataStart, other: previous, otherEnd: end - dataStart))
            }
            if begin > end {
                throw SafetensorsError.tensor(
                    path: path, tensor: entry.name, .hole(begin: begin - dataStart, previousEnd: end - dataStart))
            }
            end = entry.byteRange.upperBound
            previous = entry.name
        }
        guard end == fileByteCount else {
            throw SafetensorsError.header(
                path: path, .trailingBytes(end: end - dataStart, dataByteCount: fileByteCount - dataStart))
        }
        return sorted
    }
}
