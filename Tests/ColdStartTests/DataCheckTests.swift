import ColdStart
import Foundation
import QwenVL
import Samples
import Synchronization
import Testing

/// What is found out about data before the first step.
@Suite struct DataCheckTests {
    private let folder: DataFolder

    init() throws { folder = try DataFolder() }

    private static let text = #"{"problem": "what is two and two?", "answer": "four"}"#
    private static let pictured = #"{"problem": "<image>what is this?", "images": ["a.png"], "answer": "grey"}"#

    /// Lengths are those of the inputs, which are those that the processor makes.
    @Test(arguments: [DataSettings.PictureCheck.decode, .header])
    func lengthsAreThoseOfTheInputs(check: DataSettings.PictureCheck) throws {
        let image = try folder.picture("a.png", width: 100, height: 60)
        let turns = #"""
            {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "r"}, {"role": "user", "content": "<image>and?"}, {"role": "assistant", "content": "no"}], "images": ["a.png"]}
            """#
        let data = try folder.data(folder.lines([Self.text, Self.pictured, turns]), checkPictures: check)
        #expect(data.entries.map(\.number) == [1, 2, 3])
        #expect(data.entries.map(\.hasImage) == [false, true, true])
        #expect(data.entries.allSatisfy { $0.hasSystem && $0.source == 0 })
        #expect(data.problems.isEmpty && data.tooLong.count == 0)
        for (index, entry) in data.entries.enumerated() {
            let input = try data.input(index)
            #expect(entry.tokens == input.inputIDs.count)
            #expect(entry.visualTokens == input.roles.count { $0 == .image })
            #expect(entry.responseTokens == input.roles.count { $0 == .response })
        }
        let expected = try folder.processor(
            [
                .system("s"), .user("q"), .assistant("r"), .user("and?", images: [image]), .assistant("no"),
            ], addsGenerationPrompt: false)
        #expect(try InputNumbers(data.input(2)) == InputNumbers(expected))
        let learned = zip(expected.inputIDs, expected.roles).filter { $0.1 == .response }.map(\.0)
        #expect(folder.processor.tokenizer.decode(learned) == "r<|im_end|>no<|im_end|>")
    }

    @Test func theSystemTurnIsKeptLeftOutOrGiven() throws {
        let own = #"{"problem": "q", "system": "own", "answer": "r"}"#
        func texts(_ system: DataSettings.System) throws -> [String] {
            let data = try folder.data(folder.lines([Self.text, own]), system: system)
            #expect(data.entries.map(\.hasSystem) == (system == .none ? [false, false] : [true, true]))
            return try data.entries.indices.map { index in
                let input = try data.input(index)
                #expect(input.inputIDs.count == data.entries[index].tokens)
                return folder.processor.tokenizer.decode(
                    zip(input.inputIDs, input.roles).filter { $0.1 == .system }.map(\.0))
            }
        }
        func turn(_ text: String) -> String { "<|im_start|>system\n\(text)<|im_end|>" }
        #expect(try texts(.keep) == [turn(ChatTemplate.defaultSystem), turn("own")])
        #expect(try texts(.none) == ["", ""])
        #expect(try texts(.text("given")) == [turn("given"), turn("given")])
    }

    /// Every kind of damage, and what is said about it.
    private static let damage: [(line: String, problem: String)] = [
        ("{", "The sample is not valid JSON"),
        (
            #"{"x": 1}"#,
            "The sample must have one of 'problem', 'messages', 'conversations' and 'instruction', and has none."
        ),
        (
            #"{"problem": "q"}"#,
            "The sample does not end with a turn of the assistant, so there is no answer to learn."
        ),
        (
            #"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "r"}, {"role": "user", "content": "q"}]}"#,
            "The sample does not end with a turn of the assistant, so there is no answer to learn."
        ),
        (
            #"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": " "}]}"#,
            "Turn 2 is an answer of the assistant without words."
        ),
        (
            #"{"problem": "q", "images": ["none.png"], "answer": "r"}"#,
            "The image none.png cannot be read: No such file or directory."
        ),
        (
            #"{"problem": "q", "images": ["notes.txt"], "answer": "r"}"#,
            "notes.txt looks like text; only JPEG, PNG and WebP are read, so convert it or leave it out."
        ),
        (#"{"problem": "q", "images": ["broken.png"], "answer": "r"}"#, "broken.png cannot be decoded as PNG"),
        (#"{"problem": "q", "images": ["long.png"], "answer": "r"}"#, "A picture of 2010 x 10 pixels has sides"),
        (
            #"{"problem": "<image>q", "answer": "r"}"#,
            "The sample has 0 images and 1 <image> marks; give one mark for each, or none."
        ),
        (
            #"{"problem": "q", "images": ["https://example.org/a.png"], "answer": "r"}"#,
            "Image 1 is the address https://example.org/a.png; only local files are read, so download it first."
        ),
    ]

    private func damagedPictures() throws {
        try Data("words".utf8).write(to: folder.url.appendingPathComponent("notes.txt"))
        try folder.picture("a.png")
        try folder.picture("long.png", width: 2010, height: 10)
        let whole = try folder.picture("broken.png", width: 300, height: 300).encodedPNG()
        let end = whole.suffix(60)
        try (whole.dropLast(60) + end.map { $0 ^ 0x55 }.prefix(20) + end.dropFirst(20)).write(
            to: folder.url.appendingPathComponent("broken.png"))
    }

    @Test func theFirstBadSampleEndsEverything() throws {
        try damagedPictures()
        for (line, problem) in Self.damage {
            let source = try folder.lines([Self.text, Self.pictured, line, "also bad", Self.text])
            let text = folder.sentence { _ = try folder.data(source) }
            #expect(text.hasPrefix("Line 3 of data.jsonl: " + problem), "\(text)")
            #expect(text.hasSuffix(".") && !text.contains("\n"))
        }
    }

    @Test func badSamplesAreSkippedAndListed() throws {
        try damagedPictures()
        let lines = Self.damage.flatMap { [Self.text, $0.line, Self.pictured] }
        let data = try folder.data(folder.lines(lines), onBadSample: .skip)
        #expect(data.entries.map(\.number) == lines.indices.filter { $0 % 3 != 1 }.map { $0 + 1 })
        #expect(data.problems.count == Self.damage.count)
        for (index, problem) in data.problems.enumerated() {
            #expect(problem.place == "Line \(index * 3 + 2) of \(folder.url.path)/data.jsonl")
            let text = problem.problem.replacingOccurrences(of: folder.url.path + "/", with: "")
            #expect(text.hasPrefix(Self.damage[index].problem), "\(text)")
        }
        // The header of a picture that is cut short is whole.
        let headers = try folder.data(folder.lines(lines), onBadSample: .skip, checkPictures: .header)
        #expect(headers.problems.count == data.problems.count - 1)
        let cut = try #require(headers.entries.firstIndex { $0.number == 23 })
        #expect(
            folder.sentence { _ = try headers.input(cut) }
                .hasPrefix("Line 23 of data.jsonl: broken.png cannot be decoded as PNG"))
    }

    @Test func whatIsTooLongIsLeftOutAndNeverCut() throws {
        try folder.picture("a.png")
        let many = [String](repeating: #""a.png""#, count: 60).joined(separator: ", ")
        let long = #"{"problem": "\#(String(repeating: "words ", count: 300))", "answer": "r"}"#
        let large = #"{"problem": "q", "images": [\#(many)], "answer": "r"}"#
        let lines = [Self.text, long, Self.pictured, large, long, long, long, long]
        let data = try folder.data(folder.lines(lines), maximumTokens: 200)
        #expect(data.entries.map(\.number) == [1, 3])
        #expect(data.tooLong.count == 6)
        #expect(data.tooLong.places.map { $0.prefix(6) } == ["Line 2", "Line 4", "Line 5", "Line 6", "Line 7"])
        // One that has exactly as many tokens stays, whole.
        let exact = try folder.data(folder.lines([Self.pictured]), maximumTokens: data.entries[1].tokens)
        #expect(exact.entries.count == 1)
        #expect(
            folder.sentence {
                _ = try folder.data(folder.lines([Self.pictured]), maximumTokens: data.entries[1].tokens - 1)
            } == "data.jsonl has no sample to learn from: 0 samples of the data were skipped and 1 are too long.")
    }

    @Test func manySamplesComeInTheirOrder() throws {
        let lines = (0..<500).map { index in
            index % 7 == 3
                ? "bad \(index)" : #"{"problem": "\#(String(repeating: "x", count: index))", "answer": "\#(index)"}"#
        }
        let seen = Mutex<[Int]>([])
        let sources = [
            WeightedSource(try folder.lines(lines)), WeightedSource(try folder.lines(lines.reversed(), "two.jsonl")),
        ]
        let data = try ColdStartData(
            sources, processor: folder.processor, settings: DataSettings(maximumTokens: 2000, onBadSample: .skip)
        ) { count in seen.withLock { $0.append(count) } }
        #expect(seen.withLock { $0 } == Array(1...1000))
        let good = lines.indices.filter { $0 % 7 != 3 }
        #expect(data.entries.map(\.number) == good.map { $0 + 1 } + good.reversed().map { 500 - $0 })
        #expect(data.entries.map(\.source) == good.map { _ in 0 } + good.map { _ in 1 })
        #expect(data.problems.count == 1000 - 2 * good.count)
        // The first in the order of the file, whichever is found first.
        for _ in 0..<20 {
            #expect(
                folder.sentence { _ = try folder.data(sources[0].source, maximumTokens: 2000) }
                    .hasPrefix("Line 4 of data.jsonl: The sample is not valid JSON"))
        }
    }

    @Test func theFingerprintTellsChangedData() throws {
        try folder.picture("a.png")
        func fingerprint(_ lines: [String]) throws -> String { try folder.data(folder.lines(lines)).fingerprint }
        let first = try fingerprint([Self.text, Self.pictured])
        #expect(first.count == 32)
        #expect(try fingerprint([Self.text, Self.pictured]) == first)
        #expect(try fingerprint([Self.pictured, Self.text]) != first)
        #expect(try fingerprint([Self.text.replacingOccurrences(of: "four", with: "five"), Self.pictured]) != first)
        #expect(try fingerprint([Self.text + " ", Self.pictured]) != first)
        try folder.picture("a.png", width: 65)
        #expect(try fingerprint([Self.text, Self.pictured]) != first)
    }

    @Test func changedDataAreNoticed() throws {
        let source = try folder.lines([Self.text])
        let data = try folder.data(source)
        _ = try folder.lines([Self.text.replacingOccurrences(of: "four", with: "@#$%")])
        #expect(
            folder.sentence { _ = try data.input(0) }.hasSuffix("the data have changed, so start again."))
    }
}
