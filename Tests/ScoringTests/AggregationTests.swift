import Foundation
import Scoring
import Testing

/// What benchmarks report, on sets that can be counted by hand.
@Suite struct AggregationTests {
    private func item(
        _ benchmark: Benchmark, _ isCorrect: Bool, _ columns: [String: String] = [:], index: String = "1",
        isRead: Bool = true, isCut: Bool = false
    ) -> ScoredItem {
        ScoredItem(
            index: index, benchmark: benchmark, isCorrect: isCorrect, isRead: isRead, isCut: isCut, columns: columns)
    }

    private func row(
        _ scores: BenchmarkScores, _ group: ScoreRow.Group, _ name: String = "Overall", part: String? = nil,
        _ measure: ScoreRow.Measure = .accuracy
    ) -> [Int] {
        scores.rows.filter { $0.group == group && $0.name == name && $0.part == part && $0.measure == measure }
            .flatMap { [$0.right, $0.count] }
    }

    @Test func hallusionBenchCountsQuestionsFiguresAndQuestionsOverFigures() throws {
        func hallusion(_ isCorrect: Bool, _ category: String, _ sub: String, _ set: Int, _ figure: Int, _ question: Int)
            -> ScoredItem
        {
            item(
                .hallusionBench, isCorrect, ["category": category, "l2-category": sub],
                index: "\(category)_\(sub)_x_\(set)_\(figure)_\(question)")
        }
        let scores = try BenchmarkScores(
            [
                hallusion(true, "VD", "map", 0, 1, 0), hallusion(true, "VD", "map", 0, 1, 1),
                hallusion(true, "VD", "map", 0, 2, 0), hallusion(false, "VD", "map", 0, 2, 1),
                hallusion(true, "VD", "ocr", 0, 1, 0),
                // Called like the first figure but for its category: one with it among all.
                hallusion(false, "VS", "map", 0, 1, 2),
            ], of: .hallusionBench)
        #expect(row(scores, .overall, "Overall", .aAcc) == [4, 6])
        #expect(row(scores, .overall, "Overall", .fAcc) == [1, 3])
        #expect(row(scores, .overall, "Overall", .qAcc) == [2, 4])
        #expect(row(scores, .category, "VD", .fAcc) == [2, 3])
        #expect(row(scores, .category, "VS", .aAcc) == [0, 1])
        #expect(row(scores, .subcategory, "map", .qAcc) == [1, 3])
        let expected = (100.0 * 4 / 6 + 100.0 / 3 + 50) / 3
        #expect(abs((scores.headline.percent ?? 0) - expected) < 1e-9)
        #expect(scores.headline.name == "mean of aAcc, fAcc and qAcc" && scores.overall?.measure == .aAcc)
    }

    @Test func hallusionBenchTakesTheColumnsOfTheHub() throws {
        let columns = ["subcategory": "map", "set_id": "0", "figure_id": "1", "question_id": "2"]
        let scores = try BenchmarkScores([item(.hallusionBench, true, columns, index: "7")], of: .hallusionBench)
        #expect(scores.headline.percent == 100 && row(scores, .subcategory, "map", .fAcc) == [1, 1])
        #expect(throws: AggregationError.figure(index: "7")) {
            try BenchmarkScores([item(.hallusionBench, true, index: "7")], of: .hallusionBench)
        }
    }

    @Test func mmmuReportsItsValidationQuestions() throws {
        let scores = try BenchmarkScores(
            [
                item(.mmmu, true, ["split": "dev", "category": "Art", "l2-category": "Humanities"]),
                item(.mmmu, false, ["split": "validation", "category": "Art", "l2-category": "Humanities"]),
                item(.mmmu, true, ["split": "validation", "category": "Music", "l2-category": "Humanities"]),
                item(.mmmu, true, ["split": "validation", "category": "Music", "l2-category": "Humanities"]),
            ], of: .mmmu)
        #expect(scores.headline.name == "validation" && scores.headline.percent == 200.0 / 3)
        #expect(scores.rows.first?.part == "validation" && row(scores, .overall, part: "dev") == [1, 1])
        #expect(row(scores, .category, "Art", part: "validation") == [0, 1])
        #expect(row(scores, .subcategory, "Humanities", part: "validation") == [2, 3])
        #expect(scores.count == 4)
    }

    @Test func mmmuProIsTheMeanOfItsFormsHoweverManyQuestionsTheyHave() throws {
        let items = [
            item(.mmmuPro, true, ["variant": "10 options"]), item(.mmmuPro, true, ["variant": "vision"]),
            item(.mmmuPro, false, ["variant": "vision"]), item(.mmmuPro, false, ["variant": "vision"]),
            item(.mmmuPro, false, ["variant": "vision", "category": "Art"]),
        ]
        let both = try BenchmarkScores(items, of: .mmmuPro)
        #expect(both.headline.percent == 62.5 && both.headline.name == "mean of the variants")
        #expect(row(both, .variant, "vision", part: "vision") == [1, 4])
        #expect(row(both, .category, "Art", part: "vision") == [0, 1])
        let one = try BenchmarkScores(Array(items.dropFirst()), of: .mmmuPro)
        #expect(one.headline.percent == 25 && one.headline.name == "vision")
    }

    @Test func aQuestionCountsForEachOfMathVistasSkills() throws {
        let scores = try BenchmarkScores(
            [
                item(
                    .mathVista, true, ["task": "figure question answering", "skills": "['arithmetic', \"it's logic\"]"]),
                item(.mathVista, false, ["task": "textbook question answering", "skills": "[\"arithmetic\"]"]),
                item(.mathVista, false, ["metadata": "{'task': 'textbook question answering', 'skills': ['algebra']}"]),
                item(.mathVista, true, ["task": "geometry", "skills": "geometry reasoning"]),
            ], of: .mathVista)
        #expect(scores.headline.percent == 50)
        #expect(row(scores, .skill, "arithmetic") == [1, 2] && row(scores, .skill, "it's logic") == [1, 1])
        #expect(row(scores, .skill, "algebra") == [0, 1] && row(scores, .skill, "geometry reasoning") == [1, 1])
        #expect(row(scores, .task, "textbook question answering") == [0, 2])
    }

    @Test func mathVerseDividesByVersionSubjectAndSubfield() throws {
        let plane = "{'split': 'testmini', 'subject': 'Plane Geometry', 'subfield': 'Angle'}"
        let scores = try BenchmarkScores(
            [
                item(.mathVerse, true, ["problem_version": "Vision Only", "metadata": plane]),
                item(
                    .mathVerse, false,
                    ["problem_version": "Vision Only", "subject": "Functions", "subfield": "Property"]),
            ], of: .mathVerse)
        #expect(scores.headline.name == "Vision Only" && scores.headline.percent == 50)
        #expect(row(scores, .subject, "Plane Geometry", part: "Vision Only") == [1, 1])
        #expect(row(scores, .subfield, "Angle", part: "Vision Only") == [1, 1])
        #expect(row(scores, .subfield, "Property", part: "Vision Only") == [0, 1])
    }

    @Test func theOthersAreDividedBySubjectLevelCategoryAndFamily() throws {
        let items = [
            item(.mathVision, true, ["category": "algebra", "level": "2"]),
            item(.mathVision, false, ["subject": "topology"]),
            item(.mmStar, true, ["category": "math", "l2-category": "geometry", "split": "val"]),
            item(.microworld, false, ["family": "count"]), item(.microworld, true, ["family": "count"]),
        ]
        let all = try BenchmarkScores.all(items)
        #expect(all.map(\.benchmark) == [.mathVision, .mmStar, .microworld])
        #expect(all.map(\.headline.percent) == [50, 100, 50])
        #expect(row(all[0], .subject, "topology") == [0, 1] && row(all[0], .level, "2") == [1, 1])
        #expect(row(all[1], .category, "math", part: "val") == [1, 1])
        #expect(row(all[2], .family, "count") == [1, 2])
    }

    @Test func cutRepliesAndUnreadOnesAreCountedApart() throws {
        let scores = try BenchmarkScores(
            [
                item(.mmStar, true, ["category": "x"], isCut: true),
                item(.mmStar, false, ["category": "x"], isRead: false, isCut: true),
                item(.mmStar, true, ["category": "y"]),
            ], of: .mmStar)
        #expect(scores.cut == 2 && scores.cutRight == 1 && scores.unread == 1)
        let x = try #require(scores.rows(by: .category).first)
        #expect(x.name == "x" && x.cut == 2 && x.unread == 1 && x.percent == 50)
        let data = try JSONEncoder().encode(scores)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let rows = try #require(object["rows"] as? [[String: Any]])
        #expect(
            rows.count == 3 && rows[0]["percent"] as? Double == 200.0 / 3 && rows[1]["group"] as? String == "category")
        let none = try BenchmarkScores([], of: .mmStar)
        #expect(none.headline.percent == nil && none.count == 0)
    }
}
