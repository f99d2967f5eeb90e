import Foundation
import QwenVL
import Safetensors
import Testing
import Torch
import Training

private let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/training/optimizer.safetensors")

/// The optimizer and the schedules beside PyTorch's and transformers' (Tests/Fixtures/training/make_training.py).
@Suite struct OptimizerTests {
    private static let names = ["tower.weight", "tower.bias", "text.weight", "text.norm"]

    private func optimizer(_ file: SafetensorsFile) throws -> (ParameterStore, Optimizer) {
        let store = ParameterStore(try Self.names.map { ($0, try file.tensor("start.\($0)").clone()) })
        let optimizer = try Optimizer(
            ParameterSet(store), settings: AdamW.Settings(beta1: 0.9, beta2: 0.99), clipNorm: 0.5
        ) {
            Optimizer.Group(
                rateFactor: $0.name.hasPrefix("tower.") ? 0.2 : 1, weightDecay: $0.decays ? 0.1 : 0)
        }
        return (store, optimizer)
    }

    /// Gives every parameter the gradients of a step: those of a product with them.
    private func addGradients(_ step: Int, _ file: SafetensorsFile, _ store: ParameterStore) throws {
        for name in Self.names {
            let gradient = try file.tensor("gradient.\(name)").select(0, step)
            try (store.tensor(name) * gradient).sum().backward()
        }
    }

    /// The norm is a sum in another order, so masters agree to some roundings of float32; were they rounded to bfloat16 between
    /// steps, or not widened, they would be off by thousands of times as much.
    @Test func mastersInFloat32AreThoseOfPyTorch() throws {
        let file = try SafetensorsFile(contentsOf: golden)
        let (store, optimizer) = try optimizer(file)
        let (rates, norms) = try (file.tensor("rate.cosine").floats(), file.tensor("norm").floats())
        let schedule = LearningRateSchedule(.cosine, peak: 5e-3, warmup: .steps(3), steps: 20)
        var parameters: [String: Tensor] = [:]
        for step in 0..<20 {
            try addGradients(step, file, store)
            let norm = try optimizer.step(learningRate: schedule.rate(step))
            #expect(abs(norm - Double(norms[step])) < 1e-6 * norm)
            #expect(abs(schedule.rate(step) - Double(rates[step])) < 1e-9)
            parameters = Dictionary(uniqueKeysWithValues: try Self.names.map { ($0, try store.tensor($0).detached()) })
            for name in Self.names {
                let expected = try file.tensor("master.\(name)").select(0, step)
                // A parameter is its master, rounded as PyTorch rounds.
                let master = try #require(optimizer.masters.first { $0.name == name }).tensor.detached()
                #expect(try parameters[name]?.floats() == master.to(parameters[name]?.dtype).floats())
                for (x, y) in zip(try master.floats(), try expected.floats()) {
                    #expect(abs(x - y) <= 1e-6 * max(1, abs(y)), "\(name) at step \(step)")
                }
            }
        }
        #expect(try store.tensor("tower.weight").dtype == .bfloat16 && store.tensor("text.norm").dtype == .float32)
        let moved = try zip(
            store.tensor("text.weight").detached().floats(), file.tensor("start.text.weight").floats())
        #expect(moved.contains { abs($0 - $1) > 0.01 })
    }

    /// Without masters a step below the spacing of bfloat16 is lost; with them many of these add up.
    @Test func smallStepsAddUp() throws {
        let store = ParameterStore([("weight", try Tensor.full([4], 1, dtype: .bfloat16))])
        let optimizer = try Optimizer(ParameterSet(store), settings: AdamW.Settings(), clipNorm: 10)
        for _ in 0..<40 {
            try store.tensor("weight").sum().backward()
            _ = try optimizer.step(learningRate: 1e-3)
        }
        // The spacing below 1 is 1/256; 40 steps of about 1e-3.
        #expect(try store.tensor("weight").detached().floats().allSatisfy { abs($0 - 0.96) < 0.005 })
        #expect(optimizer.masters.allSatisfy { $0.tensor.dtype == .float32 })
        #expect(optimizer.moments.allSatisfy { $0.moments.first.dtype == .float32 })
    }

    @Test func aStepWithoutNumbersLeavesMastersAndMoments() throws {
        let file = try SafetensorsFile(contentsOf: golden)
        let (store, optimizer) = try optimizer(file)
        try addGradients(0, file, store)
        _ = try optimizer.step(learningRate: 0.1)
        func everything() throws -> [[Float]] {
            try optimizer.masters.map { try $0.tensor.detached().floats() }
                + optimizer.moments.flatMap { [try $1.first.floats(), try $1.second.floats(), try $1.steps.floats()] }
        }
        let before = try everything()
        try (store.tensor("tower.bias") * Double.infinity).sum().backward()
        #expect(throws: TrainingError.notFinite("the gradients")) { try optimizer.step(learningRate: 0.1) }
        #expect(try everything() == before)
        #expect(try store.tensor("tower.bias").gradient == nil)
    }

    @Test func schedulesAreThoseOfTransformers() throws {
        let file = try SafetensorsFile(contentsOf: golden)
        for shape in LearningRateSchedule.Shape.allCases {
            let schedule = LearningRateSchedule(shape, peak: 5e-3, warmup: .ratio(0.11), steps: 20)
            #expect(schedule.warmupSteps == 3)
            for (step, rate) in try file.tensor("rate.\(shape.rawValue)").floats().enumerated() {
                #expect(abs(schedule.rate(step) - Double(rate)) < 1e-9, "\(shape) \(step)")
            }
        }
        let linear = LearningRateSchedule(.linear, peak: 2, warmup: .steps(0), steps: 10, floor: 0.1)
        #expect(linear.rate(0) == 2 && abs(linear.rate(5) - 1.1) < 1e-12 && abs(linear.rate(99) - 0.2) < 1e-12)
        let cosine = CosineSchedule(peak: 1, warmupSteps: 2, steps: 9, floor: 0.3)
        #expect((0..<12).allSatisfy { LearningRateSchedule(cosine).rate($0) == cosine.rate($0) })
    }
}
