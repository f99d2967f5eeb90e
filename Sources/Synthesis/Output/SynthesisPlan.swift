import Foundation

/// What a run would do, found out without asking anybody.
public struct SynthesisPlan: Codable, Sendable, Equatable {
    /// What a stage would take.
    public struct StagePlan: Codable, Sendable, Equatable {
        /// The stage that would ask.
        public var stage: Stage
        /// The model that it would ask, by its name at the endpoint.
        public var model: String
        /// The server and its port.
        public var host: String
        /// Requests whose answers are in the store already.
        public var known = 0
        /// Requests that are to be made, if none is repeated and nothing rejected.
        public var requests = 0
        /// Tokens of their prompts, estimated.
        public var promptTokens = 0
        /// Tokens of their answers, estimated.
        public var newTokens = 0
        /// In the currency of the prices; nil if the model has no price.
        public var cost: Double?
        /// The least time that limits and concurrency allow, in seconds; answers are taken to last as long as those so
        /// far.
        public var seconds: Double?
    }

    /// All samples of the data.
    public var samples = 0
    /// Samples whose fate is decided already: accepted or rejected.
    public var finished = 0
    /// Those that cannot be used.
    public var unusable = 0
    /// What each stage would take.
    public var stages: [StagePlan] = []
    /// In the currency of the prices; nil if a model that would be asked has no price.
    public var cost: Double? {
        stages.reduce(0 as Double?) { sum, stage in
            stage.requests == 0 ? sum : sum.flatMap { sum in stage.cost.map { sum + $0 } }
        }
    }
}

extension SynthesisPlan {
    /// Finds out what a run would do; nobody is asked, and nothing is written.
    ///
    /// Answers are taken to be as long as those so far, or else a third of `max_tokens`.
    /// - Parameters:
    ///   - settings: what to do.
    ///   - store: what was done so far, which may be open for reading only; nil if there is none
    ///     (``SynthesisStore/reading(ifPresentIn:)``).
    ///   - judge: decides which samples are finished.
    /// - Throws: ``SynthesisError``; what reading the data throws.
    public init(_ settings: SynthesisSettings, store: SynthesisStore?, judge: any SampleJudge) throws {
        var waiting: [String] = []
        let questions = try count(settings, store, judge, waiting: &waiting)
        let spent = try store?.funnel().stages ?? []
        var plans = settings.stages.map { StagePlan(stage: $0.stage, model: $0.model, host: $0.address.host) }
        let means = settings.stages.map { stage in
            let totals = spent.first { $0.stage == stage.stage }
            let answers = Double(totals?.answers ?? 0)
            return (
                new: answers > 0
                    ? Double(totals?.newTokens ?? 0) / answers : Double(stage.sampling.maxTokens ?? 4096) / 3,
                seconds: answers > 0 ? (totals?.seconds ?? 0) / answers : nil
            )
        }
        for key in waiting {
            guard let question = try? questions.question(key), let digests = try? question.pictureDigests() else {
                continue
            }
            var values: [PromptText.Placeholder: String] = [
                .question: question.text, .answer: question.answer,
                .options: question.options.joined(separator: "\n"),
            ]
            for (index, stage) in settings.stages.enumerated() {
                let needsUnknown = index > 0 && values[Self.place(of: settings.stages[index - 1].stage)] == nil
                var known: StoredResponse?
                var request = try StageRequest(
                    stage, text: stage.prompt.filled(values), pictures: question.pictures, digests: digests, attempt: 0)
                for attempt in 0...settings.malformedRetries where !needsUnknown && known == nil {
                    request = try StageRequest(
                        stage, text: stage.prompt.filled(values), pictures: question.pictures, digests: digests,
                        attempt: attempt)
                    guard let found = try store?.response(request.hash) else { break }
                    known = ReplyForm.problem(found) == nil ? found : nil
                }
                if let known {
                    plans[index].known += 1
                    values[Self.place(of: stage.stage)] = known.text
                } else {
                    // Texts that are still to be written are parts of later prompts.
                    let written = needsUnknown ? means[..<index].reduce(0) { $0 + $1.new } : 0
                    plans[index].requests += 1
                    plans[index].promptTokens += request.roughTokens + Int(written)
                    plans[index].newTokens += Int(means[index].new)
                }
            }
        }
        stages = zip(zip(plans, settings.stages), means).map { pair, mean in
            var (plan, stage) = pair
            plan.cost = settings.prices[stage.model]?.cost(prompt: plan.promptTokens, new: plan.newTokens)
            let times = [
                stage.requestsPerMinute.map { Double(plan.requests) / $0 * 60 },
                stage.tokensPerMinute.map { Double(plan.promptTokens + plan.newTokens) / $0 * 60 },
                mean.seconds.map { $0 * Double(plan.requests) / Double(stage.concurrency) },
            ]
            plan.seconds = times.compactMap { $0 }.max()
            return plan
        }
    }

    /// Counts the samples of the data by how far they would be.
    /// - Parameters:
    ///   - settings: what to do.
    ///   - store: what was done so far.
    ///   - judge: decides which samples are finished.
    ///   - waiting: takes the keys of those that are to be made.
    /// - Returns: the questions.
    /// - Throws: ``SynthesisError``; what reading the data throws.
    private mutating func count(
        _ settings: SynthesisSettings, _ store: SynthesisStore?, _ judge: any SampleJudge, waiting: inout [String]
    ) throws -> QuestionList {
        var batch: [SynthesisStore.Noted] = []
        func take(_ plan: inout SynthesisPlan, _ waiting: inout [String]) throws {
            for (sample, fate) in zip(batch, try store?.foreseen(batch) ?? batch.map(\.fresh)) {
                plan.samples += 1
                if fate.state == .waiting { waiting.append(sample.key) } else { plan.finished += 1 }
                if fate.state == .rejected, fate.gate == Outcome.inputGate { plan.unusable += 1 }
            }
            batch = []
        }
        let list = try settings.questions(settings.decisive(judge)) { noted in
            batch.append(noted)
            if batch.count == 1000 { try take(&self, &waiting) }
        }
        try take(&self, &waiting)
        return list
    }

    private static func place(of stage: Stage) -> PromptText.Placeholder {
        stage == .description ? .description : .reasoning
    }
}
