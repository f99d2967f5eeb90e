import Foundation
import Microworld
import Testing

/// Questions: right answers, scenes of one split only, options and hints as often as promised.
@Suite struct QuestionTests {
    @Test(arguments: Split.allCases) func independentSolverAgrees(_ split: Split) throws {
        let source = QuestionSource(split: split, seed: 11)
        var families: [Family: Int] = [:]
        for index in 0..<3500 {
            let question = source.question(index)
            let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(question.scene))
            let solver = Solver(scene: try #require(json as? [String: Any]))
            let solved = solver.answer(question.text)
            #expect(solved == question.answerText, "\(question)")
            #expect(question.candidates.count { $0 == question.answerText } == 1)
            #expect(Set(question.candidates).count == question.candidates.count)
            #expect(question.options.isEmpty || question.options == question.candidates)
            families[question.family, default: 0] += 1
        }
        #expect(families.count == 7 && families.values.allSatisfy { $0 == 500 })
    }

    @Test func noSceneIsInTwoSplits() {
        var splits: [Scene: Split] = [:]
        for split in Split.allCases {
            let source = QuestionSource(split: split, seed: 2)
            for index in 0..<3500 {
                let scene = source.question(index).scene
                #expect(splits[scene] ?? split == split)
                #expect(Split(of: scene) == split)
                splits[scene] = split
            }
        }
        #expect(splits.count > 10_000)
    }

    @Test func looksThatNobodyAsksForDecideNothing() {
        let item = Item(kind: .cross, color: .red, row: 0, column: 2)
        let other = Item(kind: .circle, color: .red, row: 1, column: 2)
        let scene = Scene.shapes(side: 3, lines: true, items: [item, other])
        #expect(Split(of: scene) == Split(of: .shapes(side: 3, lines: false, items: [other, item])))
        let triangle = Triangle(angles: [50, 60, 70], hidden: 1, isTurned: false, color: .red)
        let turned = Triangle(angles: [50, 60, 70], hidden: 1, isTurned: true, color: .blue)
        #expect(Split(of: .triangle(shape: triangle)) == Split(of: .triangle(shape: turned)))
    }

    @Test func sameQuestionAgain() {
        let source = QuestionSource(split: .train, seed: 9)
        let other = QuestionSource(split: .train, seed: 10)
        let questions = (0..<700).map(source.question)
        #expect(questions == (0..<700).map(source.question))
        #expect(questions != (0..<700).map(other.question))
        // Numbers that are drawn today are drawn in later versions too.
        #expect(
            QuestionSource(split: .test).question(0).prompt == "Count the yellow shapes.\nA. 4\nB. 2\nC. 3\nD. 1")
        // Other hints leave the rest as it is.
        let without = QuestionSource(split: .train, seed: 9, hints: .none)
        for (index, question) in questions.enumerated() {
            var bare = question
            bare.hint = nil
            #expect(bare == without.question(index))
        }
    }

    /// The statistic must stay below the value that chance exceeds once in a thousand times.
    @Test(arguments: [2: 10.83, 4: 16.27]) func lettersAreUniform(_ options: Int, limit: Double) {
        var counts = Array(repeating: 0, count: options)
        let source = QuestionSource(split: .train, seed: 4)
        for index in 0..<14_000 {
            let question = source.question(index)
            guard question.options.count == options, let place = question.options.firstIndex(of: question.answerText)
            else { continue }
            counts[place] += 1
        }
        let expected = Double(counts.reduce(0, +)) / Double(options)
        let statistic = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        #expect(expected > 500 && statistic < limit, "\(counts)")
    }

    @Test func presenceIsBalancedAndPlausible() {
        let source = QuestionSource(split: .validation, families: [.presence])
        var yes = 0
        for index in 0..<4000 {
            let question = source.question(index)
            guard case .present(let color, let kind) = question.query, case .shapes(_, _, let items) = question.scene
            else {
                Issue.record("\(question)")
                continue
            }
            if question.answerText == "yes" { yes += 1 }
            #expect(items.contains { $0.color == color } && items.contains { $0.kind == kind })
        }
        #expect((1880...2120).contains(yes))
    }

    @Test(arguments: Split.allCases) func hintsAreRightAsOftenAsPromised(_ split: Split) {
        for rate in [nil, 0.0, 0.8, 1.0] as [Double?] {
            let source = QuestionSource(split: split, seed: 6, hints: .all, hintRate: rate)
            var (right, expected, variance) = (0.0, 0.0, 0.0)
            for index in 0..<3500 {
                let question = source.question(index)
                guard let hint = question.hint else {
                    Issue.record("no hint")
                    continue
                }
                #expect(hint.isRight == (hint.suggestion == question.answerText))
                #expect(question.candidates.contains(hint.suggestion))
                #expect(question.prompt.hasPrefix("A friend says: \(hint.suggestion)\n"))
                let chance = 1 / Double(question.candidates.count)
                let promised = split == .hard ? min(rate ?? 1, chance / 2) : rate ?? chance
                if hint.isRight { right += 1 }
                (expected, variance) = (expected + promised, variance + promised * (1 - promised))
            }
            #expect(abs(right - expected) <= 3.5 * variance.squareRoot(), "\(right) of \(expected)")
        }
        let some = (0..<3500).count { QuestionSource(split: split, seed: 6).question($0).hint != nil }
        #expect((1640...1860).contains(some))
        #expect((0..<70).allSatisfy { QuestionSource(split: split, hints: .none).question($0).hint == nil })
    }
}
