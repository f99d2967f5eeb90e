import Samples
import Scoring

extension BenchmarkQuestion {
    /// The columns by which VLMEvalKit's table of the set holds the question, pictures left out: what prediction tables repeat.
    ///
    /// Of a table in VLMEvalKit's form they are the file's own. For other files they are made by its names.
    public var tableColumns: [StoredQuestion.Column] {
        guard fileColumns.isEmpty else { return fileColumns }
        var columns: [StoredQuestion.Column] = [.init("index", index), .init("question", question)]
        if let hint { columns.append(.init("hint", hint)) }
        let listed = [.mathVista, .mathVision].contains(set)
        if listed {
            columns.append(.init("choices", PythonLiteral.words(exercise.choices.map(\.text))))
        } else {
            columns += options.map { .init($0.letter, $0.text) }
        }
        columns += answerColumns
        if let questionForReasoning { columns.append(.init("query_cot", questionForReasoning)) }
        let present = Set(columns.map(\.name))
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) where !present.contains(name) {
            columns.append(.init(name, name == "skills" ? PythonLiteral.words(skills) : value))
        }
        return columns
    }

    /// MathVista holds the text of the right answer and beside it the option's letter.
    private var answerColumns: [StoredQuestion.Column] {
        guard set == .mathVista else { return [.init("answer", exercise.answer)] }
        let isChoice = exercise.kind == .multipleChoice
        let text = isChoice ? exercise.choices.first { $0.letter == exercise.answer }?.text : exercise.answer
        return [
            .init("answer", text), .init("answer_option", isChoice ? exercise.answer : nil),
            .init("question_type", isChoice ? "multi_choice" : "free_form"),
            .init("answer_type", exercise.answerType?.rawValue),
        ]
    }

    /// The columns of a row in VLMEvalKit's form, pictures left out.
    static func columns(of row: BenchmarkRow, in table: any BenchmarkTable) -> [StoredQuestion.Column] {
        // Lines of JSON may have columns that the first has not.
        let others = Set(row.fields.keys).subtracting(table.columns).sorted()
        return (table.columns + others).filter { $0 != "image" }.map { name in
            .init(name, row.fields[name].flatMap { PythonLiteral.words($0) })
        }
    }
}

extension PythonLiteral {
    /// A list of texts as Python writes it.
    static func words(_ texts: [String]) -> String { "[" + texts.map(quoted).joined(separator: ", ") + "]" }

    /// A value as a cell of a table: texts and numbers as they are, lists and structures as Python writes them; nil for nothing.
    static func words(_ value: FieldValue) -> String? { value.plainText ?? nested(value) }

    private static func nested(_ value: FieldValue) -> String? {
        switch value {
        case .null, .bytes: return nil
        case .text(let text): return quoted(text)
        case .number, .flag: return value.plainText
        case .list(let items): return "[" + items.map { nested($0) ?? "None" }.joined(separator: ", ") + "]"
        case .object(let members):
            let pairs = members.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \(nested($0.value) ?? "None")" }
            return "{" + pairs.joined(separator: ", ") + "}"
        }
    }

    /// A text as Python's `repr` writes it, but for characters that cannot be printed.
    private static func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var result = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case quote: result += "\\" + String(quote)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + String(quote)
    }
}
