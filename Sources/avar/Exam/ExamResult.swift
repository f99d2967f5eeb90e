import VisualAttention

/// What came of one question under one condition.
struct ExamResult: StoredResult {
    /// A question and how it was put.
    struct Key: Hashable {
        let line: Int
        let condition: ExamCondition
    }

    let line: Int
    let condition: ExamCondition
    let id: String?
    let family: String?
    let text: String
    /// How long the question was, picture and all.
    let promptTokens: Int
    let isRight: Bool
    /// Whether the text could be read as an answer; nil where any text is one.
    let isReadable: Bool?
    /// Where the question's tokens looked; nil where not observed.
    var attention: SampleResult?

    private enum CodingKeys: String, CodingKey {
        case line, condition, id, family, text, attention
        case promptTokens = "prompt_tokens"
        case isRight = "right"
        case isReadable = "readable"
    }

    var key: Key { Key(line: line, condition: condition) }
    var kept: ExamResult { self }
}

/// What decides the answers of an exam; conditions and questions may be added later.
struct ExamSettings: RunSettings {
    /// Of the files in the folder.
    var format = 2
    let model: MeasurementSettings.Source
    let data: MeasurementSettings.Source
    let style: ExamStyle
    let maxNewTokens: Int
    /// How many questions the shuffled pictures depend on; nil if on none, or if none were shuffled yet.
    var shuffledAmong: Int?
    let dtype: String
    let device: String
    /// True for the results of `avar demo`, nil for others.
    var isOfDemo: Bool?

    func joined(to earlier: ExamSettings) -> ExamSettings {
        var joined = earlier
        joined.shuffledAmong = earlier.shuffledAmong ?? shuffledAmong
        return joined
    }

    func difference(from earlier: ExamSettings) -> String? {
        let words = Self.words
        let among = shuffledAmong ?? earlier.shuffledAmong
        let differences: [String?] = [
            words("the format was", "\(earlier.format)", "\(format)"),
            words("the command was", earlier.command, command),
            model.difference(from: earlier.model, "model"),
            data.difference(from: earlier.data, "data set"),
            words("--style was", earlier.style.rawValue, style.rawValue),
            words("--max-new-tokens was", "\(earlier.maxNewTokens)", "\(maxNewTokens)"),
            words(
                "how many samples exchange their pictures was", (earlier.shuffledAmong ?? among).map(String.init),
                among.map(String.init)),
            words("--dtype was", earlier.dtype, dtype), words("--device was", earlier.device, device),
        ]
        return differences.lazy.compactMap { $0 }.first
    }
}
