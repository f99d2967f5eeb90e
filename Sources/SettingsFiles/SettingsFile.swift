import Foundation
import Yams

/// A YAML file of settings, as a tree of sections whose keys are all to be known.
///
/// Read every setting through ``root``, then call ``SettingsSection/finish()``: a key that nobody asked for is an error that names
/// the nearest one that exists, and not a silent default.
public struct SettingsFile {
    /// The file's path, as errors give it.
    public let path: String
    /// The top level.
    public let root: SettingsSection

    /// Reads a file.
    /// - Parameter url: the file.
    /// - Throws: ``SettingsError`` if it cannot be read, is no YAML, or is no mapping at its top level.
    public init(contentsOf url: URL) throws {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            throw SettingsError(path: url.path, line: nil, problem: "there is no such file of readable UTF-8 text")
        }
        try self.init(text: text, path: url.path)
    }

    /// Reads a text.
    /// - Parameters:
    ///   - text: YAML.
    ///   - path: what errors call it.
    /// - Throws: ``SettingsError`` if it is no YAML, or no mapping at its top level.
    public init(text: String, path: String) throws {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw SettingsError(path: path, error)
        }
        guard let mapping = node?.mapping else {
            throw SettingsError(path: path, line: nil, problem: "it holds no settings, 'key: value' on a line each")
        }
        self.path = path
        root = try SettingsSection(mapping, path: path, prefix: "")
    }
}

/// What is wrong with a file of settings.
public struct SettingsError: Error, LocalizedError, Equatable {
    /// The path of the file with the fault, as it was given.
    public let path: String
    /// The line, counted from 1.
    public let line: Int?
    /// What is wrong there.
    public let problem: String

    /// The file, the line, and what is wrong there.
    public var errorDescription: String? {
        line.map { "\(path), line \($0): \(problem)" } ?? "\(path): \(problem)"
    }
}

extension SettingsError {
    /// What the parser says, without the text that it shows.
    init(path: String, _ error: YamlError) {
        switch error {
        case .duplicatedKeysInMapping(let keys, let context):
            self.init(
                path: path, line: context.mark.line,
                problem: "'\(keys.first ?? "")' stands twice in the section that begins here")
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(path: path, line: mark.line, problem: "it is no YAML: \(problem)")
        default: self.init(path: path, line: nil, problem: "it is no YAML")
        }
    }
}
