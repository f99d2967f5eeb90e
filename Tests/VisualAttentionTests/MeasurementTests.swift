import Foundation
import Images
import QwenVL
import Safetensors
import Testing
import Torch
import VisualAttention

/// Measuring one conversation, and summing up many.
@Suite struct MeasurementTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Checkpoints/microworld")

    private func picture(blue: UInt8 = 0) throws -> RGBImage {
        var pixels: [UInt8] = []
        for y in 0..<64 {
            for x in 0..<64 {
                pixels += (18..<46).contains(x) && (22..<40).contains(y) ? [255 - blue, 0, blue] : [238, 238, 240]
            }
        }
        return try RGBImage(width: 64, height: 64, pixels: pixels)
    }

    /// Two questions, the first begun before its picture, and two answers.
    private func conversation() throws -> [Message] {
        [
            Message(
                role: .user, content: [.text("is this"), .image(try picture()), .text("a red shape?")]),
            .assistant("yes"), .user("what color is the shape?", images: [try picture(blue: 255)]), .assistant("blue"),
        ]
    }

    private func expectSame(_ first: AttentionMass, _ second: AttentionMass, _ tolerance: Float = 0) {
        #expect(first.values.count == second.values.count && !first.values.isEmpty)
        let largest = zip(first.values, second.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest <= tolerance, "\(largest)")
    }

    @Test func givenAnswersAreTheMassesOfThePass() throws {
        let assistant = try VisualAssistant(folder: Self.folder)
        let conversation = try conversation()
        let measurement = try assistant.measure(conversation, queries: .givenResponse)
        let input = try assistant.processor(conversation, addsGenerationPrompt: false)
        #expect(measurement.input.inputIDs == input.inputIDs && measurement.queries == input.responseQueries)
        // Both answers, each with its end token.
        let tokens = measurement.queries.map { input.inputIDs[$0] }
        #expect(measurement.queryTokenIDs == tokens)
        let end = try #require(assistant.processor.tokenizer.id(of: "<|im_end|>"))
        #expect(tokens.count { $0 == end } == 2 && tokens.last == end)
        let pass = try assistant.model.forward(input, groups: KeyGroups(roles: input.roles))
        expectSame(measurement.mass, try AttentionMass(pass.masses, queries: input.responseQueries))
        #expect(measurement.text == nil && measurement.queriesBeforePicture == 0)
    }

    @Test func userTokensOfAllTurnsThatSeeAPicture() throws {
        let assistant = try VisualAssistant(folder: Self.folder)
        let whole = try conversation()
        let measurement = try assistant.measure(whole, queries: .user)
        // What follows the last question cannot change it, and is not read.
        let cut = try assistant.processor(Array(whole.dropLast()))
        #expect(measurement.input.inputIDs == cut.inputIDs && measurement.queries == cut.userQueries)
        #expect(measurement.queriesBeforePicture > 0)
        #expect(measurement.queries.count + measurement.queriesBeforePicture == cut.roles.count { $0 == .user })
        let full = try assistant.processor(whole, addsGenerationPrompt: false)
        let pass = try assistant.model.forward(full, groups: KeyGroups(roles: full.roles))
        expectSame(measurement.mass, try AttentionMass(pass.masses, queries: full.userQueries), 1e-6)
    }

    @Test func aWrittenAnswerReadAgainHasTheSameScore() throws {
        let assistant = try VisualAssistant(folder: Self.folder)
        let question = try Message.user("is this a red shape?", images: [picture()])
        var options = assistant.options(maxNewTokens: 12)
        options.endTokenIDs = []
        let written = try assistant.measure([question], queries: .generatedResponse(options))
        #expect(written.mass.queryCount == 11 && written.queries.first == written.input.inputIDs.count)
        // Token by token what was written, since text of an answer that goes on for ever may be read in other tokens.
        let read = try assistant.measure(written.input.appending(written.queryTokenIDs), role: .response)
        #expect(read.queries == written.queries && read.queryTokenIDs == written.queryTokenIDs)
        for (first, second) in zip(written.mass.queryScores, read.mass.queryScores) {
            #expect(abs(first - second) <= 1e-5 * max(1, abs(second)))
        }
        var count = 0
        #expect(throws: CancellationError.self) {
            _ = try assistant.measure([question], queries: .generatedResponse(options)) {
                count += 1
                return count == 3
            }
        }
        #expect(count == 3)
    }

    @Test func whatCannotBeMeasured() throws {
        let assistant = try VisualAssistant(folder: Self.folder)
        let picture = try picture()
        func expect(_ error: MeasurementError, _ conversation: [Message], _ queries: MeasuredQueries = .user) {
            #expect(throws: error) { _ = try assistant.measure(conversation, queries: queries) }
            #expect(error.localizedDescription.hasSuffix("."))
        }
        expect(.noPicture, [.user("what?")])
        expect(.noUserTurn, [.assistant("what?")])
        expect(.noUserQuery, [Message(role: .user, content: [.text("before"), .image(picture)])])
        expect(.noAnswer, [.user("what?", images: [picture])], .givenResponse)
        expect(.noAnswer, [.user("what?", images: [picture]), .assistant(" ")], .givenResponse)
        expect(
            .noResponseQuery, [.user("what?"), .assistant("that"), .user("what?", images: [picture])], .givenResponse)
        expect(
            .answerOfOneToken, [.user("what?", images: [picture])],
            .generatedResponse(assistant.options(maxNewTokens: 1)))
        // The template always gives a system turn; an input without one is told apart from one that looks nowhere.
        var input = try assistant.processor([.user("what?", images: [picture])])
        input.roles = input.roles.map { $0 == .system ? .marker : $0 }
        #expect(throws: MeasurementError.noSystemTurn) { _ = try assistant.measure(input, role: .user) }
    }

    // MARK: Results

    /// Masses of one layer and some heads, per query system and visual; the rest goes to the user, the first token to nothing.
    private func result(_ line: Int, _ heads: [[(system: Float, visual: Float)]]) throws -> SampleResult {
        var values: [Float] = []
        for (system, visual) in heads.joined() { values += [system, 0, visual, 1 - system - visual, 0, system] }
        let tensor = try Tensor(values, shape: [1, heads.count, heads[0].count, 6])
        let roles: [TokenRole] = [.system, .image] + heads[0].map { _ in .user }
        let input = try ModelInput(
            inputIDs: Array(roles.indices), roles: roles, turns: roles.map { _ in 0 }, imageTokenID: 1)
        let mass = try AttentionMass([tensor], queries: Array(heads[0].indices))
        let measurement = AttentionMeasurement(
            input: input, queries: input.userQueries, queryTokenIDs: [], queriesBeforePicture: 0, mass: mass, text: nil)
        return try #require(SampleResult(measurement, line: line, id: "s\(line)", tokenizer: nil))
    }

    @Test func ratiosThatAreNotDefinedAreCounted() throws {
        let some = try result(1, [[(0.25, 0.5), (0, 0.5)], [(0, 0.5), (0, 0.25)]])
        #expect(some.zeroSystemQueries == 2 && some.undefinedRatios == 3)
        #expect(some.heads == [[2, nil]] && some.vas.paper == 2 && some.vas.geometric == 2)
        let none = try result(2, [[(0, 0.5), (0, 0.5)], [(0, 0.5), (0, 0.25)]])
        #expect(
            none.vas.paper == nil && none.vas.pooled == nil && none.vas.geometric == nil && none.heads == [[nil, nil]])
        #expect(none.layers[0].vas == nil && none.layers[0].visual == 0.4375)
        let summary = DatasetSummary([some, none])
        #expect(summary.vas == 2 && summary.scores.paper.undefined == 1 && summary.scores.paper.low == nil)
        #expect(summary.zeroSystemQueries == 4 && summary.undefinedRatios == 7 && summary.heads == [[2, nil]])
        let alone = DatasetSummary([none])
        #expect(alone.vas == nil && alone.attentionClass == nil && alone.classes["paper"] == nil)
        let text = String(decoding: try JSONEncoder().encode(alone), as: UTF8.self)
        #expect(!text.contains("inf") && !text.contains("nan"))
    }

    /// The summary is made of what the lines of the file say, to the last bit, in whatever order they come.
    @Test func resultsSurviveTheirFile() throws {
        var results: [SampleResult] = []
        for line in 1...30 {
            let number = Float(line)
            results.append(
                try result(
                    line,
                    [
                        [(1 / (7 + number), 0.1 * sin(number) * sin(number)), (0.3, number / 100)],
                        [(1e-9 * number, 0.5), (0.2, 0.3 / number)],
                    ]))
        }
        let read = try results.shuffled().map { result in
            try JSONDecoder().decode(SampleResult.self, from: JSONEncoder().encode(result))
        }
        #expect(read.sorted { $0.line < $1.line } == results)
        let skipped = [SkippedSample(line: 9, reason: "b"), SkippedSample(line: 2, reason: "a")]
        let first = DatasetSummary(results, skipped: skipped)
        let second = DatasetSummary(read, skipped: skipped.reversed())
        #expect(first == second && first.skipped.map(\.line) == [2, 9])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(first) == encoder.encode(second))
        #expect(first.vas == results.compactMap(\.vas.paper).reduce(0, +) / 30)
        #expect(first.extremeHeads == 1 && first.attentionClass == .panoramic)
        #expect(first.disagreeing.map(\.form) == [.pooled, .reward])
        let interval = try #require(first.scores.geometric.low)
        #expect(try interval < #require(first.scores.geometric.value))
    }

    @Test func massesAreExported() throws {
        let assistant = try VisualAssistant(folder: Self.folder)
        let measurement = try assistant.measure(conversation(), queries: .user)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: file) }
        try MassFile.write(measurement, line: 3, id: "a\n\u{1F600}", to: file)
        let stored = try SafetensorsFile(contentsOf: file)
        #expect(
            stored.metadata == [
                "line": "3", "id": "a\n\u{1F600}", "groups": "system,marker,visual,user,response,systemWithoutFirst",
            ])
        #expect(try stored.tensor("queries").values(as: Int64.self) == measurement.queries.map(Int64.init))
        let masses = try stored.tensor("masses")
        #expect(masses.shape == [4, 6, measurement.queries.count, 6])
        #expect(try masses.values(as: Float.self) == measurement.mass.values)
        let partition = try masses.slice(3, 0..<5).sum([3]).floats()
        #expect(partition.allSatisfy { abs($0 - 1) < 1e-5 })
    }
}
