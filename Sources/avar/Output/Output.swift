import Foundation

/// Where commands write: results to standard output, everything else to standard error.
enum Output {
    /// Writes text as it comes, without a line break.
    static func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    /// Writes a line of result.
    static func line(_ text: String) { write(text + "\n") }

    /// Writes a line of progress or a note.
    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Writes one line of JSON with sorted snake_case keys; infinities and undefined numbers are strings.
    static func json(_ value: some Encodable) throws {
        line(String(decoding: try encoded(value), as: UTF8.self))
    }

    /// One line of JSON.
    static func encoded(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try encoder.encode(value)
    }
}

extension Double {
    /// With a fixed number of decimals; in words if it is not finite.
    func fixed(_ decimals: Int) -> String { isFinite ? String(format: "%.\(decimals)f", self) : "undefined" }

    /// With as many digits as tell it from every other number.
    var exact: String { self == rounded() && abs(self) < 1e9 ? String(Int(self)) : "\(self)" }

    /// As a percentage with one decimal.
    var percent: String { "\((self * 100).fixed(1)) %" }

    /// So many seconds, in words.
    var duration: String {
        let whole = Int(rounded())
        return whole < 120
            ? "\(whole) s" : whole < 7200 ? "\(whole / 60) min" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}

extension String {
    /// Padded with blanks on the left.
    func padded(_ width: Int) -> String {
        count >= width ? self : String(repeating: " ", count: width - count) + self
    }
}
