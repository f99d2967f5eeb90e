/// The form that responses have: one thought and one answer, `<think>...</think><answer>...</answer>`.
///
/// There is nothing but white space before, between and behind them, neither is empty, and neither tag comes a second
/// time, not even within a block.
public enum ResponseForm {
    /// Why a response has another form; the first of them in this order is what is counted.
    public enum Fault: String, Sendable, CaseIterable {
        /// It says nothing.
        case nothing
        /// It has no thought.
        case noThought = "no_thought"
        /// It has a tag of thoughts more than once.
        case severalThoughts = "several_thoughts"
        /// A thought is closed that was not opened.
        case thoughtNotOpened = "thought_not_opened"
        /// A thought is not closed.
        case thoughtNotClosed = "thought_not_closed"
        /// It has no answer.
        case noAnswer = "no_answer"
        /// It has a tag of answers more than once.
        case severalAnswers = "several_answers"
        /// An answer is closed that was not opened.
        case answerNotOpened = "answer_not_opened"
        /// An answer is not closed.
        case answerNotClosed = "answer_not_closed"
        /// One block begins within the other.
        case nested
        /// The answer stands before the thought, or a block is closed before it is opened.
        case wrongOrder = "wrong_order"
        /// There is something before, between or behind the blocks.
        case textOutside = "text_outside"
        /// The thought is empty.
        case emptyThought = "empty_thought"
        /// The answer is empty.
        case emptyAnswer = "empty_answer"
    }

    /// What is wrong with the form of a response.
    /// - Parameter response: the text, tags kept.
    /// - Returns: the first fault; nil if there is none.
    public static func fault(in response: String) -> Fault? {
        let bytes = Array(response.utf8)
        guard !isBlank(bytes[...]) else { return .nothing }
        let (thoughts, thoughtEnds) = (places(of: "<think>", in: bytes), places(of: "</think>", in: bytes))
        let (answers, answerEnds) = (places(of: "<answer>", in: bytes), places(of: "</answer>", in: bytes))
        if thoughts.isEmpty, thoughtEnds.isEmpty { return .noThought }
        if max(thoughts.count, thoughtEnds.count) > 1 { return .severalThoughts }
        guard let thought = thoughts.first else { return .thoughtNotOpened }
        guard let thoughtEnd = thoughtEnds.first else { return .thoughtNotClosed }
        if answers.isEmpty, answerEnds.isEmpty { return .noAnswer }
        if max(answers.count, answerEnds.count) > 1 { return .severalAnswers }
        guard let answer = answers.first else { return .answerNotOpened }
        guard let answerEnd = answerEnds.first else { return .answerNotClosed }

        let isOrdered = thought.lowerBound < thoughtEnd.lowerBound && answer.lowerBound < answerEnd.lowerBound
        guard isOrdered else { return .wrongOrder }
        if thought.lowerBound < answerEnd.lowerBound, answer.lowerBound < thoughtEnd.lowerBound { return .nested }
        guard thoughtEnd.lowerBound < answer.lowerBound else { return .wrongOrder }
        let outside = [
            bytes[..<thought.lowerBound], bytes[thoughtEnd.upperBound..<answer.lowerBound],
            bytes[answerEnd.upperBound...],
        ]
        guard outside.allSatisfy(isBlank) else { return .textOutside }
        if isBlank(bytes[thought.upperBound..<thoughtEnd.lowerBound]) { return .emptyThought }
        return isBlank(bytes[answer.upperBound..<answerEnd.lowerBound]) ? .emptyAnswer : nil
    }

    /// Where a tag stands.
    ///
    /// Bytes are compared: a combining mark behind `>` would hide the tag from a comparison of characters.
    private static func places(of tag: String, in bytes: [UInt8]) -> [Range<Int>] {
        let tag = Array(tag.utf8)
        var places: [Range<Int>] = []
        var start = 0
        while let found = bytes[start...].firstIndex(of: tag[0]) {
            if bytes[found...].starts(with: tag) { places.append(found..<found + tag.count) }
            start = found + 1
        }
        return places
    }

    private static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }
}
