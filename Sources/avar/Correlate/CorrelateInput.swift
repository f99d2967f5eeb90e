import Foundation
import VisualAttention

/// Reads what `avar correlate` correlates: JSON files, or a table.
enum CorrelateInput {
    /// Items of JSON files, each an object, a list of objects, or an object that holds such a list under "items".
    /// - Parameter paths: the files in their order.
    /// - Returns: the items in their order.
    /// - Throws: what is wrong with a file or an item, and where.
    static func items(json paths: [String]) throws -> [ScoreItem] {
        try unique(
            paths.flatMap { path in
                let value: JSONValue
                do {
                    value = try JSONDecoder().decode(JSONValue.self, from: data(path))
                } catch is DecodingError {
                    throw CorrelateInputError(path: path, problem: "it is not JSON")
                }
                return try objects(value, path).map { index, object in
                    let place = index.map { "item \($0 + 1)" } ?? "the object"
                    return (try Row(path: path, place: place) { object[$0]?.text }.item(), path, place)
                }
            })
    }

    /// Items of a CSV file with a header: name, vas, accuracy, and run and rung if they are known, in any order.
    /// - Parameter path: the file.
    /// - Returns: the items in their order.
    /// - Throws: what is wrong with a file or an item, and where.
    static func items(table path: String) throws -> [ScoreItem] {
        let table: CSVFile
        do {
            table = try CSVFile(data(path))
        } catch let problem as CSVFile.Problem {
            throw CorrelateInputError(path: path, problem: problem.text)
        }
        return try unique(
            table.rows.map { row in
                let place = "line \(row.line)"
                return (try Row(path: path, place: place) { row.fields[$0] }.item(), path, place)
            })
    }

    private static func data(_ path: String) throws -> Data { try Pictures.data(of: URL(fileURLWithPath: path)) }

    private static func objects(_ value: JSONValue, _ path: String) throws -> [(Int?, [String: JSONValue])] {
        switch value {
        case .object(let object):
            guard let items = object["items"] else { return [(nil, object)] }
            guard case .array = items else {
                throw CorrelateInputError(path: path, problem: "its 'items' is not a list")
            }
            return try objects(items, path)
        case .array(let list):
            return try list.enumerated().map { index, element in
                guard case .object(let object) = element else {
                    throw CorrelateInputError(path: path, problem: "item \(index + 1) is not an object")
                }
                return (index, object)
            }
        default: throw CorrelateInputError(path: path, problem: "it holds neither an object nor a list of objects")
        }
    }

    /// Refuses a name that stands twice, and says where.
    private static func unique(_ items: [(item: ScoreItem, path: String, place: String)]) throws -> [ScoreItem] {
        var places: [String: (path: String, place: String)] = [:]
        for (item, path, place) in items {
            if let first = places.updateValue((path, place), forKey: item.name) {
                let there = first.path == path ? first.place : "\(first.place) of \(first.path)"
                throw CorrelateInputError(
                    path: path,
                    problem: "\(place) has the name '\(item.name)', as has \(there); "
                        + "give every model or checkpoint once, under a name of its own")
            }
        }
        return items.map(\.item)
    }

    /// The values of an item by their keys, as text.
    private struct Row {
        let path: String
        let place: String
        let value: (String) -> String?

        func item() throws -> ScoreItem {
            guard let name = filled("name") else { throw failure("has no 'name'") }
            return ScoreItem(
                name: name, run: filled("run"), rung: filled("rung"), vas: try number("vas", name),
                accuracy: try number("accuracy", name))
        }

        private func filled(_ key: String) -> String? {
            guard let text = value(key), !text.isEmpty else { return nil }
            return text
        }

        private func number(_ key: String, _ name: String) throws -> Double {
            guard let text = filled(key) else { throw failure("('\(name)') has no '\(key)'") }
            guard let number = Double(text.trimmingCharacters(in: .whitespaces)), number.isFinite else {
                throw failure("('\(name)') has '\(text)' as its '\(key)', which is not a finite number")
            }
            return number
        }

        private func failure(_ problem: String) -> CorrelateInputError {
            CorrelateInputError(path: path, problem: "\(place) \(problem)")
        }
    }
}

/// What is wrong with a file of items.
struct CorrelateInputError: Error, LocalizedError {
    let path: String
    let problem: String

    var errorDescription: String? { "\(path): \(problem)." }
}

/// Any JSON.
private enum JSONValue: Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// The value as a table would hold it; nil for null.
    var text: String? {
        switch self {
        case .null: nil
        case .bool(let value): "\(value)"
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
        case .string(let value): value
        case .array: "a list"
        case .object: "an object"
        }
    }
}
