import Yams

/// A part of a settings file as it stands: to be kept, laid over another and written into a file of its own.
public indirect enum SettingsTree: Sendable, Equatable {
    /// Keys with their values, in their order.
    case mapping([Entry])
    /// Values one after the other.
    case list([SettingsTree])
    /// A word or a number; a quoted one is a text whatever it looks like.
    case word(String, isQuoted: Bool)

    /// A key with its value.
    public struct Entry: Sendable, Equatable {
        /// The key.
        public let key: String
        /// Its value.
        public let value: SettingsTree

        /// A key with its value.
        public init(_ key: String, _ value: SettingsTree) { (self.key, self.value) = (key, value) }
    }

    /// A text.
    public static func text(_ text: String) -> SettingsTree { .word(text, isQuoted: true) }

    /// What a mapping has below a key; nil for others, and where it has no such key.
    public subscript(key: String) -> SettingsTree? {
        guard case .mapping(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// Its keys, none if it is no mapping.
    public var keys: [String] {
        guard case .mapping(let entries) = self else { return [] }
        return entries.map(\.key)
    }

    /// Every word in it, in order.
    public var words: [String] {
        switch self {
        case .mapping(let entries): entries.flatMap(\.value.words)
        case .list(let items): items.flatMap(\.words)
        case .word(let text, _): [text]
        }
    }

    /// This one with another laid over it: sections key by key, everything else whole.
    /// - Parameter other: what counts where both have something.
    /// - Returns: the union.
    public func overlaid(with other: SettingsTree) -> SettingsTree {
        guard case .mapping(let own) = self, case .mapping(let over) = other else { return other }
        var result = own
        for entry in over {
            if let index = result.firstIndex(where: { $0.key == entry.key }) {
                result[index] = Entry(entry.key, result[index].value.overlaid(with: entry.value))
            } else {
                result.append(entry)
            }
        }
        return .mapping(result)
    }

    /// With every word as a function makes it; one that was changed into something else than digits is a text.
    /// - Parameter change: gives the new word.
    /// - Returns: the new tree.
    /// - Throws: what `change` throws.
    public func mapWords(_ change: (String) throws -> String) rethrows -> SettingsTree {
        switch self {
        case .mapping(let entries): return .mapping(try entries.map { Entry($0.key, try $0.value.mapWords(change)) })
        case .list(let items): return .list(try items.map { try $0.mapWords(change) })
        case .word(let text, let isQuoted):
            let changed = try change(text)
            let isNumber = changed.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return .word(changed, isQuoted: isQuoted || (changed != text && !isNumber))
        }
    }

    /// The same for the same settings, in whatever order keys and in whatever layout they were written.
    public var canonical: String {
        switch self {
        case .mapping(let entries):
            "{"
                + entries.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\($0.value.canonical)" }
                .joined(separator: ",") + "}"
        case .list(let items): "[" + items.map(\.canonical).joined(separator: ",") + "]"
        case .word(let text, let isQuoted): isQuoted ? quoted(text) : text
        }
    }

    private func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// As YAML, with a line break at its end.
    /// - Throws: what the library throws.
    public func yaml() throws -> String { try Yams.serialize(node: node, width: -1, allowUnicode: true) }

    private var node: Node {
        switch self {
        case .mapping(let entries): Node(entries.map { (Node($0.key), $0.value.node) })
        case .list(let items): Node(items.map(\.node))
        case .word(let text, let isQuoted):
            Node(text, Tag(isQuoted ? .str : .implicit), isQuoted ? .singleQuoted : .plain)
        }
    }

    init(_ node: Node, path: String) throws {
        switch node {
        case .mapping(let mapping):
            self = .mapping(
                try mapping.map { key, value in
                    guard let name = key.string else {
                        throw SettingsError(path: path, line: key.mark?.line, problem: "a key is no text")
                    }
                    return Entry(name, try SettingsTree(value, path: path))
                })
        case .sequence(let items): self = .list(try items.map { try SettingsTree($0, path: path) })
        case .scalar(let scalar): self = .word(scalar.string, isQuoted: ![.plain, .any].contains(scalar.style))
        case .alias:
            throw SettingsError(path: path, line: node.mark?.line, problem: "an alias names no anchor before it")
        }
    }
}

extension SettingsSection {
    /// What stands below a key, as it stands; its keys count as known.
    /// - Parameter key: its name in this section.
    /// - Returns: nil if it is not given.
    /// - Throws: ``SettingsError`` if a key in it is no text.
    public func tree(_ key: String) throws -> SettingsTree? {
        try given(key).map { try SettingsTree($0, path: file) }
    }
}
