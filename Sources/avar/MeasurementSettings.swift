import Foundation

/// What decides the results in a folder: another run may add to them only if all of this is the same.
struct MeasurementSettings: RunSettings {
    /// A file or folder, recognised by its content.
    struct Source: Codable, Equatable {
        let path: String
        let fingerprint: String
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
        func words(_ name: String, _ old: String?, _ new: String?) -> String? {
            old == new ? nil : "\(name) \(old ?? "absent") there and \(new ?? "absent") now"
        }
        func source(_ name: String, _ old: Source, _ new: Source) -> String? {
            guard old.fingerprint != new.fingerprint else { return nil }
            return old.path == new.path
                ? "the \(name) \(new.path) has changed since"
                : "the \(name) was \(old.path) there and is \(new.path) now"
        }
        func flag(_ name: String, _ old: Bool, _ new: Bool) -> String? {
            words("\(name) is", old ? "given" : nil, new ? "given" : nil)
        }
        let differences: [String?] = [
            words("the format is", String(earlier.format), String(format)), source("model", earlier.model, model),
            source("data file", earlier.data, data), words("--queries is", earlier.queries, queries),
            words("--answers is", earlier.answers, answers),
            words("--max-new-tokens is", earlier.maxNewTokens.map(String.init), maxNewTokens.map(String.init)),
            words("--dtype is", earlier.dtype, dtype), words("--device is", earlier.device, device),
            flag("--masses", earlier.masses, masses), words("the intervention is", earlier.modulation, modulation),
            flag("--no-sinks", !earlier.sinks, !sinks),
        ]
        return differences.lazy.compactMap { $0 }.first
    }
}
