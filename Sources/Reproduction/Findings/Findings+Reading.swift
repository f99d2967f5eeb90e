import Foundation

extension Findings {
    /// Gathers the numbers of a study.
    /// - Parameter results: the results of its steps.
    /// - Throws: ``StudyError/unreadable(path:problem:)`` about a file of a step that is not what its command writes.
    public init(_ results: StudyResults) throws {
        let plan = results.plan
        (title, seeds, score) = (plan.title, plan.seeds, plan.reading.score)
        var found: [Checkpoint] = []
        for seed in [nil] + (1...max(1, plan.seeds)).map(Optional.some) {
            for model in plan.models {
                if let checkpoint = try Checkpoint(model, seed: seed, results) { found.append(checkpoint) }
            }
        }
        checkpoints = found
        correlation = try results.step(.correlate, "correlation", seed: nil).map {
            Correlation(try results.decoded(CommandSummaries.Correlation.self, $0))
        }
    }

    /// As JSON, the same bytes for the same numbers.
    /// - Throws: what the encoder throws.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try encoder.encode(self) + Data("\n".utf8)
    }
}

extension Findings.Correlation {
    init(_ summary: CommandSummaries.Correlation) {
        (count, notes) = (summary.count, summary.notes)
        (pearson, pearsonP) = (summary.pearson.coefficient, summary.pearson.pValue ?? .nan)
        spearman = summary.spearman.coefficient
        (low, high) = (summary.bootstrap?.lower, summary.bootstrap?.upper)
        (between, within) = (summary.betweenRungs?.coefficient, summary.withinRungs?.coefficient)
        (slope, intercept) = (summary.line.slope, summary.line.intercept)
    }
}

extension Findings.Score {
    init(_ score: CommandSummaries.Score) { (value, low, high) = (score.value, score.low, score.high) }
}

extension Findings.Checkpoint {
    /// What was measured of a checkpoint; nil if nothing was.
    init?(_ model: PlanFile.Model, seed: Int?, _ results: StudyResults) throws {
        func summary<Value: Decodable>(_ type: Value.Type, _ kind: Step.Kind) throws -> (Value, PlanFile.StepEntry)? {
            try results.step(kind, model.name, seed: seed).map { (try results.decoded(type, $0), $0) }
        }
        let attention = try summary(CommandSummaries.Attention.self, .vas)?.0
        let evaluation = try summary(CommandSummaries.Evaluation.self, .eval)
        let sweep = try summary(CommandSummaries.Sweep.self, .sweep)
        let exam = try summary(CommandSummaries.Exam.self, .exam)?.0
        guard attention != nil || evaluation != nil || sweep != nil || exam != nil else { return nil }
        (name, title, parts, start, self.seed) = (model.name, model.title, model.parts, model.start, seed)
        scores = attention?.scores.mapValues(Findings.Score.init)
        extremeHeads = attention?.extremeHeads
        layers = attention?.layers.map { layer in
            Findings.Layer(
                visual: layer.visual, system: layer.system, user: layer.user, response: layer.response,
                marker: layer.marker,
                vas: layer.vas)
        }
        let sets = evaluation?.0.sets.compactMap { set in
            set.readings.first { $0.name == "strict" }.map { reading in
                Findings.SetResult(
                    set: set.set, title: set.title, percent: reading.scores.headline.percent,
                    right: reading.accuracy.share.right,
                    count: reading.accuracy.share.count)
            }
        }
        self.sets = sets
        let percents = (sets ?? []).compactMap(\.percent)
        accuracy =
            percents.isEmpty || percents.count < (sets ?? []).count
            ? nil : percents.reduce(0, +) / Double(percents.count)
        let answers = try evaluation.map { try Answers(results.folder.appendingPathComponent($0.1.result)) }
        (verdicts, answerTokens) = (answers?.verdicts, answers?.meanTokens)
        (answerScore, stretches) = (answers?.score, answers?.stretches)
        self.exam = exam?.rows.map {
            Findings.Condition(name: $0.condition, right: $0.total.right, count: $0.total.count, readable: $0.readable)
        }
        guess = exam?.guesses?.likeliest?.accuracy
        interventions = try sweep.map { sweep, entry in
            let verdicts = try Self.verdicts(results.folder.appendingPathComponent(entry.result))
            return sweep.rows.map { row in
                Findings.Intervention(
                    name: row.point.name, accuracy: row.accuracy, low: row.accuracyLow, high: row.accuracyHigh,
                    changed: row.changedAnswers, count: sweep.samples,
                    scores: row.question.mapValues(Findings.Score.init),
                    verdicts: verdicts[row.point.name] ?? [])
            }
        }
    }

    /// What was answered right under each intervention, in the order of the questions, by `samples.jsonl` beside a summary of `avar sweep`.
    private static func verdicts(_ summary: URL) throws -> [String: [Double]] {
        let url = summary.deletingLastPathComponent().appendingPathComponent("samples.jsonl")
        guard let data = try? Data(contentsOf: url) else {
            throw StudyError.unreadable(path: url.path, problem: "there is no such readable file")
        }
        var found: [String: [(line: Int, right: Double)]] = [:]
        for line in data.split(separator: UInt8(ascii: "\n")) {
            // Samples that were left out have lines of another form.
            guard let sample = try? StudyResults.decoder.decode(CommandSummaries.SweepSample.self, from: line),
                let isRight = sample.right
            else { continue }
            found[sample.point, default: []].append((sample.line, isRight ? 1 : 0))
        }
        return found.mapValues { $0.sorted { $0.line < $1.line }.map(\.right) }
    }
}

/// What the lines of `answers.jsonl` beside a summary of `avar eval` say.
private struct Answers {
    /// How often each question was answered right.
    let verdicts: [Double]
    /// The mean length in tokens.
    let meanTokens: Double?
    /// The pooled score, the mean over answers.
    let score: Double?
    /// The score along the answers; nil if the scores of tokens were not kept.
    let stretches: [Findings.Stretch]?

    /// The places at which stretches of an answer begin and end.
    private static let edges = [0, 5, 10, 20, 40, 60, 80, 120, 160, 240, 320, 480, 640, 1024, 2048, 4096]

    init(_ summary: URL) throws {
        let url = summary.deletingLastPathComponent().appendingPathComponent("answers.jsonl")
        guard let data = try? Data(contentsOf: url) else {
            throw StudyError.unreadable(path: url.path, problem: "there is no such readable file")
        }
        var (order, right): ([String], [String: (sum: Double, count: Int)]) = ([], [:])
        var (tokens, pooled): ([Double], [Double]) = ([], [])
        var bins = [(sum: Double, count: Int)](repeating: (0, 0), count: Self.edges.count - 1)
        for line in data.split(separator: UInt8(ascii: "\n")) {
            guard let answer = try? StudyResults.decoder.decode(CommandSummaries.Answer.self, from: line) else {
                throw StudyError.unreadable(path: url.path, problem: "a line is not what avar eval writes")
            }
            let key = "\(answer.benchmark)/\(answer.index)"
            if right[key] == nil { order.append(key) }
            let isRight = answer.verdicts["strict"]?.correct == true ? 1.0 : 0
            right[key] = (right[key, default: (0, 0)].sum + isRight, right[key, default: (0, 0)].count + 1)
            if let count = answer.newTokens { tokens.append(Double(count)) }
            if let score = answer.attention?["pooled"], score.isFinite { pooled.append(score) }
            for (place, score) in (answer.tokenScores ?? []).enumerated() where score > 0 && score.isFinite {
                guard let bin = Self.edges.lastIndex(where: { $0 <= place }), bin < bins.count else { continue }
                bins[bin].sum += log(score)
                bins[bin].count += 1
            }
        }
        verdicts = order.map { right[$0, default: (0, 1)].sum / Double(right[$0, default: (0, 1)].count) }
        func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
        (meanTokens, score) = (mean(tokens), mean(pooled))
        let found = bins.enumerated().compactMap { index, bin -> Findings.Stretch? in
            guard bin.count > 0 else { return nil }
            return Findings.Stretch(
                from: Self.edges[index], to: Self.edges[index + 1], tokens: bin.count,
                score: exp(bin.sum / Double(bin.count)))
        }
        stretches = found.isEmpty ? nil : found
    }
}
