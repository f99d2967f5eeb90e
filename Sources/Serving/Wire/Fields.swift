import Foundation

/// The keys and values of a JSON object, read strictly: what has another type is refused by its name.
///
/// A key with null counts as absent, as clients send it for what was not set.
struct Fields {
    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { return nil }
    }

    private let container: KeyedDecodingContainer<Key>
    /// The name of the object, empty for the body.
    let path: String

    init(_ decoder: any Decoder, expected: String) throws {
        path = Self.name(of: decoder.codingPath)
        do {
            container = try decoder.container(keyedBy: Key.self)
        } catch is DecodingError {
            throw Refusal.invalid(
                path.isEmpty ? nil : path, "\(path.isEmpty ? "The body" : path) must be \(expected).")
        }
    }

    /// The name of a key below this object.
    func name(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

    /// The keys whose value is not null.
    var keys: [String] { container.allKeys.map(\.stringValue).filter { !isNull($0) } }

    func isNull(_ key: String) -> Bool { (try? container.decodeNil(forKey: Key(key))) ?? true }

    func optional<Value: Decodable>(_ key: String, as type: Value.Type, _ expected: String) throws -> Value? {
        if isNull(key) { return nil }
        do {
            return try container.decode(type, forKey: Key(key))
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            // Numbers that do not fit are told by an error of Foundation's own, other types by DecodingError.
            throw Refusal.invalid(name(key), "\(name(key)) must be \(expected).")
        }
    }

    func required<Value: Decodable>(_ key: String, as type: Value.Type, _ expected: String) throws -> Value {
        guard let value = try optional(key, as: type, expected) else {
            throw Refusal.invalid(name(key), "\(name(key)) is missing: it must be \(expected).")
        }
        return value
    }

    /// A value that must lie in a range.
    func optional<Value: Decodable & Comparable>(
        _ key: String, in range: ClosedRange<Value>, _ expected: String
    ) throws -> Value? {
        guard let value = try optional(key, as: Value.self, expected) else { return nil }
        guard range.contains(value) else { throw Refusal.invalid(name(key), "\(name(key)) must be \(expected).") }
        return value
    }

    /// Refuses keys that nobody reads: what they mean would be left out in silence.
    func refuseOthers(than known: Set<String>) throws {
        guard let key = keys.filter({ !known.contains($0) }).min() else { return }
        throw Refusal.invalid(
            name(key), "\(name(key)) is not supported by this server; leave it out.", code: "unsupported_parameter")
    }

    /// "messages[0].content".
    static func name(of path: [any CodingKey]) -> String {
        path.reduce("") { name, key in
            if let index = key.intValue { return name + "[\(index)]" }
            return name.isEmpty ? key.stringValue : name + "." + key.stringValue
        }
    }
}

/// A value of any type, to ask only whether there is something in it.
struct AnyContent: Decodable {
    /// True for false, 0, an empty text, list or object.
    let isNothing: Bool

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }

    init(from decoder: any Decoder) throws {
        if let list = try? decoder.unkeyedContainer() {
            isNothing = list.count == 0
        } else if let object = try? decoder.container(keyedBy: Key.self) {
            isNothing = object.allKeys.isEmpty
        } else {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                isNothing = text.isEmpty
            } else if let number = try? value.decode(Double.self) {
                isNothing = number == 0
            } else {
                isNothing = (try? value.decode(Bool.self)) == false
            }
        }
    }
}
