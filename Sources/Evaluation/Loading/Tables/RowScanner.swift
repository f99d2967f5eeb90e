import Foundation
import Samples

/// Cuts a file of tab-separated values into its rows without holding one of them.
///
/// A row ends at a line break outside quotation marks: `\n`, `\r\n` or `\r`, as pandas takes them. A quotation mark begins a
/// quotation only where a cell begins. Lines of nothing but blanks are no rows.
struct RowScanner {
    /// Where a row lies.
    struct Row {
        /// Its bytes in the file, without the line break.
        var range: Range<Int>
        /// Whether a line break ends it; the last row of a file that was cut has none.
        var isEnded: Bool
        /// Whether the file ends within quotation marks.
        var isQuotationOpen: Bool
    }

    private enum State { case cellStart, plain, quoted, behindQuote }

    let file: DataFile
    private var buffer: [UInt8]
    /// How much of the buffer is filled, and what of it has been looked at.
    private var filled = 0
    private var position = 0
    /// Where in the file the buffer begins.
    private var start = 0
    private var isOver = false
    /// Where in the buffer the next of these bytes stand; behind `filled` if there is none.
    private var nextTab = ByteSearch(UInt8(ascii: "\t"))
    private var nextNewline = ByteSearch(UInt8(ascii: "\n"))
    private var nextReturn = ByteSearch(UInt8(ascii: "\r"))

    /// How many bytes have been read so far.
    var bytesRead: Int { start + filled }

    init(_ file: DataFile, chunk: Int = 1 << 18) throws {
        self.file = file
        buffer = [UInt8](repeating: 0, count: max(chunk, 16))
        // The mark that some editors begin a file of UTF-8 with.
        if try fill(), filled >= 3, buffer[0..<3] == [0xEF, 0xBB, 0xBF] { position = 3 }
    }

    /// The next row, nil at the end of the file.
    mutating func next() throws -> Row? {
        while !isOver {
            let begin = start + position
            let row = try row(from: begin)
            if try row.isQuotationOpen || !isBlank(row.range) { return row }
        }
        return nil
    }

    private mutating func row(from begin: Int) throws -> Row {
        var state = State.cellStart
        while try fill() {
            switch state {
            case .cellStart:
                if buffer[position] == UInt8(ascii: "\"") {
                    position += 1
                    state = .quoted
                } else {
                    state = .plain
                }
            case .plain:
                let end = endOfPlain()
                position = end
                guard end < filled else { continue }
                if buffer[end] == UInt8(ascii: "\t") {
                    position += 1
                    state = .cellStart
                } else {
                    let range = begin..<(start + end)
                    try skipLineBreak()
                    return Row(range: range, isEnded: true, isQuotationOpen: false)
                }
            case .quoted:
                position = ByteSearch.first(UInt8(ascii: "\""), in: buffer, from: position, to: filled)
                guard position < filled else { continue }
                position += 1
                state = .behindQuote
            case .behindQuote:
                if buffer[position] == UInt8(ascii: "\"") {
                    position += 1
                    state = .quoted
                } else {
                    state = .plain
                }
            }
        }
        isOver = true
        return Row(range: begin..<(start + filled), isEnded: false, isQuotationOpen: state == .quoted)
    }

    private mutating func endOfPlain() -> Int {
        min(
            nextTab.place(in: buffer, from: position, to: filled),
            nextNewline.place(in: buffer, from: position, to: filled),
            nextReturn.place(in: buffer, from: position, to: filled))
    }

    private mutating func skipLineBreak() throws {
        let isReturn = buffer[position] == UInt8(ascii: "\r")
        position += 1
        if isReturn, try fill(), buffer[position] == UInt8(ascii: "\n") { position += 1 }
    }

    private func isBlank(_ range: Range<Int>) throws -> Bool {
        guard range.count < 256 else { return false }
        return try file.bytes(range).allSatisfy { $0 == UInt8(ascii: " ") }
    }

    /// Reads on if nothing is waiting; false at the end of the file.
    private mutating func fill() throws -> Bool {
        guard position == filled else { return true }
        start += filled
        (position, filled) = (0, 0)
        filled = try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: start) }
        nextTab.forget()
        nextNewline.forget()
        nextReturn.forget()
        return filled > 0
    }
}

/// Finds a byte again and again in the same buffer, looking at no part of it twice.
struct ByteSearch {
    private let byte: UInt8
    private var known = -1

    init(_ byte: UInt8) { self.byte = byte }

    /// The first place of the byte from a place on, `end` if there is none.
    mutating func place(in buffer: [UInt8], from begin: Int, to end: Int) -> Int {
        if known < begin { known = Self.first(byte, in: buffer, from: begin, to: end) }
        return known
    }

    /// To be called when the buffer has changed.
    mutating func forget() { known = -1 }

    /// The first place of a byte, `end` if there is none.
    static func first(_ byte: UInt8, in buffer: [UInt8], from begin: Int, to end: Int) -> Int {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, begin < end,
                let found = memchr(base + begin, Int32(byte), end - begin)
            else { return end }
            return base.distance(to: UnsafeRawPointer(found))
        }
    }
}
