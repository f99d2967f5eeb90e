import Scoring

/// The rollouts of one update, read once for all parts of the reward.
public struct RewardBatch: Sendable {
    /// The rollouts, those of a group not necessarily side by side.
    public let inputs: [RewardInput]
    /// What every answer says, and whether that is right.
    public let judgements: [Judgement]

    /// Reads the answers of rollouts.
    /// - Parameters:
    ///   - inputs: the rollouts.
    ///   - reading: how answers are read.
    public init(_ inputs: [RewardInput], reading: any AnswerReading = StrictReading()) {
        self.inputs = inputs
        var exercises: [Question: Exercise] = [:]
        judgements = inputs.map { input in
            let question = Question(input)
            let exercise = exercises[question] ?? input.exercise
            exercises[question] = exercise
            return reading.judgement(on: input.response, for: exercise)
        }
    }

    /// Whether an answer is right.
    /// - Parameter index: the place of the rollout in ``inputs``.
    /// - Returns: true if it is.
    public func isRight(_ index: Int) -> Bool { judgements[index].isCorrect }

    /// The places of the rollouts of each group, groups in the order in which they appear.
    public var groups: [(number: Int, places: [Int])] {
        var order: [Int] = []
        var places: [Int: [Int]] = [:]
        for (index, input) in inputs.enumerated() {
            if places[input.group] == nil { order.append(input.group) }
            places[input.group, default: []].append(index)
        }
        return order.map { ($0, places[$0] ?? []) }
    }

    /// What decides how answers are read; rollouts of a group share it.
    private struct Question: Hashable {
        let problem: String
        let answer: String
        let kind: Exercise.Kind?
        let choices: [[String]]

        init(_ input: RewardInput) {
            (problem, answer, kind) = (input.problem, input.answer, input.kind)
            choices = input.choices.map { [$0.letter, $0.text] }
        }
    }
}

extension RewardInput {
    /// How its answer is to be read.
    public var exercise: Exercise {
        ExerciseInference.exercise(problem: problem, answer: answer, kind: kind, choices: choices)
    }
}
