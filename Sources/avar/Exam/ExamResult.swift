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
    let isRight: Bool
    /// Whether the text could be read as an answer.
    let isReadable: Bool
    /// Where the question's tokens looked; nil where not observed.
    var attention: SampleResult?

    private enum CodingKeys: String, CodingKey {
        case line, condition, id, family, text, attention
        case isRight = "right"
        case isReadable = "readable"
    }

    var key: Key { Key(line: line, condition: condition) }
    var kept: ExamResult { self }
}

/// What decides the answers of an exam; conditions and questions may be added later.
struct ExamSettings: RunSettings {
    /// Of the files in the folder.
    var format = 1
    let model: MeasurementSettings.Source
    let data: MeasurementSettings.Source
    let style: ExamStyle
    let maxNewTokens: Int
    /// How many questions the shuffled pictures depend on.
    let shuffledAmong: Int?
    let dtype: String
    let device: String

    func difference(from earlier: ExamSettings) -> String? {
        func words(_ name: String, _ old: String?, _ new: String?) -> String? {
            old == new ? nil : "\(name) was \(old ?? "absent") there and is \(new ?? "absent") now"
        }
        let differences: [String?] = [
            words("the format", "\(earlier.format)", "\(format)"), model.difference(from: earlier.model, "model"),
            data.difference(from: earlier.data, "data set"),
            words("--style", earlier.style.rawValue, style.rawValue),
            words("--max-new-tokens", "\(earlier.maxNewTokens)", "\(maxNewTokens)"),
            words("--count", earlier.shuffledAmong.map(String.init), shuffledAmong.map(String.init)),
            words("--dtype", earlier.dtype, dtype), words("--device", earlier.device, device),
        ]
        return differences.lazy.compactMap { $0 }.first
    }
}
