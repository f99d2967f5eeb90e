import Foundation

/// What decides the results in a folder: another run may add to them only if all of this is the same.
struct MeasurementSettings: RunSettings {
    /// A file or folder, recognised by its content.
    struct Source: Codable, Equatable {
        let path: String
        let fingerprint: String

        /// What differs from an earlier run, in words, or nil; `name` says what it is.
        func difference(from earlier: Source, _ name: String) -> String? {
            guard earlier.fingerprint != fingerprint else { return nil }
            return earlier.path == path
                ? "the \(name) \(path) has changed since"
                : "the \(name) was \(earlier.path) there and is \(path) now"
        }
    }

    /// Of the files in the folder.
    var format = 1
    let model: Source
    let data: Source
    let queries: String
    let answers: String?
    let maxNewTokens: Int?
    let dtype: String
    let device: String
    let masses: Bool
    /// The intervention in words, nil for none.
    let modulation: String?
    let sinks: Bool

    /// What differs from an earlier run, in words, or nil.
    func difference(from earlier: MeasurementSettings) -> String? {
        let words = Self.words
        func flag(_ name: String, _ old: Bool, _ new: Bool) -> String? {
            words("\(name) is", old ? "given" : nil, new ? "given" : nil)
        }
        let differences: [String?] = [
            words("the format is", String(earlier.format), String(format)),
            model.difference(from: earlier.model, "model"),
            data.difference(from: earlier.data, "data file"), words("--queries is", earlier.queries, queries),
            words("--answers is", earlier.answers, answers),
            words("--max-new-tokens is", earlier.maxNewTokens.map(String.init), maxNewTokens.map(String.init)),
            words("--dtype is", earlier.dtype, dtype), words("--device is", earlier.device, device),
            flag("--masses", earlier.masses, masses), words("the intervention is", earlier.modulation, modulation),
            flag("--no-sinks", !earlier.sinks, !sinks),
        ]
        return differences.lazy.compactMap { $0 }.first
    }
}
