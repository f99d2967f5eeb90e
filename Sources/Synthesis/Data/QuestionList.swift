import Samples

/// All questions of the settings by their keys in the store; what is kept of each is where it lies.
public struct QuestionList: Sendable {
    /// A question, or why it is none.
    struct Item: Sendable {
        /// Unique among all questions.
        let key: String
        let entry: SampleEntry
    }

    private(set) var items: [String: Item] = [:]

    /// Looks at every question once.
    /// - Parameters:
    ///   - sources: where they lie.
    ///   - body: told each key and place with the question, or with what is wrong with it.
    /// - Throws: what opening the sources throws, and what `body` throws.
    init(
        _ sources: [SynthesisSettings.Source],
        _ body: (String, String, Result<SynthesisQuestion, any Error>) throws -> Void
    ) throws {
        for source in sources {
            for entry in try source.samples.entries().prefix(source.count ?? .max) {
                let found = Result { try Self.question(entry) }
                // Names are the data's own and may come twice; places do not.
                var key = (try? found.get().id) ?? entry.place
                if items[key] != nil { key = entry.place }
                if items[key] != nil { key += " (again)" }
                guard items[key] == nil else { continue }
                items[key] = Item(key: key, entry: entry.kept)
                try body(key, entry.place, found)
            }
        }
    }

    /// A question, read again.
    /// - Parameter key: as the store has it.
    /// - Returns: the question; nil if there is none of this key.
    /// - Throws: `SampleError` if it is no longer what it was.
    public func question(_ key: String) throws -> SynthesisQuestion? {
        try items[key].map { try Self.question($0.entry) }
    }
}

extension SynthesisSettings {
    /// All questions, by their keys.
    /// - Returns: where each lies.
    /// - Throws: what opening the data throws.
    public func questions() throws -> QuestionList { try QuestionList(sources) { _, _, _ in } }
}

extension QuestionList {
    private static func question(_ entry: SampleEntry) throws -> SynthesisQuestion {
        let sample = try entry.sample()
        return try entry.naming { try SynthesisQuestion(sample, place: entry.place) }
    }
}
