import Foundation
import Testing
import Training

/// Numbers of several steps that become one line.
@Suite struct MetricTests {
    private func entry(_ found: [TrainingLoop.StepLoss], skipped: Int = 0) -> TrainingLoop.LogEntry {
        var window = LogWindow()
        for step in found { window.add(step, norm: 2, elapsed: .seconds(1)) }
        for _ in 0..<skipped { window.skip(elapsed: .seconds(1)) }
        return window.entry(step: 9, rate: 0.1)
    }

    private func step(_ loss: Double, _ metrics: [String: Metric] = [:]) -> TrainingLoop.StepLoss {
        TrainingLoop.StepLoss(loss: loss, tokens: 5, metrics: metrics)
    }

    @Test func meansAreWeightedSumsAddedAndGaugesLast() {
        let entry = entry([
            step(1, ["mean": .mean(2, weight: 1), "sum": .sum(3), "gauge": .last(8), "never": .mean(.nan, weight: 0)]),
            step(2, ["mean": .mean(6, weight: 3), "sum": .sum(4), "gauge": .last(1), "once": .mean(7)]),
            step(6, ["mean": .mean(.nan, weight: 0), "never": .mean(.nan, weight: 0)]),
        ])
        #expect(entry.metrics == ["mean": 5, "sum": 7, "gauge": 1, "once": 7])
        #expect(entry.loss == 3 && entry.tokens == 15 && entry.seconds == 3 && entry.skipped == nil)
    }

    @Test func numbersThatAreNoneAreNullInTheLog() throws {
        var entry = entry([], skipped: 2)
        entry.metrics = ["vas": .infinity, "x": 1]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let line = try encoder.encode(entry)
        #expect(
            String(decoding: line, as: UTF8.self) == #"{"gradient_norm":null,"learning_rate":0.1,"loss":null,"#
                + #""metrics":{"vas":null,"x":1},"seconds":2,"skipped":2,"step":9,"tokens":0}"#)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let read = try decoder.decode(TrainingLoop.LogEntry.self, from: line)
        #expect(read.loss.isNaN && read.metrics?["vas"]?.isNaN == true && read.metrics?["x"] == 1 && read.skipped == 2)
    }
}
