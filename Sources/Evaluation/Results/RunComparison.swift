import Foundation
import Scoring
import Statistics

/// Two runs over the same questions, the second against the first.
public struct RunComparison: Sendable, Encodable {
    /// A question that one run answers better.
    public struct Change: Sendable, Encodable, Equatable {
        /// The question that they answer differently well.
        public var key: QuestionKey
        /// The share of the first run's answers that is right, in 0...1.
        public var first: Double
        /// The share of the second's.
        public var second: Double
        /// What the first run's first answer was read as.
        public var firstExtracted: String?
        /// What the second's was.
        public var secondExtracted: String?
    }

    /// One set, or all of them together.
    public struct Part: Sendable, Encodable {
        /// The set; nil for all of them together, each question counting the same.
        public var set: BenchmarkSet?
        /// The paired difference over questions, clustered by picture.
        public var difference: PairedDifference
        /// The test over the first answers to each question.
        public var mcNemar: McNemar
        /// The difference that a comparison of this size finds with 80 % power; nil if the runs differ nowhere or there are too few.
        public var detectable: DetectableDifference?
        /// Both headlines by the benchmark's own count, in percent; nil for all sets together.
        public var headlines: Headlines?
        /// The questions that one of the runs answers better, in their order.
        public var changes: [Change]
    }

    /// The benchmark's own numbers of both runs.
    public struct Headlines: Sendable, Encodable, Equatable {
        /// What they are, as `mean of aAcc, fAcc and qAcc`.
        public var name: String
        /// Of the first run, in percent.
        public var first: Double?
        /// Of the second run, in percent.
        public var second: Double?
    }

    /// The reading whose verdicts are compared: `strict`, `reference` or `judge`.
    public var reading: String
    /// Set by set, then all together where there are several.
    public var parts: [Part]
    /// Questions that only one of the runs has, which are left out.
    public var onlyFirst: Int
    /// Questions that only the second run has, which are left out too.
    public var onlySecond: Int
    /// Questions that both runs have with different prompts: what is compared there is model and prompt together.
    public var otherPrompts: Int

    /// Compares two runs.
    /// - Parameters:
    ///   - first: the run that is compared with.
    ///   - second: the run that is compared.
    ///   - reading: which verdicts count.
    ///   - bootstrap: how often groups are drawn again, and from which seed.
    /// - Throws: ``StoreError``, ``RunComparisonError`` if the runs have no question in common, or answers of one question differ in
    ///   what is right.
    public init(
        _ first: EvaluationStore, _ second: EvaluationStore, reading: String = EvaluationStore.ReadingName.strict,
        bootstrap: Bootstrap = Bootstrap()
    ) throws {
        self.reading = reading
        (parts, onlyFirst, onlySecond, otherPrompts) = ([], 0, 0, 0)
        let names = try first.benchmarks()
        var all: [Pair] = []
        for name in names {
            guard let set = BenchmarkSet(rawValue: name) else { continue }
            let (mine, theirs) = (try AnsweredSet(first, set), try AnsweredSet(second, set))
            for run in [mine, theirs] where !run.items.isEmpty && !run.readings.contains(reading) {
                throw RunComparisonError.noReading(reading)
            }
            let pairs = try pairs(mine, theirs, first, second)
            guard !pairs.isEmpty else { continue }
            var part = try part(set, pairs, bootstrap)
            let common = Set(pairs.map(\.first[0].key.question))
            let headlines = try [mine, theirs].map { run in
                let rounds = run.rounds(reading).map { round in
                    round.filter { common.contains(QuestionKey(benchmark: name, index: $0.index)) }
                }
                return try BenchmarkScores(rounds: rounds, of: set.benchmark).headline
            }
            part.headlines = Headlines(
                name: headlines[0].name, first: headlines[0].percent, second: headlines[1].percent)
            parts.append(part)
            all += pairs
        }
        for name in try second.benchmarks() where !names.contains(name) {
            if let set = BenchmarkSet(rawValue: name) { onlySecond += try AnsweredSet(second, set).questions().count }
        }
        guard !parts.isEmpty else { throw RunComparisonError.nothingInCommon }
        if parts.count > 1 {
            var whole = try part(nil, all, bootstrap)
            whole.changes = []
            parts.append(whole)
        }
    }

    /// The answers of both runs to one question.
    private struct Pair {
        var first: [AnsweredSet.Item]
        var second: [AnsweredSet.Item]
    }

    private mutating func pairs(
        _ mine: AnsweredSet, _ theirs: AnsweredSet, _ first: EvaluationStore, _ second: EvaluationStore
    ) throws -> [Pair] {
        let others = Dictionary(
            theirs.questions().map { ($0[0].key.question, $0) }, uniquingKeysWith: { one, _ in one })
        var pairs: [Pair] = []
        for answers in mine.questions() {
            let key = answers[0].key.question
            guard let other = others[key] else {
                onlyFirst += 1
                continue
            }
            guard let one = try first.question(key), let two = try second.question(key) else { continue }
            guard one.exercise.answer == two.exercise.answer, one.pictures == two.pictures else {
                throw RunComparisonError.otherQuestion(key)
            }
            if one.prompt != two.prompt { otherPrompts += 1 }
            pairs.append(Pair(first: answers, second: other))
        }
        onlySecond += others.count - pairs.count
        return pairs
    }

    private func part(_ set: BenchmarkSet?, _ pairs: [Pair], _ bootstrap: Bootstrap) throws -> Part {
        func share(_ items: [AnsweredSet.Item]) -> Double {
            Double(items.count { $0.isRight(reading) }) / Double(items.count)
        }
        let (first, second) = (pairs.map { share($0.first) }, pairs.map { share($0.second) })
        let clusters = pairs.map { ($0.first[0].key.question.benchmark) + "/" + $0.first[0].cluster }
        let difference = try PairedDifference(first: first, second: second, clusters: clusters, bootstrap: bootstrap)
        let test = try McNemar(
            pairs.map { $0.first[0].isRight(reading) }, pairs.map { $0.second[0].isRight(reading) })
        // As if every question stood for itself.
        let alone = Clusters(first.indices.map(String.init))
        var effect = 1.0
        if let grouped = difference.standardError,
            let single = alone.standardError(ofMeanOf: zip(first, second).map { $1 - $0 }), single > 0
        {
            effect = max(1, (grouped / single) * (grouped / single))
        }
        let changes = zip(pairs, zip(first, second)).compactMap { pair, shares -> Change? in
            guard shares.0 != shares.1 else { return nil }
            return Change(
                key: pair.first[0].key.question, first: shares.0, second: shares.1,
                firstExtracted: pair.first[0].verdicts[reading]?.extracted,
                secondExtracted: pair.second[0].verdicts[reading]?.extracted)
        }
        return Part(
            set: set, difference: difference, mcNemar: test,
            detectable: .paired(
                discordant: test.onlyFirst + test.onlySecond, of: pairs.count, designEffect: effect),
            headlines: nil, changes: changes)
    }
}

/// Why two runs cannot be compared.
public enum RunComparisonError: Error, LocalizedError, Equatable {
    /// They have no question in common.
    case nothingInCommon
    /// A question has other pictures or another answer in the other run.
    case otherQuestion(QuestionKey)
    /// There are no verdicts of a reading.
    case noReading(String)

    /// Why the runs cannot be compared, in one sentence.
    public var errorDescription: String? {
        switch self {
        case .nothingInCommon: "The two runs have no answered question in common."
        case .otherQuestion(let key):
            "Question \(key.index) of \(key.benchmark) has other pictures or another answer in the other run: the runs are of "
                + "different files."
        case .noReading(let name):
            "One of the runs has no verdicts of the reading '\(name)'; give --reading one that both have."
        }
    }
}
