import Foundation
import Quality
import Scoring
import Testing

/// The gates together: their settings and their order.
@Suite struct QualityGatesTests {
    private func settings(_ json: String) throws -> QualitySettings {
        try JSONDecoder().decode(QualitySettings.self, from: Data(json.utf8))
    }

    @Test func settingsAreReadAndWritten() throws {
        #expect(try settings("{}") == QualitySettings())
        let read = try settings(
            """
            {"gates": ["leak", "length"], "length": {"min_words": 5, "max_words": null, "max_tokens": 900},
             "duplicate": {"same_picture_only": true, "threshold": 0.9}, "language": {"language": "de"},
             "contamination": {"whole_question_words": 6}, "anchors": {"minimum": 3}}
            """)
        #expect(read.gates == [.leak, .length] && read.length.minWords == 5 && read.length.maxWords == nil)
        #expect(read.duplicate.samePictureOnly && read.language.language == .german && read.anchors.minimum == 3)
        let written = try JSONEncoder().encode(read)
        #expect(try JSONDecoder().decode(QualitySettings.self, from: written) == read)
    }

    @Test(arguments: [
        (#"{"gates": ["leek"]}"#, "'leek' is no gate"), (#"{"gate": []}"#, "no key 'gate' in 'quality'"),
        (#"{"length": {"min_word": 3}}"#, "no key 'min_word' in 'length'"),
        (#"{"language": {"language": "xx"}}"#, "'xx' is no language"),
        (#"{"repetition": {"max_repeated_share": 1.5}}"#, "'repetition.max_repeated_share' is 1.5"),
        (#"{"anchors": {"minimum": -1}}"#, "must be from 0 to 1000"),
        (#"{"length": {"max_words": 0}}"#, "must be at least 1"),
    ]) func whatIsUnknownIsRefused(json: String, words: String) throws {
        let error = #expect(throws: QualitySettingsError.self) { try settings(json) }
        #expect(error?.localizedDescription.contains(words) == true, "\(error?.localizedDescription ?? "")")
    }

    @Test func gatesThatCannotBeAreRefused() throws {
        var twice = QualitySettings()
        twice.gates = [.leak, .format, .leak]
        #expect(throws: QualitySettingsError.twice("leak")) { try QualityGates(twice) }
        twice.gates = [.contamination]
        #expect(throws: QualitySettingsError.noBenchmarks) { try QualityGates(twice) }
    }

    @Test func theFirstGateIsTheReasonAndAllAreAsked() throws {
        var settings = QualitySettings()
        settings.gates = [.answer, .leak, .duplicate]
        var gates = try QualityGates(settings)
        let leaking = Sample.good("leak", thought: Sample.thought + " The caption says so.", answer: "5")
        let decisions = [leaking, Sample.good("one"), Sample.good("two"), Sample.good("three", answer: "9")].map {
            gates.evaluate($0)
        }
        #expect(decisions.map(\.isAccepted) == [false, true, false, false])
        #expect(decisions.map { $0.verdicts.map(\.gate) } == Array(repeating: gates.kinds, count: 4))
        #expect(
            decisions.map { $0.verdicts.map(\.passed) } == [
                [false, false, true], [true, true, true], [true, true, false], [false, true, false],
            ])
        #expect(decisions.map(\.rejection?.gate) == [.answer, nil, .duplicate, .answer])
        #expect(decisions[2].rejection?.evidence == "one")
        let written = try JSONEncoder().encode(decisions)
        #expect(try JSONDecoder().decode([GateDecision].self, from: written) == decisions)
    }

    @Test func whatWasRejectedIsNotRemembered() throws {
        var gates = try QualityGates()
        #expect(!gates.evaluate(Sample.good("a", answer: "5")).isAccepted)
        #expect(gates.evaluate(Sample.good("a")).isAccepted, "a second try is not near its own first")
        #expect(gates.evaluate(Sample.good("b")).rejection?.evidence == "a")
        var again = try QualityGates()
        again.remember(Sample.good("a"))
        #expect(again.evaluate(Sample.good("b")).rejection?.evidence == "a")
    }

    @Test func samplesMayBeInspectedOutOfOrder() throws {
        var (gates, other) = (try QualityGates(), try QualityGates())
        let samples = (0..<6).map { Sample.good("\($0)", answer: $0 % 2 == 0 ? "4" : "5") }
        let inspected = samples.reversed().map { ($0.id, gates.inspect($0)) }
        for sample in samples {
            let inspection = try #require(inspected.first { $0.0 == sample.id }).1
            #expect(gates.decide(sample, after: inspection) == other.evaluate(sample))
        }
    }

    @Test func questionsOfBenchmarksAreFound() throws {
        let long = "In the figure, AB is parallel to CD and the angle at E measures 40 degrees. What is the angle at F?"
        let whole = "How many red bars are taller than five units?"
        let phrase = "Answer the question with one of the options and explain how you have found your answer please."
        var items = [
            ContaminationIndex.Item(id: "first", question: "<image 1> " + long),
            .init(id: "second", question: whole), .init(id: "third", question: "Find x."),
        ]
        items += (0..<20).map { .init(id: "\($0)", question: phrase + " Item \($0).") }
        let index = ContaminationIndex(items)
        #expect(index.count == 23)
        #expect(index.match(question: "Look. " + long.uppercased().replacing(",", with: ""))?.id == "first")
        #expect(index.match(question: "<image>\n" + whole)?.id == "second")
        #expect(index.match(question: "How many red bars are taller than six units?") == nil)
        #expect(index.match(question: "Find x.") == nil, "two words say nothing without their picture")
        #expect(index.match(question: phrase) == nil, "a phrase of twenty questions is none of them")
        #expect(index.match(question: long.split(separator: " ").prefix(12).joined(separator: " ")) == nil)
        var settings = QualitySettings()
        settings.gates = [.contamination]
        var gates = try QualityGates(settings, benchmarks: index)
        var sample = Sample.good()
        #expect(gates.evaluate(sample).isAccepted)
        sample.exercise.question = long
        #expect(gates.evaluate(sample).rejection?.reason?.contains("“first”") == true)
    }
}
