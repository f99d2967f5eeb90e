import Foundation
import Images
import QwenVL
import Testing
import VisualAttention

/// Questions in words to the small checkpoint of this repository.
@Suite struct AssistantTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Checkpoints/microworld")

    private func picture(red: UInt8 = 255, blue: UInt8 = 0) throws -> RGBImage {
        var pixels: [UInt8] = []
        for y in 0..<64 {
            for x in 0..<64 {
                pixels += (18..<46).contains(x) && (22..<40).contains(y) ? [red, 0, blue] : [238, 238, 240]
            }
        }
        return try RGBImage(width: 64, height: 64, pixels: pixels)
    }

    /// A question whose answers are drawn so hot that they are long and various.
    private func question(_ assistant: VisualAssistant, stops: [String] = [], samples: Int = 1) throws -> Question {
        var options = assistant.options(maxNewTokens: 20)
        options.sampling.temperature = 2.5
        options.endTokenIDs = []
        let input = try assistant.processor([.user("what color is the shape?", images: [picture()])])
        return Question(input, options: options, stopStrings: stops, samples: samples)
    }

    @Test func askingShowsWhereTheModelLooked() throws {
        let assistant = try VisualAssistant(folder: Self.folder)
        #expect(assistant.options().sampling.bannedTokenIDs == assistant.model.configuration.visualMarkIDs)
        #expect(try assistant.ask("what color is the shape?", about: [picture(red: 0, blue: 255)]).text == "blue")
        let answer = try assistant.ask("what color is the shape?", about: [picture()])
        #expect(answer.text == "red" && answer.generation.finishReason == .stop)
        let question = try #require(try answer.questionAttention())
        #expect(question.queryCount == answer.input.userQueries.count)
        let sum = RoleGroup.partition.reduce(0) { $0 + question.share(of: $1) }
        #expect(abs(sum - 1) < 1e-5 && question.share(of: .visual) > 0.1)
        let layers = (0..<question.layerCount).map { question.share(of: .visual, layer: $0) }
        #expect(abs(layers.reduce(0, +) / Double(layers.count) - question.share(of: .visual)) < 1e-12)
        #expect(try answer.answerAttention()?.queryCount == answer.generation.tokenIDs.count - 1)
        let blind = try assistant.ask("what color is the shape?")
        #expect(try blind.questionAttention() == nil && blind.answerAttention() == nil)
    }

    /// What a checkpoint suggests for its answers does not reach into measurements, except for when they end.
    @Test func greedyOptionsAreTheSameForEveryCheckpoint() throws {
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent("greedy-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Self.folder, to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        let plain = try VisualAssistant(folder: Self.folder).greedyOptions(maxNewTokens: 7)
        try Data(
            #"{"eos_token_id": [3], "do_sample": true, "temperature": 0.7, "repetition_penalty": 5}"#.utf8
        ).write(to: copy.appendingPathComponent("generation_config.json"))
        let assistant = try VisualAssistant(folder: copy)
        #expect(assistant.options().sampling.repetitionPenalty == 5)
        let options = assistant.greedyOptions(maxNewTokens: 7)
        #expect(options.sampling.isGreedy && options.sampling.repetitionPenalty == 1)
        #expect(options.sampling.bannedTokenIDs == plain.sampling.bannedTokenIDs)
        #expect(options.maxNewTokens == 7 && options.endTokenIDs == [3] && plain.endTokenIDs != [3])
    }

    /// The pieces that are given out make up the text, of every sample.
    @Test func textComesInPieces() throws {
        let assistant = try VisualAssistant(folder: Self.folder)
        var texts = [String](repeating: "", count: 5)
        var over: [Int] = []
        let answers = try assistant.answer([question(assistant, samples: 5)]) { piece in
            texts[piece.sample] += piece.text
            if piece.finishReason == .length { over.append(piece.sample) }
            return true
        }[0]
        #expect(texts == answers.map(\.text) && Set(texts).count == 5)
        #expect(over == [0, 1, 2, 3, 4])
        for answer in answers {
            let decoded = assistant.processor.tokenizer.decode(answer.generation.tokenIDs, skipsSpecialTokens: true)
            #expect(answer.text == decoded)
        }
    }

    /// A string that reaches over the border of two tokens ends the answer before both, and no piece shows its beginning.
    @Test func aStopStringMayReachOverTokens() throws {
        let assistant = try VisualAssistant(folder: Self.folder)
        let free = try assistant.answer([question(assistant)])[0][0]
        let tokens = free.generation.tokenIDs
        let pieces = tokens.map { assistant.processor.tokenizer.decode([$0], skipsSpecialTokens: true) }
        // The end of one token and the beginning of the next, which come nowhere before.
        let place = try #require(
            (3..<tokens.count).first { index in
                let before = pieces[..<(index - 1)].joined()
                guard let last = pieces[index - 1].last, let next = pieces[index].first else { return false }
                return pieces[index - 1].count > 1 && last != "\u{FFFD}" && next != "\u{FFFD}"
                    && !(before + pieces[index - 1]).contains("\(last)\(next)")
            })
        let stop = "\(try #require(pieces[place - 1].last))\(try #require(pieces[place].first))"
        var shown = ""
        let answer = try assistant.answer([question(assistant, stops: ["never", stop])]) { piece in
            shown += piece.text
            return true
        }[0][0]
        #expect(answer.generation.finishReason == .stop)
        #expect(answer.generation.tokenIDs == Array(tokens[...place]))
        #expect(answer.text == String(pieces[..<place].joined().dropLast()) && shown == answer.text)
        let unmatched = try assistant.answer([question(assistant, stops: ["never"])])[0][0]
        #expect(unmatched.text == free.text && unmatched.generation.finishReason == .length)
    }

    @Test func theCallerMayStop() throws {
        let assistant = try VisualAssistant(folder: Self.folder)
        var count = 0
        let answer = try assistant.answer([question(assistant)]) { _ in
            count += 1
            return count < 4
        }[0][0]
        #expect(answer.generation.tokenIDs.count == 4 && answer.generation.finishReason == .cancelled)
        let whole = assistant.processor.tokenizer.decode(answer.generation.tokenIDs, skipsSpecialTokens: true)
        #expect(answer.text == whole)
    }
}
