extension TrainingLoop {
    /// What a step found, its gradients made.
    public struct StepLoss {
        /// What was made small, in nats.
        public let loss: Double
        /// How many targets there were.
        public let tokens: Int
        /// Whatever else is to be logged, by name.
        public let metrics: [String: Metric]

        /// What a step found.
        /// - Parameters:
        ///   - loss: what was made small, in nats.
        ///   - tokens: how many targets there were.
        ///   - metrics: whatever else is to be logged, by name.
        public init(loss: Double, tokens: Int, metrics: [String: Metric] = [:]) {
            (self.loss, self.tokens, self.metrics) = (loss, tokens, metrics)
        }
    }

    /// A line of the log: the steps since the line before.
    ///
    /// A training that is gone on with gives the lines of an undisturbed one, but for what is said of time and process: `seconds`,
    /// `secondsLeft`, `liveTensors` and `residentMebibytes`. In JSON a number that is not finite is null.
    public struct LogEntry: Codable, Sendable {
        /// Steps that were made when the line was written, from the beginning of the training.
        public var step: Int
        /// Mean loss over these steps, in nats; no number if all were skipped.
        public var loss: Double
        /// The learning rate of the last of these steps, a group's own factor not counted.
        public var learningRate: Double
        /// Mean norm of the gradients before clipping, likewise.
        public var gradientNorm: Double
        /// Targets in these steps.
        public var tokens: Int
        /// Wall time of these steps in seconds.
        public var seconds: Double
        /// How many of these steps were skipped, because of a loss or a gradient that was no number; nil for none.
        public var skipped: Int?
        /// Whatever else the steps found, by name.
        public var metrics: [String: Double]?
        /// What the evaluation after the last of them found, by name.
        public var evaluation: [String: Double]?
        /// How long the steps that are left will take, by those of this process.
        public var secondsLeft: Double?
        /// Tensors alive in this process after the last step: a number that grows is a leak.
        public var liveTensors: Int?
        /// Memory of this process after the last step, in MiB; nil where the system does not say.
        public var residentMebibytes: Double?

        init(
            step: Int, loss: Double, learningRate: Double, gradientNorm: Double, tokens: Int, seconds: Double,
            skipped: Int? = nil, metrics: [String: Double]? = nil
        ) {
            (self.step, self.loss, self.learningRate, self.gradientNorm) = (step, loss, learningRate, gradientNorm)
            (self.tokens, self.seconds, self.skipped, self.metrics) = (tokens, seconds, skipped, metrics)
        }

        private enum CodingKeys: String, CodingKey {
            case step, loss, learningRate, gradientNorm, tokens, seconds, skipped, metrics, evaluation
            case secondsLeft, liveTensors, residentMebibytes
        }

        /// Reads an entry, whose nulls are no numbers.
        /// - Parameter decoder: has the keys in snake_case converted.
        /// - Throws: `DecodingError` if it is none.
        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            func number(_ key: CodingKeys) throws -> Double { try values.decode(Double?.self, forKey: key) ?? .nan }
            func numbers(_ key: CodingKeys) throws -> [String: Double]? {
                try values.decodeIfPresent([String: Double?].self, forKey: key)?.mapValues { $0 ?? .nan }
            }
            self.init(
                step: try values.decode(Int.self, forKey: .step), loss: try number(.loss),
                learningRate: try number(.learningRate), gradientNorm: try number(.gradientNorm),
                tokens: try values.decode(Int.self, forKey: .tokens), seconds: try number(.seconds),
                skipped: try values.decodeIfPresent(Int.self, forKey: .skipped), metrics: try numbers(.metrics))
            evaluation = try numbers(.evaluation)
            secondsLeft = try values.decodeIfPresent(Double.self, forKey: .secondsLeft)
            liveTensors = try values.decodeIfPresent(Int.self, forKey: .liveTensors)
            residentMebibytes = try values.decodeIfPresent(Double.self, forKey: .residentMebibytes)
        }

        /// Writes the entry; a number that is not finite is null.
        /// - Parameter encoder: converts keys to snake_case.
        /// - Throws: `EncodingError`.
        public func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
            try values.encode(step, forKey: .step)
            try values.encode(finite(loss), forKey: .loss)
            try values.encode(finite(learningRate), forKey: .learningRate)
            try values.encode(finite(gradientNorm), forKey: .gradientNorm)
            try values.encode(tokens, forKey: .tokens)
            try values.encode(finite(seconds), forKey: .seconds)
            try values.encodeIfPresent(skipped, forKey: .skipped)
            try values.encodeIfPresent(metrics?.mapValues(finite), forKey: .metrics)
            try values.encodeIfPresent(evaluation?.mapValues(finite), forKey: .evaluation)
            try values.encodeIfPresent(secondsLeft.flatMap(finite), forKey: .secondsLeft)
            try values.encodeIfPresent(liveTensors, forKey: .liveTensors)
            try values.encodeIfPresent(residentMebibytes, forKey: .residentMebibytes)
        }
    }
}
