import Foundation

/// Parts of the JSON that commands leave, as a study reads them.
enum CommandSummaries {
    /// A score with its 95 % bootstrap interval over samples.
    struct Score: Codable, Sendable, Equatable {
        let value: Double?
        let low: Double?
        let high: Double?
    }

    /// `summary.json` of `avar vas`.
    struct Attention: Decodable {
        let scores: [String: Score]
        let layers: [Layer]
        let extremeHeads: Int
        let samples: Int

        /// A layer: the scores over its heads, and shares of the attention of the asked tokens by role, in 0...1.
        struct Layer: Codable, Sendable, Equatable {
            let visual: Double
            let system: Double
            let user: Double
            let response: Double
            let marker: Double
            let vas: Double?
        }
    }

    /// `summary.json` of `avar eval run`.
    struct Evaluation: Decodable {
        let sets: [AnsweredSet]

        struct AnsweredSet: Decodable {
            let set: String
            let title: String
            let readings: [Reading]
        }

        struct Reading: Decodable {
            let name: String
            let accuracy: Accuracy
            let scores: Scores
        }

        struct Accuracy: Decodable { let share: Share }

        struct Share: Decodable {
            let right: Int
            let count: Int
            let low: Double?
            let high: Double?
        }

        struct Scores: Decodable {
            let headline: Headline
            let cut: Int?
        }

        struct Headline: Decodable {
            let name: String
            let percent: Double?
        }
    }

    /// A line of `answers.jsonl` of `avar eval run`.
    struct Answer: Decodable {
        let benchmark: String
        let index: String
        let sample: Int
        let newTokens: Int?
        let attention: [String: Double]?
        let tokenScores: [Double]?
        let verdicts: [String: Verdict]

        struct Verdict: Decodable { let correct: Bool? }
    }

    /// `summary.json` of `avar sweep`.
    struct Sweep: Decodable {
        let samples: Int
        let rows: [Row]

        struct Row: Decodable {
            let point: Point
            let accuracy: Double?
            let accuracyLow: Double?
            let accuracyHigh: Double?
            /// The share of the answers that differ from those without an intervention, in 0...1.
            let changedAnswers: Double?
            let question: [String: Score]
            let answer: [String: Score]
        }

        struct Point: Decodable {
            let name: String
            let reading: String?
            let enhance: Double?
            let suppress: Double?
        }
    }

    /// A line of `samples.jsonl` of `avar sweep`.
    struct SweepSample: Decodable {
        let line: Int
        let point: String
        let right: Bool?
    }

    /// `summary.json` of `avar microworld exam`.
    struct Exam: Decodable {
        let questions: Int
        let guesses: Guesses?
        let rows: [Row]

        struct Guesses: Decodable {
            let chance: Double?
            let likeliest: Total?
        }

        struct Row: Decodable {
            let condition: String
            let readable: Double?
            let total: Total
        }

        struct Total: Decodable {
            let right: Int
            let count: Int
            let accuracy: Double?
            let low: Double?
            let high: Double?
        }
    }

    /// `correlate.json`.
    struct Correlation: Decodable {
        let count: Int
        let items: [Item]
        let pearson: Coefficient
        let spearman: Coefficient
        let bootstrap: Interval?
        let betweenRungs: Coefficient?
        let withinRungs: Coefficient?
        let line: Line
        let notes: [String]

        struct Item: Decodable {
            let name: String
            let rung: String?
            let vas: Double
            let accuracy: Double
        }

        struct Coefficient: Decodable {
            let coefficient: Double
            let pValue: Double?
        }

        struct Interval: Decodable {
            let lower: Double
            let upper: Double
        }

        struct Line: Decodable {
            let slope: Double
            let intercept: Double
        }
    }

    /// A line of a training's `log.jsonl`.
    struct LogEntry: Decodable {
        let step: Int
        let loss: Double?
        let metrics: [String: Double]?
    }
}
