import QwenVL
import Samples
import VisualAttention

extension VisualAssistant {
    /// Answers one sample under one intervention, always with the likeliest token.
    /// - Parameters:
    ///   - entry: the sample.
    ///   - data: what it is of, which knows the right answer.
    ///   - point: the name of the intervention.
    ///   - intervention: what is done, nil for nothing.
    ///   - maxNewTokens: the most tokens of the answer.
    ///   - shouldStop: looked at between two tokens; true ends the work with `CancellationError`.
    /// - Returns: the answer, how long it took and where it looked.
    /// - Throws: what is wrong with the sample; `CancellationError` if the work was stopped.
    func answer(
        _ entry: SampleEntry, of data: any SampleData, point: String, intervention: Intervention?, maxNewTokens: Int,
        shouldStop: () -> Bool
    ) throws -> SweepResult {
        let sample = try entry.sample()
        let options = greedyOptions(maxNewTokens: maxNewTokens)
        let input = try input(of: sample.messages(), queries: .generatedResponse(options))
        try requireMeasurable(input)
        var began: ContinuousClock.Instant?
        var isStopped = false
        let answer = try answer([Question(input, options: options, intervention: intervention)]) { _ in
            if began == nil { began = .now }
            isStopped = shouldStop()
            return !isStopped
        }[0][0]
        let seconds = began.map { $0.duration(to: .now).seconds } ?? 0
        if isStopped { throw CancellationError() }
        guard let question = try answer.questionAttention().flatMap({ VisualAttentionScore($0) }) else {
            throw MeasurementError.noUserQuery
        }
        return SweepResult(
            line: entry.number, point: point, question: ScoreForms(question),
            answer: try answer.answerAttention().flatMap { VisualAttentionScore($0) }.map { ScoreForms($0) },
            text: answer.text, decodedTokens: answer.generation.tokenIDs.count - 1, decodeSeconds: seconds,
            isRight: data.verdict(on: answer.text, to: sample, number: entry.number)?.isRight)
    }
}
