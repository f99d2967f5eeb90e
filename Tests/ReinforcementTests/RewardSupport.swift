import Foundation
import Reinforcement
import Synchronization
import Testing

/// Rollouts and parts that tests make up.
enum RewardMade {
    /// The fixtures of this module.
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/reinforcement")

    /// A rollout with a right or a wrong answer.
    static func rollout(
        _ group: Int = 0, _ sample: Int = 0, isRight: Bool = true, isFormed: Bool = true, masses: VisualMasses? = nil
    ) -> RewardInput {
        let answer = "<answer>\(isRight ? 4 : 5)</answer>"
        return RewardInput(
            group: group, sample: sample, problem: "How much is 2 + 2?", answer: "4",
            response: (isFormed ? "<think>I add them.</think>" : "") + answer, responseLength: 12, masses: masses)
    }

    /// A group of rollouts with nothing but texts.
    static func batch(_ count: Int) -> RewardBatch { RewardBatch((0..<count).map { rollout(0, $0) }) }
}

/// A part that says what it was told.
struct FixedReward: RewardPart {
    var name: String
    var weight: Double
    var judgesFormOnly = false
    var result: RewardValues

    init(_ name: String, weight: Double = 1, judgesFormOnly: Bool = false, _ values: [Double]) {
        (self.name, self.weight, self.judgesFormOnly) = (name, weight, judgesFormOnly)
        result = RewardValues(values)
    }

    func evaluate(_ batch: RewardBatch) async throws -> RewardValues { result }
}

/// Something that several tasks write.
final class Noted<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    var all: [Value] { values.withLock { $0 } }

    func add(_ value: Value) { values.withLock { $0.append(value) } }
}

/// Expects an error with a sentence.
func expectReward<Result>(
    _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Result
) async {
    do {
        _ = try await body()
        Issue.record("there was no error", sourceLocation: sourceLocation)
    } catch let error as RewardError {
        #expect(error.localizedDescription == sentence, sourceLocation: sourceLocation)
    } catch {
        Issue.record("another error: \(error)", sourceLocation: sourceLocation)
    }
}

/// Whether numbers are as golden ones, up to rounding.
func isClose(_ found: [Double], _ wanted: [Double], within tolerance: Double = 1e-12) -> Bool {
    found.count == wanted.count
        && zip(found, wanted).allSatisfy { abs($0 - $1) <= tolerance * Swift.max(1, abs($1)) }
}
