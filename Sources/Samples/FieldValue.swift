import Foundation
import Parquet

/// A value of a sample as a file holds it: what is said about samples is the same in JSON and in Parquet.
package enum FieldValue: Sendable {
    case null
    case flag(Bool)
    /// A number, in digits.
    case number(String)
    case text(String)
    case bytes(Data)
    case list([FieldValue])
    /// Members that are null are left out.
    case object([String: FieldValue])

    /// The value of some JSON.
    /// - Throws: what the parser says.
    package init(json data: Data) throws {
        self.init(json: try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed))
    }

    private init(json value: Any) {
        switch value {
        case let text as String: self = .text(text)
        case let list as [Any]: self = .list(list.map { FieldValue(json: $0) })
        case let object as [String: Any]:
            self = .object(object.filter { !($0.value is NSNull) }.mapValues { FieldValue(json: $0) })
        case let number as NSNumber:
            self =
                String(cString: number.objCType) == "c" ? .flag(number.boolValue) : .number(number.stringValue)
        default: self = .null
        }
    }

    /// The value of a column in a row.
    package init(_ value: ParquetValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .flag(flag)
        case .integer(let number): self = .number(String(number))
        case .number(let number): self = .number(String(number))
        case .text(let text): self = .text(text)
        case .bytes(let bytes): self = .bytes(bytes)
        case .list(let items): self = .list(items.map { FieldValue($0) })
        case .structure(let members): self = FieldValue(row: members)
        }
    }

    /// The object that a row is.
    package init(row: [String: ParquetValue]) {
        self = .object(row.filter { $0.value != .null }.mapValues { FieldValue($0) })
    }

    package var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    package var list: [FieldValue]? {
        if case .list(let items) = self { return items }
        return nil
    }

    package var object: [String: FieldValue]? {
        if case .object(let members) = self { return members }
        return nil
    }

    /// Whether it says nothing: null, an empty list or object, a blank text, or a text that is an empty list.
    var isNothing: Bool {
        switch self {
        case .null: true
        case .list(let items): items.isEmpty
        case .object(let members): members.isEmpty
        case .text(let text): ["", "[]", "{}"].contains(text.filter { !$0.isWhitespace })
        default: false
        }
    }
}
