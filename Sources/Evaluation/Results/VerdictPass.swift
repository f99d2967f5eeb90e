import Foundation
import Scoring

extension EvaluationStore {
    /// The names of readings, as verdicts are stored under them.
    public enum ReadingName {
        /// `StrictReading` of Scoring: by what is meant.
        public static let strict = "strict"
        /// `ReferenceReading` of Scoring: as VLMEvalKit does, without a judge.
        public static let reference = "reference"
        /// The reference with a judge's word on the answers that it cannot read.
        public static let judge = "judge"
    }

    /// An answer that a judge is asked about.
    struct Unread: Sendable {
        var key: AnswerKey
        var exercise: Exercise
        var prompt: String
        var text: String
    }

    /// Reads every answer in both readings and stores what they make of it, in place of what was there.
    ///
    /// Verdicts are made anew each time, so that they are never those of older rules than the rest.
    /// - Parameter benchmark: the name of a set; nil for all.
    /// - Returns: how many answers were read.
    /// - Throws: ``StoreError``.
    @discardableResult
    public func score(of benchmark: String? = nil) throws -> Int {
        let (strict, reference) = (StrictReading(), ReferenceReading())
        var (verdicts, count) = ([StoredVerdict](), 0)
        try forEachItem(of: benchmark) { item in
            guard let text = item.answer.reply?.text else { return }
            let (key, exercise) = (item.answer.key, item.question.exercise)
            verdicts += [
                StoredVerdict(
                    key, reading: ReadingName.reference, reference.judgement(on: text, for: exercise)),
                StoredVerdict(key, reading: ReadingName.strict, strict.judgement(on: text, for: exercise)),
            ]
            count += 1
            if verdicts.count >= 500 {
                try add(verdicts)
                verdicts.removeAll()
            }
        }
        try add(verdicts)
        return count
    }

    /// The answers in which the reference finds nothing; of MathVerse all, which a judge always reads.
    func unread() throws -> (unread: [Unread], read: [StoredVerdict]) {
        var (unread, read) = ([Unread](), [StoredVerdict]())
        try forEachItem { item in
            guard let text = item.answer.reply?.text,
                let verdict = item.verdicts.first(where: { $0.reading == ReadingName.reference })
            else { return }
            let exercise = item.question.exercise
            if verdict.judgement.extracted == nil || exercise.benchmark == .mathVerse {
                unread.append(
                    Unread(key: item.answer.key, exercise: exercise, prompt: item.question.words, text: text))
            } else {
                read.append(StoredVerdict(item.answer.key, reading: ReadingName.judge, verdict.judgement))
            }
        }
        return (unread, read)
    }
}

extension StoredQuestion {
    /// The question's words without the marks of pictures.
    var words: String {
        prompt.replacingOccurrences(of: BenchmarkPrompt.pictureMark, with: "")
    }
}

/// Asks a judge about the answers in which the reference finds nothing, several at a time, and stores its verdicts.
public struct JudgePass: Sendable {
    private let judge: Judge
    private let store: EvaluationStore
    private let concurrency: Int

    /// A pass.
    /// - Parameters:
    ///   - judge: whom to ask.
    ///   - store: holds the answers and the reference's verdicts, and takes the judge's.
    ///   - concurrency: how many answers are judged at one time.
    public init(_ judge: Judge, store: EvaluationStore, concurrency: Int = 8) {
        (self.judge, self.store, self.concurrency) = (judge, store, max(1, concurrency))
    }

    /// Judges: what the judge could not be asked about is wrong, counted, and asked again the next time.
    /// - Parameter report: told after every answer how many are done, of how many.
    /// - Returns: how often the judge was needed, and what came of it.
    /// - Throws: ``ChatError`` if no request to this judge can succeed, ``StoreError``, or `CancellationError`.
    public func run(report: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) async throws -> JudgeSummary {
        let (unread, read) = try store.unread()
        try store.add(read)
        var (summary, done) = (JudgeSummary(), 0)
        try await withThrowingTaskGroup(of: JudgedAnswer.self) { tasks in
            var waiting = unread.makeIterator()
            func begin() {
                guard let next = waiting.next() else { return }
                tasks.addTask {
                    let judged = try await judge.verdict(
                        for: next.exercise, question: next.prompt, answer: next.text)
                    try store.add([
                        StoredVerdict(
                            next.key, reading: EvaluationStore.ReadingName.judge, judged.judgement)
                    ])
                    return judged
                }
            }
            for _ in 0..<concurrency { begin() }
            while let judged = try await tasks.next() {
                summary.add(judged)
                done += 1
                report(done, unread.count)
                begin()
            }
        }
        return summary
    }
}
