import Foundation

/// Cuts a file into its JSON records without holding more than one of them: the lines of JSON lines, or the items of one list.
///
/// Records are cut, not checked: a malformed one spoils none of the others.
final class RecordReader {
    /// The bytes of one record.
    struct Record {
        /// The line, or the place in the list, counted from 1.
        var number: Int
        var bytes: Data
        /// What is wrong with the file here, nil if the record is whole.
        var problem: String?
    }

    /// True if the file is one list, false for a record a line.
    let isList: Bool

    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)
    private var range = 0..<0
    private var number = 0
    private var isOver = false
    private var failure: String?

    /// Opens a file and looks at its first byte that is not blank.
    init(_ url: URL) throws {
        // Asked before it is opened, because opening a pipe waits for somebody to write.
        var status = stat()
        if stat(url.path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
            throw SampleError.unreadable(path: url.path, reason: "it is no regular file, and is read more than once")
        }
        descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SampleError.unreadable(path: url.path, reason: String(cString: strerror(errno)).lowercased())
        }
        var isList = false
        if let first = try RecordReader.firstByte(descriptor, path: url.path) { isList = first == UInt8(ascii: "[") }
        self.isList = isList
        if isList {
            while let byte = next(), byte != UInt8(ascii: "[") {}
        } else {
            skipMark()
        }
    }

    deinit { close(descriptor) }

    /// The next record, nil at the end of the file.
    func record() -> Record? {
        guard !isOver else { return nil }
        return isList ? item() : line()
    }

    // MARK: Lines

    private func line() -> Record? {
        while true {
            number += 1
            var bytes = Data()
            var isCut = true
            while fill() {
                let newline = buffer[range].firstIndex(of: UInt8(ascii: "\n"))
                bytes.append(contentsOf: buffer[range.lowerBound..<(newline ?? range.upperBound)])
                range = (newline.map { $0 + 1 } ?? range.upperBound)..<range.upperBound
                if newline != nil {
                    isCut = false
                    break
                }
            }
            isOver = isCut
            if let failure { return Record(number: number, bytes: bytes, problem: failure) }
            if !bytes.allSatisfy(Self.isBlank) { return Record(number: number, bytes: bytes) }
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
        var bytes = Data()
        var scanner = ItemScanner()
        while fill() {
            let end = buffer.withUnsafeBufferPointer { bytes in range.first { scanner.ends(before: bytes[$0]) } }
            bytes.append(contentsOf: buffer[range.lowerBound..<(end ?? range.upperBound)])
            range = (end ?? range.upperBound)..<range.upperBound
            if end != nil { return Record(number: number, bytes: bytes) }
        }
        // An item that is whole without its list is not to blame; the end of the file is the next record's matter.
        if failure == nil, scanner.isOutside { return Record(number: number, bytes: bytes) }
        isOver = true
        return Record(number: number, bytes: bytes, problem: failure ?? "The file ends in the middle of the sample")
    }

    private func end(_ problem: String?) -> Record? {
        isOver = true
        return (failure ?? problem).map { Record(number: number, bytes: Data(), problem: $0) }
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
        var count = 0
        repeat {
            count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        } while count < 0 && errno == EINTR
        if count < 0 { failure = "The file cannot be read on: \(String(cString: strerror(errno)).lowercased())" }
        range = 0..<max(0, count)
        return count > 0
    }

    /// The mark that some editors begin a file of UTF-8 with.
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private func skipMark() {
        if fill(), buffer[range].starts(with: Self.mark) { range = Self.mark.count..<range.upperBound }
    }

    /// The first byte that is not blank, and back to the beginning.
    private static func firstByte(_ descriptor: Int32, path: String) throws -> UInt8? {
        var start = [UInt8](repeating: 0, count: 4096)
        let count = start.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw SampleError.unreadable(path: path, reason: String(cString: strerror(errno)).lowercased())
        }
        let content = start.prefix(count)
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
