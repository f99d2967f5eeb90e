import ChatEndpoints
import Crypto
import Foundation
import Samples

/// The way of one sample through the stages.
struct SampleWork {
    let sample: SynthesisStore.Claimed
    let questions: QuestionList
    let desks: [StageDesk]
    let settings: SynthesisSettings
    let judge: any SampleJudge
    let report: @Sendable (SynthesisEvent) -> Void

    /// What makes a sample be rejected before it is judged.
    private struct Rejected: Error {
        let rejection: Outcome.Rejection
    }

    /// Goes the way to its end.
    /// - Throws: what stops the run.
    func outcome() async throws -> Outcome {
        var outcome = Outcome()
        do {
            try await make(&outcome)
        } catch let rejected as Rejected {
            outcome.rejection = rejected.rejection
        }
        return outcome
    }

    private func make(_ outcome: inout Outcome) async throws {
        let (question, digests) = try input()
        var values: [PromptText.Placeholder: String] = [
            .question: question.text, .answer: question.answer, .options: question.options.joined(separator: "\n"),
        ]
        values[.description] = try await reply(.description, values, question, digests, round: 0, &outcome).text
        for round in 0...settings.rejectedRetries {
            outcome.rounds = round + 1
            values[.reasoning] = try await reply(.reasoning, values, question, digests, round: round, &outcome).text
            let response = try await reply(.anchors, values, question, digests, round: round, &outcome).text
            outcome.verdicts = try await judge.verdicts(
                on: CandidateSample(
                    id: question.id, question: question.text, answer: question.answer, options: question.options,
                    description: values[.description] ?? "", reasoning: values[.reasoning] ?? "",
                    response: response, picture: { [picture = question.pictures[0]] in try picture.bytes() }))
            guard let failed = outcome.verdicts.first(where: { !$0.passed }) else { return }
            report(.judged(sample: sample.key, gate: failed.gate, reason: failed.reason))
            if round == settings.rejectedRetries {
                throw Rejected(rejection: .init(gate: failed.gate, reason: failed.reason))
            }
        }
    }

    /// The question and the digests of its pictures.
    private func input() throws -> (SynthesisQuestion, [String]) {
        do {
            guard let question = try questions.question(sample.key) else {
                throw SampleError.content("The sample is not in the data any more")
            }
            return (question, try question.pictureDigests())
        } catch {
            throw Rejected(rejection: .init(gate: Outcome.inputGate, reason: error.localizedDescription))
        }
    }

    /// A reply that can be worked with: asked for again with another seed while it cannot.
    private func reply(
        _ stage: Stage, _ values: [PromptText.Placeholder: String], _ question: SynthesisQuestion,
        _ digests: [String], round: Int, _ outcome: inout Outcome
    ) async throws -> StoredResponse {
        guard let desk = desks.first(where: { $0.settings.stage == stage }) else {
            preconditionFailure("every stage has a desk")
        }
        let tries = settings.malformedRetries + 1
        var problem = ""
        for turn in 0..<tries {
            let request = try StageRequest(
                desk.settings, text: desk.settings.prompt.filled(values), pictures: question.pictures,
                digests: digests, attempt: round * tries + turn)
            let response: StoredResponse
            do {
                response = try await desk.answer(to: request)
            } catch RequestFailure.failed(let reason) {
                throw Rejected(rejection: .init(gate: Outcome.endpointGate, reason: "\(stage.rawValue): \(reason)"))
            } catch let error as SampleError {
                throw Rejected(rejection: .init(gate: Outcome.inputGate, reason: error.localizedDescription))
            }
            outcome.requests.append(MadeRequest(stage: stage, attempt: request.attempt, hash: request.hash))
            guard let found = ReplyForm.problem(response) else { return response }
            problem = found
            report(.malformed(stage, sample: sample.key, reason: found))
        }
        throw Rejected(
            rejection: .init(
                gate: Outcome.malformedGate(stage),
                reason: "\(problem), in \(tries) \(tries == 1 ? "try" : "tries")"))
    }
}

extension SynthesisQuestion {
    /// SHA-256 of each picture's bytes, which must be of a kind that can be sent.
    func pictureDigests() throws -> [String] {
        try pictures.map { picture in
            let bytes = try picture.bytes()
            guard ChatPicture(bytes) != nil else {
                throw SampleError.content("\(picture.title) is neither PNG, JPEG, WebP nor GIF")
            }
            return SHA256.hash(data: bytes).hexadecimal
        }
    }
}
