import Foundation

/// Cuts a file into its JSON records without holding one of them: the lines of JSON lines, or the items of one list.
///
/// Records are cut, not checked: a malformed one spoils none of the others.
package final class RecordReader {
    /// Where a record lies.
    package struct Record: Sendable {
        /// The line, or the place in the list, counted from 1.
        package var number: Int
        /// Its bytes in the file.
        package var range: Range<Int>
        /// What is wrong with the file here, nil if the record is whole.
        package var problem: String?
    }

    /// The file, for reading records.
    package let file: DataFile
    /// True if the file is one list, false for a record a line.
    package let isList: Bool

    private var buffer = [UInt8](repeating: 0, count: 1 << 20)
    /// What of the buffer has not been looked at.
    private var range = 0..<0
    /// Where in the file the buffer begins.
    private var start = 0
    private var number = 0
    private var isOver = false
    private var failure: String?

    /// Opens a file and looks at its first byte that is not blank.
    package init(_ url: URL) throws {
        file = try DataFile(url)
        isList = try RecordReader.firstByte(file) == UInt8(ascii: "[")
        if isList {
            while let byte = next(), byte != UInt8(ascii: "[") {}
        } else {
            skipMark()
        }
    }

    /// The next record, nil at the end of the file.
    package func record() -> Record? {
        guard !isOver else { return nil }
        return isList ? item() : line()
    }

    /// The place of the next byte in the file.
    private var offset: Int { start + range.lowerBound }

    // MARK: Lines

    private func line() -> Record? {
        while true {
            number += 1
            let begin = offset
            var (isCut, isBlank) = (true, true)
            var end = begin
            while fill() {
                let newline = buffer[range].firstIndex(of: UInt8(ascii: "\n"))
                let part = range.lowerBound..<(newline ?? range.upperBound)
                isBlank = isBlank && buffer[part].allSatisfy(Self.isBlank)
                end = start + part.upperBound
                range = (newline.map { $0 + 1 } ?? range.upperBound)..<range.upperBound
                if newline != nil {
                    isCut = false
                    break
                }
            }
            isOver = isCut
            if failure != nil || !isBlank { return Record(number: number, range: begin..<end, problem: failure) }
            if isOver { return nil }
        }
    }

    // MARK: Items of a list

    private func item() -> Record? {
        number += 1
        var byte = next()
        while let blank = byte, Self.isBlank(blank) || blank == UInt8(ascii: ",") { byte = next() }
        guard let byte else { return end("The list has no end; the file is cut short") }
        if byte == UInt8(ascii: "]") {
            while let trailing = next() {
                if !Self.isBlank(trailing) { return end("Something follows the end of the list") }
            }
            return end(failure)
        }
        range = (range.lowerBound - 1)..<range.upperBound
        return wholeItem()
    }

    /// The item that begins at the next byte.
    private func wholeItem() -> Record {
        let begin = offset
        var scanner = ItemScanner()
        while fill() {
            let end = buffer.withUnsafeBufferPointer { bytes in range.first { scanner.ends(before: bytes[$0]) } }
            range = (end ?? range.upperBound)..<range.upperBound
            if end != nil { return Record(number: number, range: begin..<offset) }
        }
        // An item that is whole without its list is not to blame; the end of the file is the next record's matter.
        if failure == nil, scanner.isOutside { return Record(number: number, range: begin..<offset) }
        isOver = true
        return Record(
            number: number, range: begin..<offset,
            problem: failure ?? "The file ends in the middle of the sample")
    }

    private func end(_ problem: String?) -> Record? {
        isOver = true
        return (failure ?? problem).map { Record(number: number, range: offset..<offset, problem: $0) }
    }

    // MARK: Bytes

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private func next() -> UInt8? {
        guard fill() else { return nil }
        let byte = buffer[range.lowerBound]
        range = (range.lowerBound + 1)..<range.upperBound
        return byte
    }

    /// Reads on if nothing is waiting; false at the end of the file.
    private func fill() -> Bool {
        guard range.isEmpty else { return true }
        start = offset
        range = 0..<0
        do {
            range = 0..<(try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: start) })
        } catch {
            failure = "The file cannot be read on: \(DataFile.reason)"
        }
        return !range.isEmpty
    }

    /// The mark that some editors begin a file of UTF-8 with.
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private func skipMark() {
        if fill(), buffer[range].starts(with: Self.mark) { range = Self.mark.count..<range.upperBound }
    }

    /// The first byte of a file that is not blank; nil if there is none near its beginning.
    static func firstByte(_ file: DataFile) throws -> UInt8? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
        let content = bytes.prefix(count)
        return content.dropFirst(content.starts(with: mark) ? mark.count : 0).first { !isBlank($0) }
    }
}

/// Finds where an item of a list ends: at a comma or a bracket that lies in no string and in no object or list.
private struct ItemScanner {
    private var depth = 0
    private var isString = false
    private var isEscaped = false

    /// True if no string, object or list is open.
    var isOutside: Bool { depth == 0 && !isString }

    /// True if the byte lies behind the item; else it belongs to it.
    mutating func ends(before byte: UInt8) -> Bool {
        if isString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isString = false
            }
            return false
        }
        switch byte {
        case UInt8(ascii: "\""): isString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"): depth -= 1
        case UInt8(ascii: "]"):
            if depth <= 0 { return true }
            depth -= 1
        case UInt8(ascii: ","): return depth <= 0
        default: break
        }
        return false
    }
}
