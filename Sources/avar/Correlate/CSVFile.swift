import Foundation

/// A CSV file with a header (RFC 4180): quoted fields, either kind of line break, a byte order mark.
///
/// A reader of our own, because measurements must not be lost without a word: the ones at hand (SwiftCSV 0.10) take a quote that
/// is never closed for the rest of the file, drop fields that have no column and fill up those that are missing.
struct CSVFile {
    /// A line's fields by the names of their columns.
    struct Row {
        /// Where it begins, counted from 1.
        let line: Int
        let fields: [String: String]
    }

    /// What is wrong with a file.
    struct Problem: Error {
        let text: String
    }

    let columns: [String]
    let rows: [Row]

    /// Reads a file; blank lines are passed over.
    init(_ data: Data) throws {
        guard var text = String(data: data, encoding: .utf8) else { throw Problem(text: "it is not UTF-8") }
        if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
        var records = try Self.records(text.unicodeScalars)
        guard !records.isEmpty else { throw Problem(text: "it is empty; its first line must name the columns") }
        let header = records.removeFirst().fields.map { $0.trimmingCharacters(in: .whitespaces) }
        if let twice = header.first(where: { name in header.count(where: { $0 == name }) > 1 }) {
            throw Problem(text: "it has two columns named '\(twice)'")
        }
        columns = header
        rows = try records.map { record in
            guard record.fields.count == header.count else {
                throw Problem(
                    text: "line \(record.line) has \(record.fields.count) fields, the first line names \(header.count)")
            }
            return Row(line: record.line, fields: Dictionary(uniqueKeysWithValues: zip(header, record.fields)))
        }
    }

    private struct Record {
        let line: Int
        var fields: [String]
    }

    private static func records(_ text: String.UnicodeScalarView) throws -> [Record] {
        var records: [Record] = []
        var record = Record(line: 1, fields: [])
        var (field, isQuoted, wasQuoted, line, quoteLine) = (String.UnicodeScalarView(), false, false, 1, 1)
        func endField() {
            record.fields.append(String(field))
            (field, wasQuoted) = (.init(), false)
        }
        func endRecord() {
            let isBlank = record.fields.isEmpty && field.isEmpty && !wasQuoted
            if isBlank { return record = Record(line: line + 1, fields: []) }
            endField()
            records.append(record)
            record = Record(line: line + 1, fields: [])
        }
        var index = text.startIndex
        while index < text.endIndex {
            let scalar = text[index]
            let next = text.index(after: index)
            let follows = next < text.endIndex ? text[next] : nil
            index = next
            if isQuoted {
                if scalar == "\"", follows == "\"" {
                    field.append("\"")
                    index = text.index(after: next)
                } else if scalar == "\"" {
                    isQuoted = false
                } else {
                    if scalar == "\n" { line += 1 }
                    field.append(scalar)
                }
                continue
            }
            switch scalar {
            case "\"" where field.isEmpty && !wasQuoted: (isQuoted, wasQuoted, quoteLine) = (true, true, line)
            case ",": endField()
            case "\r" where follows == "\n": break
            case "\n", "\r":
                endRecord()
                line += 1
            default:
                guard !wasQuoted, scalar != "\"" else {
                    throw Problem(
                        text: "line \(line) has a quote within a field; write it twice, and quotes round the field")
                }
                field.append(scalar)
            }
        }
        guard !isQuoted else { throw Problem(text: "the quote in line \(quoteLine) is never closed") }
        endRecord()
        return records
    }
}
