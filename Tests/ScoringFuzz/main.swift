import Foundation
import Mathematics
import RandomNumbers
import Scoring

// Feeds both readings and the comparison of formulas with inputs of nasty pieces, cut, doubled and mixed, and says which was slowest,
// how many took more than 50 ms, and how much memory grew.
//
//     ScoringFuzz [COUNT] [SEED]

let count = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 100_000 : 100_000
let seed = CommandLine.arguments.count > 2 ? UInt64(CommandLine.arguments[2]) ?? 1 : 1

let pieces = [
    "A", "B", "D", "J", "Z", "(", ")", "[", "]", "{", "}", "<answer>", "</answer>", "<think>", "</think>", "\\boxed{",
    "}", "The answer is ",
    "Answer:", ".", ",", ";", "!", "?", "\n", " ", "  ", "\t", "**", "$", "\\", "\\frac{", "\\frac", "\\sqrt{",
    "\\sqrt[3]{", "^", "_", "^{", "/", "*", "+", "-", "−",
    "=", "<", ">", "≤", "|", "±", "∪", "%", "°", "^\\circ", "\\pi", "π", "√", "½", "0", "1", "7", "12", "999", "1,000",
    "3.14", "1e9", "1e999", ".5", "5.", "x", "y", "e", "i",
    "sin", "\\sin ", "\\log_2 ", "\\infty", "\\{", "\\}", "\\text{", "cm", " m", "km/h", "not ", "or ", "and ", "yes",
    "no", "Yes", "red boat", "a blue boat", "\u{0}", "é", "日本", "🙂", "\u{301}",
    "\u{202E}", "9^9^9", "!", "((((", "))))", "{{{{", "----", "wait, ",
    "Sorry, I can't help with images of people yet.", "Failed to obtain answer via API", "\\left(", "\\right)", "\\le",
    "'", "\"", "`", "#",
    "选", "答案是", "是", "不是", "因此", "厘米", "个", "四十二", "：", "Ｂ", "Ω", "⁵", "{\"answer\": ", "```", "Step 3: ", "so ",
    " but ", ", no, ", "half past ten", "minus ", " and a half", "≈", "That leaves ", "only ", "Given ", "There are ",
]
let choices = ["a red boat", "a blue boat", "1,000", "\\frac{1}{2}"].enumerated().map {
    Exercise.Choice(letter: ["A", "B", "C", "D"][$0.offset], text: $0.element)
}
let exercises = [
    Exercise(.mmStar, .multipleChoice, choices: choices, answer: "B"),
    Exercise(.mathVision, .freeForm, answer: "\\frac{1}{2}"),
    Exercise(.mathVista, .freeForm, answer: "3.14", answerType: .float, precision: 2),
    Exercise(.mathVista, .freeForm, answer: "7", answerType: .integer),
    Exercise(.hallusionBench, .yesNo, answer: "Yes"), Exercise(.mmmu, .freeForm, answer: "['a', '12']"),
    Exercise(.mathVerse, .freeForm, answer: "(-2,1]"),
]
let (strict, reference) = (StrictReading(), ReferenceReading())
let right = exercises.map { MathAnswer($0.answer) }

func residentMebibytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096 / 1_048_576
}

/// The processor time of this thread, in seconds.
func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

var chance = SplitMix64(seed: seed)
var slowest = (seconds: 0.0, text: "")
var slow = 0, accepted = 0, early = 0
let began = ContinuousClock.now
for index in 0..<count {
    var text = ""
    for _ in 0..<(1 + chance.below(24)) {
        let piece = chance.pick(pieces)
        let times = chance.below(40) == 0 ? 1 + chance.below(60) : 1
        for _ in 0..<times { text += piece }
    }
    let exercise = exercises[index % exercises.count]
    // The thread's own time: on a busy machine a thread that waits for its turn is not slow.
    let start = threadSeconds()
    if strict.judgement(on: text, for: exercise).isCorrect { accepted += 1 }
    _ = reference.judgement(on: text, for: exercise)
    if let answer = MathAnswer(text), let right = right[index % exercises.count] { _ = answer.isEquivalent(to: right) }
    let seconds = threadSeconds() - start
    if seconds > slowest.seconds { slowest = (seconds, text) }
    if seconds > 0.05 {
        slow += 1
        print("slow, \(seconds) s: \(text.debugDescription)")
    }
    if index == count / 10 { early = residentMebibytes() }
}
let total = began.duration(to: .now)
print(
    "\(count) inputs in \(total), slowest \(slowest.seconds) s \(slowest.text.prefix(200).debugDescription), \(slow) over 50 ms, "
        + "\(accepted) taken for right; memory \(early) MiB after a tenth, \(residentMebibytes()) MiB at the end")
