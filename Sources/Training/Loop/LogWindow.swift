/// Steps that have no line in the log yet.
package struct LogWindow: Codable {
    private var (steps, tokens) = (0, 0)
    private var (loss, norm, seconds) = (0.0, 0.0, 0.0)
    private var skipped: Int?
    private var metrics: [String: Metric]?

    package init() {}

    package mutating func add(_ found: TrainingLoop.StepLoss, norm: Double, elapsed: Duration) {
        steps += 1
        tokens += found.tokens
        loss += found.loss
        self.norm += norm
        seconds += elapsed.inSeconds
        if found.metrics.isEmpty { return }
        metrics = (metrics ?? [:]).merging(found.metrics) { $0.joined(by: $1) }
    }

    /// A step without an update.
    package mutating func skip(elapsed: Duration) {
        skipped = (skipped ?? 0) + 1
        seconds += elapsed.inSeconds
    }

    package func entry(step: Int, rate: Double) -> TrainingLoop.LogEntry {
        // The mean over no step is no number.
        let count = steps > 0 ? Double(steps) : .nan
        return TrainingLoop.LogEntry(
            step: step, loss: loss / count, learningRate: rate, gradientNorm: norm / count, tokens: tokens,
            seconds: seconds, skipped: skipped, metrics: metrics?.compactMapValues(\.value))
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + 1e-18 * Double(components.attoseconds) }
}
