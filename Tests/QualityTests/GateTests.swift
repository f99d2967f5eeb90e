import Foundation
import Quality
import Scoring
import Testing

/// Each gate on samples that are spoilt in one way.
@Suite struct GateTests {
    /// Which gates reject a sample, with the defaults.
    private func rejecting(_ sample: SynthesizedSample) throws -> [GateKind] {
        var gates = try QualityGates()
        return gates.evaluate(sample).verdicts.filter { !$0.passed }.map(\.gate)
    }

    @Test func aGoodSamplePasses() throws {
        var gates = try QualityGates()
        let decision = gates.evaluate(Sample.good())
        #expect(decision.isAccepted, "\(decision.rejection?.reason ?? "")")
        #expect(decision.verdicts.map(\.gate) == gates.kinds && gates.kinds.count == 9)
    }

    @Test func theAnswerIsComparedByItsMeaning() throws {
        #expect(try rejecting(Sample.good(answer: "\\boxed{4.0}")) == [])
        #expect(try rejecting(Sample.good(answer: "5")) == [.answer])
        let verdict = AnswerGate().verdict(on: Sample.good(answer: "5"))
        #expect(verdict.reason == "The answer is “5”, the known one “4”." && verdict.evidence == "5")
        var options = Sample.good(answer: "(B)")
        options.exercise = Exercise(
            .microworld, .multipleChoice,
            choices: [.init(letter: "A", text: "3"), .init(letter: "B", text: "4")], answer: "B")
        #expect(AnswerGate().verdict(on: options).passed)
        options.text = "<think>a</think><answer>4</answer>"
        #expect(AnswerGate().verdict(on: options).passed, "an option may be named by its words")
        options.text = "<think>a</think><answer>A</answer>"
        #expect(!AnswerGate().verdict(on: options).passed)
    }

    @Test func aLeakIsShown() throws {
        let sample = Sample.good(thought: Sample.thought + " According to the description, the axis ends at 10.")
        #expect(try rejecting(sample) == [.leak])
        #expect(LeakGate().verdict(on: sample).evidence?.contains("According to the description") == true)
        var asked = sample
        asked.exercise.question = "Which description of the chart is right?"
        #expect(LeakGate().verdict(on: asked).passed, "the question itself speaks of descriptions")
        asked.exercise.question = "Which text is right?"
        #expect(!LeakGate().verdict(on: asked).passed)
    }

    @Test func anchorsNameWhatIsInThePicture() throws {
        var sample = Sample.good()
        sample.description = "A circle."
        sample.exercise.question = "What is it?"
        let verdict = AnchorGate().verdict(on: sample)
        #expect(!verdict.passed && verdict.reason?.contains("at nothing") == true)
        let anchors = AnchorGate.anchors(in: Sample.thought, describedBy: [Sample.description])
        #expect(anchors.map(\.thing) == ["bar", "bar", "axis"])
        var settings = AnchorGate.Settings()
        settings.minimum = 4
        #expect(!AnchorGate(settings).verdict(on: Sample.good()).passed)
    }

    @Test func reflectionStandsInTheThought() throws {
        let plain = Sample.thought.components(separatedBy: "Let me check")[0]
        #expect(try rejecting(Sample.good(thought: plain)) == [.reflection])
        #expect(try rejecting(Sample.good(thought: plain + " Let me check.")) == [.reflection])
        var outside = Sample.good(thought: plain)
        outside.text += " Wait, the blue bar ends at 3 and not at 2."
        #expect(try rejecting(outside) == [.format, .reflection])
    }

    @Test func theFormIsThatOfTheReward() throws {
        var sample = Sample.good()
        for (text, fault) in [
            ("", "nothing"), ("4", "no_thought"), ("<think>", "thought_not_closed"), ("</answer>", "no_thought"),
            (sample.text + sample.text, "several_thoughts"), (sample.text + "!", "text_outside"),
        ] {
            sample.text = text
            #expect(FormatGate().verdict(on: sample).evidence == fault)
        }
    }

    @Test(arguments: [
        ("Der Balken links ist rot und er endet bei fünf, und der grüne Balken ist höher als der blaue.", "German"),
        ("La barre verte est plus haute que la barre bleue et la différence est de quatre dans ce cas.", "French"),
        ("La barra verde es más alta que la barra azul y la diferencia entre las dos es de cuatro.", "Spanish"),
        ("绿色的柱子比蓝色的柱子高四个单位，所以答案是四。让我再检查一下图片。", "English"),
        ("Зелёный столбец выше синего на четыре, и поэтому ответ четыре.", "English"),
    ]) func anotherLanguageIsFound(words: String, named: String) throws {
        let verdict = LanguageGate().verdict(on: Sample.good(thought: words))
        #expect(!verdict.passed && verdict.reason?.contains(named) == true, "\(verdict.reason ?? "passed")")
        let mixed = LanguageGate().verdict(
            on: Sample.good(thought: Sample.thought + "\n" + words + " " + words + " " + words))
        #expect(!mixed.passed, "a part in another language is found behind an English one")
    }

    @Test func formulasAreNoLanguage() throws {
        let formulas = [
            "$\\triangle ABC \\sim \\triangle DEF$, AB = 5, BC = x, so x = 3 \\sqrt{2}.",
            "\\[ \\int_0^\\pi \\sin\\theta\\, d\\theta = 2 \\] α + β = 180°, ∠A = 40°, θ ≈ 0.7",
            "x_1 = 3, x_2 = 4; 3x + 4y = 12 => y = 3 - 0.75x; cos(60°) = 1/2; AB ∥ CD; DE ⊥ EF",
            String(repeating: "∠α = ∠β, AB/DE = BC/EF, ", count: 30),
        ]
        for formula in formulas {
            #expect(LanguageGate().verdict(on: Sample.good(thought: formula)).passed, "\(formula)")
            #expect(LanguageGate().verdict(on: Sample.good(thought: Sample.thought + formula)).passed, "\(formula)")
        }
    }

    @Test func otherLanguagesCanBeWanted() throws {
        var settings = LanguageGate.Settings()
        settings.language = .chinese
        let chinese = Sample.good(thought: "绿色的柱子比蓝色的柱子高四个单位，所以答案是四。")
        #expect(LanguageGate(settings).verdict(on: chinese).passed)
        #expect(!LanguageGate(settings).verdict(on: Sample.good()).passed)
        settings.language = .japanese
        #expect(!LanguageGate(settings).verdict(on: chinese).passed, "no kana")
        #expect(LanguageGate(settings).verdict(on: Sample.good(thought: "緑の棒は青い棒より四つ高いです。")).passed)
        settings.language = .german
        let german = "Der Balken links ist rot und er endet bei fünf, und der grüne Balken ist höher als der blaue."
        #expect(LanguageGate(settings).verdict(on: Sample.good(thought: german)).passed)
    }

    @Test func lengthIsThatOfTheThought() throws {
        #expect(try rejecting(Sample.good(thought: "Let me check the green bar: 7 - 3 = 4.")).contains(.length))
        var settings = LengthGate.Settings()
        (settings.minWords, settings.maxWords, settings.maxTokens) = (nil, nil, nil)
        #expect(LengthGate(settings).verdict(on: Sample.good(thought: "a")).passed)
        settings.maxCharacters = 3
        #expect(LengthGate(settings).verdict(on: Sample.good(thought: "abc")).passed)
        #expect(LengthGate(settings).verdict(on: Sample.good(thought: "abcd")).evidence == "4 characters")
        (settings.maxCharacters, settings.maxTokens) = (nil, 6)
        #expect(LengthGate(settings).verdict(on: Sample.good(thought: "The bar is at 12.")).evidence == "7 tokens")
    }

    @Test func loopsAreFound() throws {
        let good = Sample.thought
        for (loop, words) in [
            (String(repeating: "ha ", count: 60), "words in a row"),
            (String(repeating: "the bar is red and ", count: 12), "words in a row"),
            (String(repeating: "The green bar is four above it.\nNow to the next bar \(7).\n", count: 4), "same"),
            (String(repeating: "=", count: 100), "character"),
            ("\(good)\n\(good)", "repeat"),
        ] {
            let verdict = RepetitionGate().verdict(on: Sample.good(thought: good + loop))
            #expect(!verdict.passed && verdict.reason?.contains(words) == true, "\(verdict.reason ?? "passed")")
        }
        var same = good
        for number in 0..<4 {
            same += " The red bar is low. That makes \(number) of them so far, says number \(number * 7)."
        }
        #expect(RepetitionGate().verdict(on: Sample.good(thought: same)).reason?.contains("same sentence") == true)
        #expect(RepetitionGate().verdict(on: Sample.good(thought: good + " 1 2 3 4 5 6 7 8 9 10 11 12")).passed)
    }
}
