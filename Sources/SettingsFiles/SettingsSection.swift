import Yams

/// A mapping of a settings file, which remembers what it was asked for.
public final class SettingsSection {
    private let path: String
    /// The names of the sections around this one, each with a dot behind it.
    private let prefix: String
    private let nodes: [String: Node]
    private var asked: [String] = []
    private var sections: [SettingsSection] = []

    init(_ mapping: Node.Mapping, path: String, prefix: String) throws {
        var nodes: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.string else {
                throw SettingsError(path: path, line: key.mark?.line, problem: "a key is no text")
            }
            guard nodes.updateValue(value, forKey: name) == nil else {
                throw SettingsError(path: path, line: key.mark?.line, problem: "'\(prefix)\(name)' stands there twice")
            }
        }
        (self.nodes, self.path, self.prefix) = (nodes, path, prefix)
    }

    /// A whole number.
    /// - Parameters:
    ///   - key: its name in this section.
    ///   - fallback: its value if it is not given; nil if it must be.
    ///   - range: what it may be.
    /// - Returns: the number.
    /// - Throws: ``SettingsError`` if it is missing, no whole number, or out of range.
    public func integer(_ key: String, default fallback: Int? = nil, in range: ClosedRange<Int> = 0...Int.max) throws
        -> Int
    {
        try value(key, default: fallback, in: range, kind: "a whole number") { $0.int }
    }

    /// A number.
    /// - Parameters:
    ///   - key: its name in this section.
    ///   - fallback: its value if it is not given; nil if it must be.
    ///   - range: what it may be.
    /// - Returns: the number.
    /// - Throws: ``SettingsError`` if it is missing, no number, or out of range.
    public func number(
        _ key: String, default fallback: Double? = nil,
        in range: ClosedRange<Double> = 0...Double.greatestFiniteMagnitude
    ) throws -> Double {
        // YAML takes 1e-3 for a text, and so does the library; everybody who writes one means the number.
        try value(key, default: fallback, in: range, kind: "a number") { $0.float ?? $0.string.flatMap(Double.init) }
    }

    /// A text.
    /// - Parameters:
    ///   - key: its name in this section.
    ///   - fallback: its value if it is not given; nil if it must be.
    /// - Returns: the text.
    /// - Throws: ``SettingsError`` if it is missing or no text.
    public func text(_ key: String, default fallback: String? = nil) throws -> String {
        guard let node = take(key) else { return try given(fallback, key) }
        guard let text = node.string else { throw problem(node, "'\(prefix)\(key)' must be a text") }
        return text
    }

    /// Whether a key is there.
    /// - Parameter key: its name in this section.
    /// - Returns: true if it is.
    public func has(_ key: String) -> Bool { take(key) != nil }

    /// A section inside this one.
    /// - Parameter key: its name in this section.
    /// - Returns: the section; an empty one if it is not given, or nothing stands below its name.
    /// - Throws: ``SettingsError`` if it is no mapping.
    public func section(_ key: String) throws -> SettingsSection {
        let node = take(key)
        guard let mapping = node?.mapping ?? (node?.null == nil && node != nil ? nil : Node.Mapping([])) else {
            throw problem(node, "'\(prefix)\(key)' must be a section, with settings of its own below it")
        }
        let section = try SettingsSection(mapping, path: path, prefix: "\(prefix)\(key).")
        sections.append(section)
        return section
    }

    /// A setting that a type of its own reads.
    /// - Parameters:
    ///   - type: what it is read as.
    ///   - key: its name in this section.
    ///   - fallback: its value if it is not given.
    /// - Returns: the value.
    /// - Throws: ``SettingsError`` with what the type says is wrong.
    public func decoded<Value: Decodable>(_ type: Value.Type, _ key: String, default fallback: Value) throws -> Value {
        guard let node = take(key) else { return fallback }
        return try decoded(type, node, name: "\(prefix)\(key)")
    }

    /// This whole section, but for settings that were read one by one, as a type of its own reads it.
    /// - Parameters:
    ///   - type: what it is read as; must refuse keys that it does not know.
    ///   - others: keys that it is not told of.
    /// - Returns: the value.
    /// - Throws: ``SettingsError`` with what the type says is wrong.
    public func decodedWhole<Value: Decodable>(_ type: Value.Type, except others: Set<String>) throws -> Value {
        let own = nodes.filter { !others.contains($0.key) }
        own.keys.forEach { _ = take($0) }
        let pairs = own.map { (Node($0.key), $0.value) }
        return try decoded(type, Node(pairs), name: String(prefix.dropLast()))
    }

    private func decoded<Value: Decodable>(_ type: Value.Type, _ node: Node, name: String) throws -> Value {
        do {
            return try YAMLDecoder().decode(type, from: node)
        } catch let error as DecodingError {
            let (path, words): ([any CodingKey], String) =
                switch error {
                case .typeMismatch(let wanted, let context): (context.codingPath, "must be of the kind \(wanted)")
                case .valueNotFound(_, let context): (context.codingPath, "has no value")
                case .keyNotFound(let key, let context): (context.codingPath, "has no '\(key.stringValue)'")
                case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
                @unknown default: ([], "cannot be read")
                }
            let place = ([name] + path.map(\.stringValue)).joined(separator: ".")
            throw problem(node, "'\(place)' \(words)")
        } catch {
            throw problem(node, "in '\(name)': \(error.localizedDescription)")
        }
    }

    /// A list of sections.
    /// - Parameter key: its name in this section.
    /// - Returns: the sections in their order, none if it is not given.
    /// - Throws: ``SettingsError`` if it is no list of mappings.
    public func list(_ key: String) throws -> [SettingsSection] {
        guard let node = take(key) else { return [] }
        let items = node.sequence.map(Array.init)?.map(\.mapping)
        guard let items, items.allSatisfy({ $0 != nil }) else {
            throw problem(node, "'\(prefix)\(key)' must be a list of sections")
        }
        let list = try items.compactMap { $0 }.enumerated().map {
            try SettingsSection($1, path: path, prefix: "\(prefix)\(key)[\($0)].")
        }
        sections += list
        return list
    }

    /// The texts of a list; nil if it is no list of texts.
    func texts(_ key: String) -> [String]? {
        guard let items = nodes[key]?.sequence?.map(\.string), items.allSatisfy({ $0 != nil }) else { return nil }
        return items.compactMap(\.self)
    }

    /// An error about a setting that was read.
    /// - Parameters:
    ///   - key: the setting's name in this section.
    ///   - problem: what is wrong with it.
    /// - Returns: the error, with the setting's line.
    public func refuse(_ key: String, _ problem: String) -> SettingsError {
        self.problem(nodes[key], "'\(prefix)\(key)' \(problem)")
    }

    /// Checks that every key of this section and of those inside it was asked for.
    /// - Throws: ``SettingsError`` about the first that was not, naming the nearest one that exists.
    public func finish() throws {
        let unknown = nodes.keys.filter { !asked.contains($0) }
            .min { (nodes[$0]?.mark?.line ?? 0, $0) < (nodes[$1]?.mark?.line ?? 0, $1) }
        if let unknown {
            let nearest = asked.min { distance($0, unknown) < distance($1, unknown) }
            let advice = nearest.map { "; the nearest that exists is '\(prefix)\($0)'" } ?? ""
            throw problem(nodes[unknown], "'\(prefix)\(unknown)' is no setting\(advice)")
        }
        try sections.forEach { try $0.finish() }
    }

    /// What stands below a key, nil if it is not there.
    func given(_ key: String) -> Node? { take(key) }

    /// The file's path, as errors give it.
    var file: String { path }

    /// The names of all settings that are there, in the order of the alphabet.
    public var names: [String] { nodes.keys.sorted() }

    private func take(_ key: String) -> Node? {
        asked.append(key)
        return nodes[key]
    }

    private func given<Value>(_ fallback: Value?, _ key: String) throws -> Value {
        if let fallback { return fallback }
        // Perhaps it is there, misspelt.
        let close = nodes.keys.filter { !asked.contains($0) && distance($0, key) <= 2 }.sorted().first
        throw problem(
            close.flatMap { nodes[$0] },
            "'\(prefix)\(key)' is missing" + (close.map { "; is '\($0)' meant to be it?" } ?? ""))
    }

    private func value<Value: Comparable>(
        _ key: String, default fallback: Value?, in range: ClosedRange<Value>, kind: String, read: (Node) -> Value?
    ) throws -> Value {
        guard let node = take(key) else { return try given(fallback, key) }
        guard let value = read(node) else { throw problem(node, "'\(prefix)\(key)' must be \(kind)") }
        guard range.contains(value) else {
            throw problem(
                node, "'\(prefix)\(key)' is \(value), it must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private func problem(_ node: Node?, _ text: String) -> SettingsError {
        SettingsError(path: path, line: node?.mark?.line, problem: text)
    }
}

/// How many letters must be changed, added or taken away to make one word of another (Levenshtein).
private func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for i in a.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
            (diagonal, row[j + 1]) = (row[j + 1], min(row[j] + 1, row[j + 1] + 1, diagonal + (a[i] == b[j] ? 0 : 1)))
        }
    }
    return row[b.count]
}
