import ChatEndpoints
import Evaluation
import Foundation
import Scoring
import Testing

/// What is made of a run: headlines, rows, samples, failures, comparisons.
@Suite struct ResultTests {
    private func question(
        _ set: BenchmarkSet, _ index: String, picture: String, answer: String = "A", columns: [String: String] = [:],
        prompt: String = "?"
    ) -> StoredQuestion {
        StoredQuestion(
            key: QuestionKey(benchmark: set.rawValue, index: index), prompt: prompt, pictures: [picture],
            exercise: set == .hallusionBench
                ? Exercise(.hallusionBench, .yesNo, answer: answer)
                : Exercise(
                    set.benchmark, .multipleChoice,
                    choices: [.init(letter: "A", text: "a boat"), .init(letter: "B", text: "a tent")], answer: answer),
            columns: columns.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
    }

    private func answer(
        _ set: BenchmarkSet, _ index: String, _ text: String, sample: Int = 0, vas: Double? = nil,
        finish: ChatEndpoints.FinishReason = .stop
    ) -> StoredAnswer {
        StoredAnswer(
            AnswerKey(QuestionKey(benchmark: set.rawValue, index: index), sample: sample),
            .answered(
                AnswerReply(text: text, finish: finish, attention: vas.map { AttentionScores(paper: 9, pooled: $0) })),
            seconds: 1)
    }

    @Test func theHeadlineOfMMMUIsOfItsValidationQuestions() async throws {
        try await withStoreFolder { folder in
            let store = try EvaluationStore(folder, settings: Made.settings)
            try store.add([
                question(.mmmu, "1", picture: "p", columns: ["split": "validation", "category": "Art"]),
                question(.mmmu, "2", picture: "q", columns: ["split": "validation", "category": "Math"]),
                question(.mmmu, "3", picture: "r", columns: ["split": "dev", "category": "Math"]),
            ])
            try store.add([
                answer(.mmmu, "1", "A", vas: 2), answer(.mmmu, "2", "B", vas: 4), answer(.mmmu, "3", "B", vas: 30),
            ])
            #expect(try store.score() == 3)
            let result = try SetResult(AnsweredSet(store, .mmmu))
            let strict = try #require(result.reading("strict"))
            #expect(strict.scores.headline.name == "validation" && strict.scores.headline.percent == 50)
            #expect(strict.accuracy.share.right == 1 && strict.accuracy.share.count == 2)
            let math = try #require(
                strict.scores.rows.first { $0.group == .category && $0.name == "Math" && $0.part == "validation" })
            #expect(math.right == 0 && math.count == 1 && math.vas == 4)
            #expect(result.questions == 3 && result.attention?.means.pooled == 12 && result.attention?.answers == 3)
            #expect(result.attention?.outcome.all.meanRight == 2 && result.attention?.outcome.all.meanWrong == 17)
        }
    }

    @Test func severalSamplesAreMeansOverRoundsAlsoWhereQuestionsBelongTogether() async throws {
        try await withStoreFolder { folder in
            let store = try EvaluationStore(folder, settings: Made.settings)
            let columns = ["category": "VD", "l2-category": "map"]
            try store.add([
                question(.hallusionBench, "h_a_b_1_1_1", picture: "p", answer: "Yes", columns: columns),
                question(.hallusionBench, "h_a_b_1_1_2", picture: "p", answer: "No", columns: columns),
            ])
            // First round: both right. Second: one of two, so no figure is right.
            try store.add([
                answer(.hallusionBench, "h_a_b_1_1_1", "Yes"), answer(.hallusionBench, "h_a_b_1_1_2", "No"),
                answer(.hallusionBench, "h_a_b_1_1_1", "Yes", sample: 1),
                answer(.hallusionBench, "h_a_b_1_1_2", "Yes", sample: 1, finish: .length),
            ])
            try store.score()
            let result = try SetResult(AnsweredSet(store, .hallusionBench))
            let scores = try #require(result.reading("strict")).scores
            #expect(scores.count == 4 && scores.cut == 1)
            let overall = scores.rows.filter { $0.group == .overall }
            #expect(overall.map(\.measure) == [.aAcc, .fAcc, .qAcc])
            #expect(overall.map(\.percent) == [75, 50, 75])
            #expect(abs((scores.headline.percent ?? 0) - 200.0 / 3) < 1e-9)
            let repeated = try #require(result.reading("strict")?.repeated)
            #expect(repeated.passes.map(\.k) == [1, 2] && repeated.passes[1].probability == 1)
        }
    }

    @Test func whatFailedCountsAsWrongAndReadingsThatDifferAreListed() async throws {
        try await withStoreFolder { folder in
            let store = try EvaluationStore(folder, settings: Made.settings)
            try store.add((1...3).map { question(.mmStar, String($0), picture: "p\($0)", answer: "A") })
            try store.add([
                answer(.mmStar, "1", "A"),
                // Prose that begins with an article: the reference takes it for the option A.
                answer(.mmStar, "2", "A blue sky."),
            ])
            try store.add(
                StoredAnswer(
                    AnswerKey(QuestionKey(benchmark: "mmstar", index: "3")), .failed("nobody there"), seconds: 0))
            try store.score()
            let result = try SetResult(AnsweredSet(store, .mmStar))
            #expect(result.failed == 1 && result.questions == 3)
            #expect(result.reading("strict")?.scores.headline.percent.map { Int($0.rounded()) } == 33)
            #expect(result.reading("reference")?.scores.headline.percent.map { Int($0.rounded()) } == 67)
            #expect(result.differences.map(\.index) == ["2"])
            #expect(result.differences[0].reference == Judgement(extracted: "A", isCorrect: true))
            #expect(result.reading("strict")?.scores.unread == 2)
        }
    }

    @Test func runsAreComparedQuestionByQuestion() async throws {
        try await withStoreFolder { folder in
            func run(_ name: String, _ answers: [String], picture: String = "p", prompt: String = "?") throws
                -> EvaluationStore
            {
                let store = try EvaluationStore(folder.appendingPathComponent(name), settings: Made.settings)
                for (index, text) in answers.enumerated() {
                    try store.add([
                        question(.mmStar, String(index), picture: picture + String(index / 2), prompt: prompt)
                    ])
                    try store.add(answer(.mmStar, String(index), text))
                }
                try store.score()
                return store
            }
            let first = try run("a", ["A", "A", "B", "B", "B", "A", "A"])
            let second = try run("b", ["A", "B", "A", "A", "A", "A"], prompt: "Think: ?")
            let comparison = try RunComparison(first, second)
            let part = try #require(comparison.parts.first)
            #expect(comparison.parts.count == 1 && comparison.onlyFirst == 1 && comparison.onlySecond == 0)
            #expect(comparison.otherPrompts == 6)
            #expect(part.difference.count == 6 && part.difference.clusters == 3)
            #expect(part.mcNemar.onlyFirst == 1 && part.mcNemar.onlySecond == 3)
            #expect(abs(part.mcNemar.exact - 0.625) < 1e-12)
            #expect(abs(part.difference.difference - 2.0 / 6) < 1e-12)
            #expect(part.changes.map(\.key.index) == ["1", "2", "3", "4"])
            #expect(part.changes[0].firstExtracted == "A" && part.changes[0].secondExtracted == "B")
            #expect(part.headlines?.first == 50 && abs((part.headlines?.second ?? 0) - 500.0 / 6) < 1e-9)
            // Other pictures under the same names are no comparison.
            let third = try run("c", ["A"], picture: "other")
            #expect(throws: RunComparisonError.otherQuestion(QuestionKey(benchmark: "mmstar", index: "0"))) {
                try RunComparison(first, third)
            }
            #expect(throws: RunComparisonError.noReading("judge")) {
                try RunComparison(first, second, reading: "judge")
            }
            let empty = try run("d", [])
            #expect(throws: RunComparisonError.nothingInCommon) { try RunComparison(first, empty) }
        }
    }

    @Test func publishedMeansAreThoseOfTheirRowsButForOne() {
        #expect(PublishedScores.rows.count == 15)
        for row in PublishedScores.rows {
            let values = PublishedScores.sets.compactMap { row.percents[$0] }
            guard values.count == 7, let mean = row.mean else {
                #expect(row.mean == nil && values.count < 7, "\(row.model)")
                continue
            }
            let isAsPrinted = abs(values.reduce(0, +) / 7 - mean) < 0.06
            #expect(isAsPrinted != (row.model == "ThinkLite-VL"), "\(row.model)")
        }
    }
}

/// Files are gone through once and their questions noted, whatever their size.
@Suite struct CatalogueTests {
    private func catalogue(
        _ files: [URL], in folder: URL, style: PromptStyle = .kit, limit: Int? = nil, split: String? = nil,
        skipsBad: Bool = false
    ) throws -> (QuestionCatalogue, EvaluationStore) {
        let store = try EvaluationStore(folder.appendingPathComponent("run"), settings: Made.settings)
        let catalogue = try QuestionCatalogue(
            files.map { try BenchmarkFile($0) }, style: style, selection: .init(limit: limit, split: split),
            store: store,
            skipsBad: skipsBad)
        return (catalogue, store)
    }

    private func fixture(_ path: String) -> URL { Fixture.folder.appendingPathComponent(path) }

    @Test func questionsOfASplitAndALimit() async throws {
        try await withStoreFolder { folder in
            let file = fixture("tsv/MMMU_DEV_VAL.tsv")
            let (all, store) = try catalogue([file], in: folder)
            #expect(try store.pending(of: "mmmu").map(\.question) == all.keys)
            let stored = try #require(try store.question(all.keys[0]))
            #expect(stored.columns.first?.name == "index" && !stored.columns.contains { $0.name == "image" })
            #expect(stored.pictures.allSatisfy { $0.count == 64 })
            try store.close()
            let (validation, again) = try catalogue([file], in: folder, split: "validation")
            let left = try #require(validation.remainders.values.first)
            #expect(validation.keys.count + left.ofOtherSplits == all.keys.count && left.ofOtherSplits > 0)
            try again.close()
            let (first, _) = try catalogue([file], in: folder, limit: 2)
            #expect(first.keys == Array(all.keys.prefix(2)))
        }
    }

    @Test func theSameIndexTwiceIsNamed() async throws {
        try await withStoreFolder { folder in
            let error = #expect(throws: (any Error).self) {
                try catalogue([fixture("tsv/MMStar.tsv"), fixture("jsonl/MMStar.jsonl")], in: folder)
            }
            let text = error?.localizedDescription ?? ""
            #expect(text.contains("stands in another row as well") && text.contains("MMStar.jsonl"), "\(text)")
        }
    }

    @Test func whatWasPutDifferentlyBeforeIsRefused() async throws {
        try await withStoreFolder { folder in
            let (_, store) = try catalogue([fixture("tsv/MMStar.tsv")], in: folder)
            try store.close()
            let error = #expect(throws: StoreError.self) {
                try catalogue([fixture("tsv/MMStar.tsv")], in: folder, style: .reasoning)
            }
            #expect(
                error?.localizedDescription.contains("another prompt") == true, "\(error?.localizedDescription ?? "")")
        }
    }

    @Test func seedsDifferFromQuestionToQuestionAndAreTheSameAlways() {
        let key = QuestionKey(benchmark: "mmstar", index: "7")
        let seed = AnswerSeed.seed(of: key, sample: 0, run: 1)
        #expect(seed == AnswerSeed.seed(of: key, sample: 0, run: 1) && seed >= 0 && seed < 1 << 53)
        #expect(AnswerSeed.seed(of: key, sample: 3, run: 1) == seed + 3)
        let others = (0..<1000).map {
            AnswerSeed.seed(of: QuestionKey(benchmark: "mmstar", index: String($0)), sample: 0, run: 1)
        }
        #expect(Set(others).count == 1000)
        #expect(AnswerSeed.seed(of: key, sample: 0, run: 2) != seed)
    }
}
