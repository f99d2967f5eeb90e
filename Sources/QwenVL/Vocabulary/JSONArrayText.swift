import Foundation

/// Adds to a list in a file of JSON and leaves every other byte as it is: a vocabulary is long, and people compare such files.
enum JSONArrayText {
    /// A file with entries at the end of a list of its outermost object.
    /// - Parameters:
    ///   - entries: in JSON.
    ///   - key: of the list, made if it is not there.
    ///   - data: a file that is known to be a JSON object.
    /// - Returns: the file; nil if something else than a list is there.
    static func appending(_ entries: [String], to key: String, of data: Data) -> Data? {
        let bytes = [UInt8](data)
        let text = entries.joined(separator: ",\n    ")
        guard let value = start(ofValue: key, in: bytes) else {
            guard let open = bytes.firstIndex(of: UInt8(ascii: "{")) else { return nil }
            let isEmpty = bytes[(open + 1)...].first { !isBlank($0) } == UInt8(ascii: "}")
            let list = "\n  \"\(key)\": [\n    \(text)\n  ]\(isEmpty ? "\n" : ",")"
            return Data(bytes[...open] + Array(list.utf8) + bytes[(open + 1)...])
        }
        guard bytes[value] == UInt8(ascii: "["), let end = end(ofValueAt: value, in: bytes),
            let last = bytes[..<end].lastIndex(where: { !isBlank($0) })
        else { return nil }
        let comma = last == value ? "\n    " : ",\n    "
        return Data(bytes[...last] + Array((comma + text + "\n  ").utf8) + bytes[end...])
    }

    /// Where the value of a key of the outermost object begins.
    private static func start(ofValue key: String, in bytes: [UInt8]) -> Int? {
        let name = Array(key.utf8)
        var (depth, index) = (0, 0)
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                let begin = index + 1
                index = quote(after: index, in: bytes)
                let colon = bytes[min(index + 1, bytes.count)...].firstIndex { !isBlank($0) }
                if depth == 1, bytes[begin..<min(index, bytes.count)].elementsEqual(name), let colon,
                    bytes[colon] == UInt8(ascii: ":")
                {
                    return bytes[(colon + 1)...].firstIndex { !isBlank($0) }
                }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// Where the list or object that begins somewhere is closed.
    private static func end(ofValueAt start: Int, in bytes: [UInt8]) -> Int? {
        var (depth, index) = (0, start)
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return index }
            case UInt8(ascii: "\""): index = quote(after: index, in: bytes)
            default: break
            }
            index += 1
        }
        return nil
    }

    /// Where the string that a quote opens is closed.
    private static func quote(after open: Int, in bytes: [UInt8]) -> Int {
        var index = open + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return index
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
