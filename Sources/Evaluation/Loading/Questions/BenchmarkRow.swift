import Foundation
import Samples

extension FieldValue {
    /// A text or a number in words; nil for others.
    var plainText: String? {
        switch self {
        case .text(let text): text
        case .number(let digits): digits
        case .flag(let flag): flag ? "True" : "False"
        default: nil
        }
    }

    /// For messages.
    var kindName: String {
        switch self {
        case .null: "nothing"
        case .flag: "a truth value"
        case .number: "a number"
        case .text: "text"
        case .bytes: "bytes"
        case .list: "a list"
        case .object: "a structure"
        }
    }

    init(_ literal: PythonLiteral) {
        switch literal {
        case .text(let text): self = .text(text)
        case .list(let items): self = .list(items.map { FieldValue($0) })
        case .dictionary(let members): self = .object(members.mapValues { FieldValue($0) })
        }
    }
}

/// A row of a benchmark's file: values by their columns, asked for by kind.
struct BenchmarkRow {
    /// Counted from 1.
    let number: Int
    /// Where it lies, for messages.
    let place: String
    /// Missing values are left out.
    let fields: [String: FieldValue]

    /// A text or a number as text; nil if it is missing.
    func text(_ column: String) throws -> String? {
        guard let value = fields[column] else { return nil }
        if case .null = value { return nil }
        guard let text = value.plainText else { throw wrong(column, value, needed: "text") }
        return text
    }

    /// A text that must be there.
    func needed(_ column: String) throws -> String {
        guard let text = try text(column) else { throw BenchmarkError.content("Column '\(column)' is missing here") }
        return text
    }

    /// A list of texts, also one that is written as text; empty if it is missing.
    func list(_ column: String) throws -> [String] {
        guard let value = fields[column] else { return [] }
        switch value {
        case .null: return []
        case .list(let items):
            return try items.map { item in
                guard let text = item.plainText else { throw wrong(column, item, needed: "a list of texts") }
                return text
            }
        case .text(let text):
            guard case .list(let items) = PythonLiteral(text), items.allSatisfy({ $0.plain != nil }) else {
                throw BenchmarkError.content(
                    "Column '\(column)' should hold a list such as ['red', 'blue'], and holds '\(text.prefix(40))'")
            }
            return items.compactMap(\.plain)
        default: throw wrong(column, value, needed: "a list")
        }
    }

    /// The members of a structure, also of one that is written as text; none if it is missing.
    func members(_ column: String) throws -> [String: FieldValue] {
        guard let value = fields[column] else { return [:] }
        switch value {
        case .null: return [:]
        case .object(let members): return members
        case .text(let text):
            guard case .dictionary(let members) = PythonLiteral(text) else {
                throw BenchmarkError.content(
                    "Column '\(column)' should hold a dictionary such as {'subject': 'geometry'}, and holds "
                        + "'\(text.prefix(40))'")
            }
            return members.mapValues { FieldValue($0) }
        default: throw wrong(column, value, needed: "a structure")
        }
    }

    private func wrong(_ column: String, _ value: FieldValue, needed: String) -> BenchmarkError {
        .content("Column '\(column)' holds \(value.kindName), not \(needed)")
    }
}
