import Foundation

/// Why settings of gates cannot be used.
public enum QualitySettingsError: Error, LocalizedError, Equatable {
    /// A key that nothing asks for.
    case unknownKey(String, section: String, known: [String])
    /// A name of a gate or a language that does not exist.
    case unknownName(String, key: String, known: [String])
    /// A value that is out of its range.
    case value(key: String, got: String, wanted: String)
    /// A gate that is named twice.
    case twice(String)
    /// A gate that needs an index that was not given.
    case noBenchmarks

    /// One sentence that says what was wrong, and what is possible.
    public var errorDescription: String? {
        switch self {
        case .unknownKey(let key, let section, let known):
            "The quality settings have no key '\(key)' in \(section); known are \(known.joined(separator: ", "))."
        case .unknownName(let name, let key, let known):
            "'\(name)' is no \(key); known are \(known.joined(separator: ", "))."
        case .value(let key, let got, let wanted): "The quality setting '\(key)' is \(got), but must be \(wanted)."
        case .twice(let name): "The quality settings name the gate '\(name)' twice."
        case .noBenchmarks:
            "The gate 'contamination' has no benchmarks to compare with; give it some, or leave it out of the gates."
        }
    }
}

/// The values of one section of settings, in which every key is known.
struct SettingsKeys<Key: CodingKey & CaseIterable> {
    private let values: KeyedDecodingContainer<Key>
    private let section: String

    /// - Throws: ``QualitySettingsError/unknownKey(_:section:known:)``, or `DecodingError` if there are no keys.
    init(_ decoder: any Decoder, in section: String) throws {
        for key in try decoder.container(keyedBy: AnyKey.self).allKeys where Key(stringValue: key.stringValue) == nil {
            throw QualitySettingsError.unknownKey(
                key.stringValue, section: "'\(section)'", known: Key.allCases.map(\.stringValue))
        }
        values = try decoder.container(keyedBy: Key.self)
        self.section = section
    }

    /// Reads a value if it is given.
    func read<Value: Decodable>(_ value: inout Value, _ key: Key) throws {
        if let given = try values.decodeIfPresent(Value.self, forKey: key) { value = given }
    }

    /// Reads a number if it is given.
    func read<Value: Decodable & Comparable>(_ value: inout Value, _ key: Key, in range: ClosedRange<Value>) throws {
        guard let given = try values.decodeIfPresent(Value.self, forKey: key) else { return }
        try check(given, key, range)
        value = given
    }

    /// Reads a number if it is given; null is nil.
    func read<Value: Decodable & Comparable>(_ value: inout Value?, _ key: Key, in range: ClosedRange<Value>) throws {
        guard values.contains(key) else { return }
        value = try values.decodeIfPresent(Value.self, forKey: key)
        if let value { try check(value, key, range) }
    }

    private func check<Value: Comparable>(_ value: Value, _ key: Key, _ range: ClosedRange<Value>) throws {
        guard !range.contains(value) else { return }
        let isOpen = range.upperBound as? Int == Int.max
        throw QualitySettingsError.value(
            key: "\(section).\(key.stringValue)", got: "\(value)",
            wanted: isOpen ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)")
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
