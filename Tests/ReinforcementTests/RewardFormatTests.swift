import Reinforcement
import Testing

/// One thought and one answer, and nothing else.
@Suite struct RewardFormatTests {
    /// Responses of the right form.
    static let good = [
        "<think>a</think><answer>b</answer>",
        "<think>\na\n</think>\n<answer>\nb\n</answer>",
        "  \n<think>a</think>\n\n\t<answer>b</answer> \r\n",
        "<think>x < y and y > z</think><answer>x</answer>",
        "<think>a <thinking> b </thinking></think><answer>4</answer>",
        "<think>the tag < think > is no tag</think><answer>4</answer>",
        "<think>多い</think><answer>はい</answer>",
        "<think>a</think>\u{00A0}\u{2003}<answer>b</answer>",
        "<think>\\boxed{4}</think><answer>\\boxed{4}</answer>",
        "<think><Think> in capitals is no tag</think><answer>4</answer>",
        "<think>\u{301}a</think><answer>b</answer>",
        "<think>a</think><answer>.</answer>",
    ]

    @Test(arguments: good) func oneThoughtAndOneAnswerAreTheForm(response: String) {
        #expect(FormatReward.fault(in: response) == nil)
    }

    /// Responses of another form, and what is wrong with them.
    static let bad: [(String, FormatReward.Fault)] = [
        ("", .nothing),
        (" \n\t", .nothing),
        ("4", .noThought),
        ("<answer>4</answer>", .noThought),
        ("<Think>a</Think><answer>4</answer>", .noThought),
        ("<think >a</think ><answer>4</answer>", .noThought),
        ("<thinking>a</thinking><answer>4</answer>", .noThought),
        ("<think>a</think><think>b</think><answer>4</answer>", .severalThoughts),
        ("<think>a<think>b</think></think><answer>4</answer>", .severalThoughts),
        ("<think><think>a</think><answer>4</answer>", .severalThoughts),
        ("<think>a</think></think><answer>4</answer>", .severalThoughts),
        ("<think>a</think><answer>4</answer><think>b</think>", .severalThoughts),
        ("<think>write <think> first</think><answer>4</answer>", .severalThoughts),
        ("<think>a</think><answer><think></answer>", .severalThoughts),
        ("a</think><answer>4</answer>", .thoughtNotOpened),
        ("</think><answer>4</answer>", .thoughtNotOpened),
        ("<think>a", .thoughtNotClosed),
        ("<think>a<answer>4</answer>", .thoughtNotClosed),
        ("<think>a< /think><answer>4</answer>", .thoughtNotClosed),
        ("<think>a</think>", .noAnswer),
        ("<think>a</think>4", .noAnswer),
        ("<think>a</think>\\boxed{4}", .noAnswer),
        ("<think>a</think><Answer>4</Answer>", .noAnswer),
        ("<think>a</think><answer>4</answer><answer>5</answer>", .severalAnswers),
        ("<think>a</think><answer>4</answer><answer>4</answer>", .severalAnswers),
        ("<think>so <answer>4</answer></think><answer>4</answer>", .severalAnswers),
        ("<think>a</think><answer><answer>4</answer></answer>", .severalAnswers),
        ("<think>a</think><answer>4</answer></answer>", .severalAnswers),
        ("<think>a</think><answer>4</answer><answer>", .severalAnswers),
        ("<think>a</think>4</answer>", .answerNotOpened),
        ("<think>a</think><answer>4", .answerNotClosed),
        ("<think>a</think><answer>4</answer", .answerNotClosed),
        ("<think>a<answer>4</answer></think>", .nested),
        ("<answer><think>a</think>4</answer>", .nested),
        ("<think>a<answer>4</think></answer>", .nested),
        ("<answer>4<think></answer>a</think>", .nested),
        ("<answer>4</answer><think>a</think>", .wrongOrder),
        ("</think>a<think><answer>4</answer>", .wrongOrder),
        ("<think>a</think></answer>4<answer>", .wrongOrder),
        ("I think: <think>a</think><answer>4</answer>", .textOutside),
        ("<think>a</think>so<answer>4</answer>", .textOutside),
        ("<think>a</think><answer>4</answer>.", .textOutside),
        ("<think>a</think><answer>4</answer><|im_end|>", .textOutside),
        ("<think>a</think><answer>4</answer>\u{200B}", .textOutside),
        ("<think>a</think>\u{301}<answer>4</answer>", .textOutside),
        ("\u{FEFF}<think>a</think><answer>4</answer>", .textOutside),
        ("<think></think><answer>4</answer>", .emptyThought),
        ("<think> \n </think><answer>4</answer>", .emptyThought),
        ("<think></think><answer></answer>", .emptyThought),
        ("<think>a</think><answer></answer>", .emptyAnswer),
        ("<think>a</think><answer> \u{2003}\n</answer>", .emptyAnswer),
    ]

    @Test(arguments: bad) func everythingElseHasAFault(response: String, fault: FormatReward.Fault) {
        #expect(FormatReward.fault(in: response) == fault)
    }

    @Test func everyFaultIsCounted() {
        let responses = Self.good + Self.bad.map(\.0)
        let inputs = responses.enumerated().map { index, response in
            RewardInput(group: 0, sample: index, problem: "?", answer: "4", response: response, responseLength: 9)
        }
        let found = FormatReward().evaluate(RewardBatch(inputs))
        #expect(found.values == Self.good.map { _ in 1 } + Self.bad.map { _ in 0 })
        #expect(Set(Self.bad.map(\.1)) == Set(FormatReward.Fault.allCases), "every fault has a case here")
        for fault in FormatReward.Fault.allCases {
            #expect(found.counts[fault.rawValue] == Self.bad.count { $0.1 == fault }, "\(fault)")
        }
    }

    @Test func hostileResponsesTakeNoTime() {
        let tags = String(repeating: "<think>", count: 50_000)
        #expect(FormatReward.fault(in: tags) == .severalThoughts)
        #expect(FormatReward.fault(in: String(repeating: "<", count: 500_000)) == .noThought)
        #expect(FormatReward.fault(in: "<think>" + String(repeating: "a ", count: 500_000)) == .thoughtNotClosed)
    }
}
