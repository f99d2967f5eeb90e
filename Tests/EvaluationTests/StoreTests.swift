import ChatEndpoints
import Evaluation
import Foundation
import GRDB
import Scoring
import Testing

/// What an evaluation has found out is kept, whole, and only once.
@Suite struct StoreTests {
    @Test func everyFieldComesBackAsItWasStored() async throws {
        try await withStoreFolder { folder in
            let store = try Made.store(folder, questions: 2)
            let reply = AnswerReply(
                text: "zero \0 byte, “quotes”, 漢字 \u{1F6A4}\r\n", finish: .other("content_filter"), promptTokens: 1200,
                newTokens: nil, attention: AttentionScores(paper: .infinity, pooled: 0.1, systemShare: .nan),
                tokenScores: [0.1, -3e30, .nan, .infinity])
            let answer = StoredAnswer(Made.key(1, sample: 3), .answered(reply), seconds: 1.25, seed: .min)
            try store.add(answer)
            try store.add(StoredAnswer(Made.key(0), .failed("too big"), seconds: 0))
            try store.close()

            let again = try EvaluationStore(folder, settings: Made.settings)
            let found = try #require(try again.answer(Made.key(1, sample: 3))?.reply)
            #expect(found.text == reply.text && found.text.utf8.count == reply.text.utf8.count)
            #expect(found.finish == reply.finish && found.promptTokens == 1200 && found.newTokens == nil)
            #expect(found.attention?.paper == .infinity && found.attention?.pooled == 0.1)
            #expect(found.attention?.systemShare?.isNaN == true && found.attention?.geometric == nil)
            let scores = try #require(found.tokenScores)
            #expect(
                scores.count == 4 && Array(scores[..<2]) == [0.1, -3e30] && scores[2].isNaN && scores[3] == .infinity)
            #expect(try again.answer(Made.key(0)) == StoredAnswer(Made.key(0), .failed("too big"), seconds: 0))
            #expect(try again.question(Made.question(1).key) == Made.question(1))
            #expect(try again.answer(Made.key(1)) == nil && again.question(Made.question(7).key) == nil)
            #expect(try again.settings() == Made.settings && again.benchmarks() == ["MMStar"])
        }
    }

    @Test func whatIsMissingIsPendingInTheOrderOfTheQuestions() async throws {
        try await withStoreFolder { folder in
            let store = try EvaluationStore(folder, settings: Made.settings)
            try store.add([Made.question(10), Made.question(9), Made.question(9, set: "MMMU")])
            try store.add(Made.answer(Made.key(10, sample: 1)))
            try store.add(StoredAnswer(Made.key(9), .failed("cut"), seconds: 0))
            #expect(
                try store.pending(of: "MMStar", samples: 2) == [
                    Made.key(10), Made.key(9), Made.key(9, sample: 1),
                ])
            #expect(
                try store.pending(of: "MMStar", samples: 2, retriesFailures: false) == [
                    Made.key(10), Made.key(9, sample: 1),
                ])
            #expect(try store.pending(of: "MMStar", samples: 0).isEmpty && store.pending(of: "none").isEmpty)
        }
    }

    @Test func anAnswerReplacesAFailureAndNothingElse() async throws {
        try await withStoreFolder { folder in
            let store = try Made.store(folder, questions: 2)
            let key = Made.key(0)
            try store.add(StoredAnswer(key, .failed("cut"), seconds: 0))
            try store.add([StoredVerdict(key, reading: "strict", Judgement(extracted: nil, isCorrect: false))])
            try store.add(Made.answer(key))
            var verdicts: [StoredVerdict] = []
            try store.forEachItem { verdicts += $0.verdicts }
            #expect(verdicts.isEmpty, "a verdict on the failure is none on the answer")
            let path = store.url.path
            #expect(throws: StoreError.answeredTwice(path: path, key: key)) { try store.add(Made.answer(key, "A")) }
            #expect(throws: StoreError.answeredTwice(path: path, key: key)) {
                try store.add([Made.answer(Made.key(1)), StoredAnswer(key, .failed("cut"), seconds: 0)])
            }
            #expect(try store.answer(key)?.reply?.text == "B")
            #expect(try store.answer(Made.key(1)) == nil, "of answers that come together all are stored or none")
            #expect(throws: StoreError.unknownQuestion(path: path, key: Made.question(5).key)) {
                try store.add(Made.answer(Made.key(5)))
            }
        }
    }

    @Test func aRunOfOtherSettingsIsRefusedAndToldWhatDiffers() async throws {
        try await withStoreFolder { folder in
            try Made.store(folder, questions: 1).close()
            let settings = [RunSetting("model", "large"), RunSetting("top-p", "0.9"), RunSetting("temperature", "0")]
            let error = #expect(throws: StoreError.self) { try EvaluationStore(folder, settings: settings) }
            #expect(
                error?.localizedDescription
                    == "\(folder.path) holds an evaluation of other settings: model is tiny there and large now; "
                    + "top-p is absent there and 0.9 now. Give another --output.")
            let fewer = #expect(throws: StoreError.self) { try EvaluationStore(folder, settings: [Made.settings[0]]) }
            #expect(fewer?.localizedDescription.contains("temperature is 0 there and absent now") == true)
            try EvaluationStore(folder, settings: Made.settings.reversed()).close()
        }
    }

    @Test func questionsMayBeNotedAgainButNotOtherwise() async throws {
        try await withStoreFolder { folder in
            let store = try Made.store(folder, questions: 3)
            try store.add([Made.question(1), Made.question(3)])
            #expect(try store.counts().questions == 4)
            let error = #expect(throws: StoreError.self) {
                try store.add([Made.question(4), Made.question(1, prompt: "Question one?")])
            }
            #expect(
                error?.localizedDescription
                    == "\(store.url.path) holds question 1 with another prompt; the data is not what it was, so give "
                    + "another --output.")
            #expect(try store.counts().questions == 4, "nothing of a refused list is kept")
        }
    }

    @Test func whileOneWritesOthersMayReadOnly() async throws {
        try await withStoreFolder { folder in
            #expect(throws: StoreError.absent(path: folder.path)) { try EvaluationStore(reading: folder) }
            let store = try Made.store(folder, questions: 2)
            #expect(throws: StoreError.inUse(path: folder.path)) {
                try EvaluationStore(folder, settings: Made.settings)
            }
            let reader = try EvaluationStore(reading: folder)
            try store.add(Made.answer(Made.key(0)))
            #expect(try reader.counts().answered == 1)
            #expect(throws: StoreError.self) { try reader.add(Made.answer(Made.key(1))) }
            try store.add(Made.answer(Made.key(1)))
        }
    }

    @Test func aLogIsKeptAheadAndEveryCommitIsFlushed() async throws {
        try await withStoreFolder { folder in
            let store = try Made.store(folder, questions: 1)
            let queue = try DatabaseQueue(path: store.url.path)
            #expect(try await queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
            #expect(FileManager.default.fileExists(atPath: store.url.path + "-wal"))
        }
    }

    @Test func whatIsCountedAndListedIsWhatIsThere() async throws {
        try await withStoreFolder { folder in
            let store = try Made.store(folder, questions: 260)
            for number in 0..<250 {
                try store.add(Made.answer(Made.key(number), finish: number < 4 ? .length : .stop))
            }
            for number in 250..<255 {
                try store.add(
                    StoredAnswer(Made.key(number), .failed(number < 252 ? "cut" : "refused"), seconds: 1))
            }
            let counts = try store.counts(of: "MMStar")
            #expect(counts.questions == 260 && counts.answered == 250 && counts.cut == 4 && counts.failed == 5)
            #expect(counts.promptTokens == 2500 && counts.newTokens == 750 && counts.seconds == 130)
            #expect(
                try store.failures() == [
                    FailureCount(reason: "refused", count: 3), FailureCount(reason: "cut", count: 2),
                ])
            #expect(try store.counts(of: "MMMU") == AnswerCounts())
            // More than one page, and the store can be used meanwhile.
            var seen: [Int] = []
            try store.forEachItem { item in
                seen.append(Int(item.answer.key.question.index) ?? -1)
                let judgement = Judgement(extracted: "B\0", isCorrect: item.answer.reply != nil)
                try store.add([StoredVerdict(item.answer.key, reading: "strict", judgement)])
                try store.add([StoredVerdict(item.answer.key, reading: "strict", judgement)])
            }
            #expect(seen == Array(0..<255))
            var right = 0
            try store.forEachItem { item in
                #expect(item.verdicts.count == 1 && item.verdicts[0].judgement.extracted == "B\0")
                if item.verdicts.first?.judgement.isCorrect == true { right += 1 }
            }
            #expect(right == 250)
        }
    }
}
