import Foundation
import Microworld
import Samples
import Scoring

/// The text of a question in some style, and where its pictures stand (VLMEvalKit's rules, commit e8e78f05).
struct PromptRules {
    let question: BenchmarkQuestion
    let style: PromptStyle

    func prompt() throws -> BenchmarkPrompt {
        let text = try text()
        // Qwen2-VL's own prompts show all pictures first and leave the marks as they are.
        let isCut = [.mmmu, .mmmuPro].contains(question.set) && !(style == .custom && question.set == .mmmu)
        if isCut, let content = try PictureMarks.cut(text, pictures: question.pictures) {
            return BenchmarkPrompt(content)
        }
        return BenchmarkPrompt(question.pictures.map { .picture($0) } + [.text(text)])
    }

    private func text() throws -> String {
        switch style {
        case .kit: return kit()
        case .kitChainOfThought: return try chainOfThought()
        case .custom: return custom()
        case .reasoning:
            let instruction =
                question.set == .microworld ? ReasoningPrompt.instruction : PromptStyle.reasoningInstruction
            return Self.trimmed(bare()) + "\n" + instruction
        }
    }

    // MARK: Every set's own prompt

    private static let selection = "Please select the correct answer from the options above."
    private static let letterOnly = "Answer directly with the option letter from the given choices. "
    private static let inPicture = "Answer the following multiple-choice question in the image. "
    private static let lastLine =
        "The last line of your response should be of the following format: 'Answer: $LETTER' (without quotes) "
        + "where LETTER is one of the options. Think step by step before answering. "

    private func kit() -> String {
        switch question.set {
        case .mathVista, .mathVision, .mathVerse, .hallusionBench: question.question
        case .mmStar, .mmmu: lettered(hint: true) + (question.options.isEmpty ? "" : Self.selection + " \n")
        case .mmmuPro: lettered(hint: false) + (question.options.isEmpty ? "" : Self.letterOnly)
        case .mmmuProVision: Self.inPicture + Self.letterOnly
        case .microworld: microworld()
        }
    }

    private func chainOfThought() throws -> String {
        switch question.set {
        case .mathVerse:
            guard let text = question.questionForReasoning else {
                throw BenchmarkError.content("Column 'query_cot' is missing here, which the style 'kit-cot' needs")
            }
            return text
        case .mmmuPro:
            let request = "Answer the following multiple-choice question. " + Self.lastLine
            return lettered(hint: false) + (question.options.isEmpty ? "" : request)
        case .mmmuProVision: return Self.inPicture + Self.lastLine
        default: return kit()
        }
    }

    // MARK: Qwen2-VL's own prompts

    private func custom() -> String {
        switch question.set {
        case .mathVista, .mathVision, .mathVerse:
            question.question + "\nPlease try to answer the question with short words or phrases if possible."
        case .hallusionBench: question.question + " Please answer yes or no."
        case .mmmu: Self.trimmed(kit())
        case .mmStar:
            if question.options.isEmpty {
                Self.trimmed(lettered(hint: true))
            } else {
                lettered(hint: true) + (hasChinese(lettered(hint: true)) ? "请直接回答选项字母。" : Self.selection)
            }
        case .mmmuPro, .mmmuProVision, .microworld: kit()
        }
    }

    private func hasChinese(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
    }

    // MARK: Parts

    /// Hint, question and options with their letters, a line each, ending in a line break.
    private func lettered(hint: Bool) -> String {
        var text = ""
        if hint, let hint = question.hint { text += "Hint: \(hint)\n" }
        text += "Question: \(question.question)\n"
        guard !question.options.isEmpty else { return text }
        text += "Options:\n"
        for option in question.options { text += "\(option.letter). \(option.text)\n" }
        return text
    }

    /// As models of the microworld are trained: the hint, the question and the options, a line each.
    private func microworld() -> String {
        let lines = question.options.map { "\($0.letter). \($0.text)" }
        return ([question.hint, question.question].compactMap { $0 } + lines).joined(separator: "\n")
    }

    /// What is asked, without words that say in which form to answer.
    private func bare() -> String {
        switch question.set {
        case .mathVista, .mathVision, .hallusionBench: question.question
        // The other question asks for the answer and nothing else.
        case .mathVerse: question.questionForReasoning ?? question.question
        case .mmStar, .mmmu, .mmmuPro: lettered(hint: true) + (question.options.isEmpty ? "" : Self.selection)
        case .mmmuProVision: Self.inPicture
        case .microworld: microworld()
        }
    }

    /// Without white space at its end.
    private static func trimmed(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }
}

/// The marks `<image 1>` of MMMU, which say where in a text a picture stands.
enum PictureMarks {
    private static let opening = "<image "

    /// A text cut at its marks, in whose places the pictures are put; a picture may be named several times or never.
    /// - Returns: nil if there are no marks.
    /// - Throws: ``BenchmarkError/content(_:)`` if a mark names a picture that is not there.
    static func cut(_ text: String, pictures: [PictureReference]) throws -> [Sample.Content]? {
        var (content, plain, rest) = ([Sample.Content](), "", text[...])
        var hasMark = false
        while let start = rest.range(of: opening) {
            let behind = rest[start.upperBound...]
            // A mark is one digit; anything else is text.
            guard let digit = behind.first?.wholeNumberValue, behind.first?.isASCII == true,
                behind.dropFirst().first == ">"
            else {
                plain += rest[..<start.upperBound]
                rest = behind
                continue
            }
            guard pictures.indices.contains(digit - 1) else {
                throw BenchmarkError.content(
                    "The text names <image \(digit)>, and there are \(pictures.count) pictures")
            }
            plain += rest[..<start.lowerBound]
            if !plain.isEmpty { content.append(.text(plain)) }
            content.append(.picture(pictures[digit - 1]))
            (plain, hasMark) = ("", true)
            rest = behind.dropFirst(2)
        }
        plain += rest
        if !plain.isEmpty { content.append(.text(plain)) }
        return hasMark ? content : nil
    }
}
