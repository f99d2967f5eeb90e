import Foundation

/// The cells of a row of tab-separated values, as pandas reads them.
///
/// In a cell that begins with a quotation mark tabs and line breaks are text and a doubled mark is one; what follows the closing mark
/// is text as it stands.
struct RowCells {
    private let bytes: [UInt8]
    /// Where each cell lies, quotation marks included.
    let ranges: [Range<Int>]

    init(_ row: Data) {
        bytes = [UInt8](row)
        ranges = Self.ranges(bytes)
    }

    private static func ranges(_ bytes: [UInt8]) -> [Range<Int>] {
        var (ranges, begin) = ([Range<Int>](), 0)
        while true {
            var position = begin
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                position = behindQuotation(bytes, from: position)
            }
            let end = ByteSearch.first(UInt8(ascii: "\t"), in: bytes, from: position, to: bytes.count)
            ranges.append(begin..<end)
            guard end < bytes.count else { return ranges }
            begin = end + 1
        }
    }

    /// Behind the closing mark of the quotation that begins at a place.
    private static func behindQuotation(_ bytes: [UInt8], from begin: Int) -> Int {
        var position = begin + 1
        while true {
            position = ByteSearch.first(UInt8(ascii: "\""), in: bytes, from: position, to: bytes.count) + 1
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                return min(position, bytes.count)
            }
            position += 1
        }
    }

    /// What a cell says.
    /// - Returns: nil if it is not UTF-8.
    func text(_ number: Int) -> String? {
        let cell = bytes[ranges[number]]
        guard cell.first == UInt8(ascii: "\"") else { return String(validating: cell, as: UTF8.self) }
        return String(validating: Self.unquoted(cell), as: UTF8.self)
    }

    private static func unquoted(_ cell: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(cell.count)
        var rest = cell.dropFirst()
        while let quote = rest.firstIndex(of: UInt8(ascii: "\"")) {
            text += rest[..<quote]
            rest = rest[(quote + 1)...]
            guard rest.first == UInt8(ascii: "\"") else { break }
            text.append(UInt8(ascii: "\""))
            rest = rest.dropFirst()
        }
        return text + rest
    }

    /// The words that pandas takes for no value, in quotation marks as well.
    private static let missing: Set<String> = [
        "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
        "NULL", "NaN", "None", "n/a", "nan", "null",
    ]

    /// Whether a cell of this text is missing.
    static func isMissing(_ text: String) -> Bool { text.utf8.count <= 9 && missing.contains(text) }
}
