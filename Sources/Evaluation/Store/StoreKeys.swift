/// Which question: the set it is in and its number there.
public struct QuestionKey: Sendable, Hashable, Codable {
    /// The name of the set, as `MMMU_Pro_10c`.
    public var benchmark: String
    /// The question's `index` in the set, as its file writes it.
    public var index: String

    /// A question by its set's name and its `index` there.
    public init(benchmark: String, index: String) { (self.benchmark, self.index) = (benchmark, index) }
}

/// Which answer: a question may be answered several times.
public struct AnswerKey: Sendable, Hashable, Codable {
    /// The question that is answered.
    public var question: QuestionKey
    /// Which of its answers, counted from 0.
    public var sample: Int

    /// One of the answers to a question, counted from 0.
    public init(_ question: QuestionKey, sample: Int = 0) { (self.question, self.sample) = (question, sample) }
}

/// Something that decides the answers of a run, such as the model or the temperature.
public struct RunSetting: Sendable, Hashable, Codable {
    /// What it is, in a word or two; no two settings of a run have the same name.
    public var name: String
    /// What it is set to.
    public var value: String

    /// Something that decides the answers of a run.
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }

    /// What differs between an earlier run and this one, a phrase for each thing; none if nothing does.
    /// - Parameters:
    ///   - earlier: the settings of the earlier run.
    ///   - now: the settings of this one.
    /// - Returns: the phrases, in the order of the settings.
    static func differences(from earlier: [RunSetting], to now: [RunSetting]) -> [String] {
        let old = Dictionary(earlier.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let new = Dictionary(now.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let names = now.map(\.name) + earlier.map(\.name).filter { new[$0] == nil }
        return names.filter { old[$0] != new[$0] }.map { name in
            "\(name) is \(old[name] ?? "absent") there and \(new[name] ?? "absent") now"
        }
    }
}
