import Synthesis
import Testing

@Suite struct ReplyFormTests {
    @Test(arguments: [
        "<think>a</think><answer>B</answer>", "\n<think>\nä < b\n</think>\n\n<answer> 7 </answer>\n",
        "<think>a <thinking> </answers> b</think><answer>x</answer>",
    ])
    func whatHasTheFormPasses(_ text: String) { #expect(ReplyForm.formProblem(text) == nil) }

    @Test(arguments: [
        ("<think>a</think>", "no <answer>"), ("a<think>a</think><answer>B</answer>", "nothing else"),
        ("<think>a</think>b<answer>B</answer>", "nothing else"),
        ("<think>a</think><answer>B</answer>.", "nothing else"),
        ("<answer>B</answer><think>a</think>", "nothing else"), ("<think>a<answer>B</answer></think>", "nothing else"),
        ("<think>a</think><think>b</think><answer>B</answer>", "2 <think>"),
        ("<think> \n</think><answer>B</answer>", "an empty thought"),
        ("<think>a</think><answer> </answer>", "an empty answer"),
        ("", "no <think>"),
    ])
    func whatHasNotIsNamed(_ text: String, _ words: String) {
        #expect(ReplyForm.formProblem(text)?.contains(words) == true, "\(ReplyForm.formProblem(text) ?? "nothing")")
    }
}
