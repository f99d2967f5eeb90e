/// Steps that have no line in the log yet.
package struct LogWindow: Codable {
    private var (steps, tokens) = (0, 0)
    private var (loss, norm, seconds) = (0.0, 0.0, 0.0)

    package init() {}

    package mutating func add(_ found: TrainingLoop.StepLoss, norm: Double, elapsed: Duration) {
        steps += 1
        tokens += found.tokens
        loss += found.loss
        self.norm += norm
        seconds += Double(elapsed.components.seconds) + 1e-18 * Double(elapsed.components.attoseconds)
    }

    package func entry(step: Int, rate: Double) -> TrainingLoop.LogEntry {
        TrainingLoop.LogEntry(
            step: step, loss: loss / Double(max(1, steps)), learningRate: rate,
            gradientNorm: norm / Double(max(1, steps)), tokens: tokens, seconds: seconds)
    }
}
