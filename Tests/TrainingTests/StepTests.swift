import Foundation
import QwenVL
import Safetensors
import Testing
import Torch
import Training

private let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

/// A few steps of supervised fine-tuning beside PyTorch's (Tests/Fixtures/training/make_training.py).
@Suite struct StepTests {
    private static let steps = 8

    private func inputs(_ model: QwenVLModel) throws -> [ModelInput] {
        let file = try SafetensorsFile(
            contentsOf: fixtures.appendingPathComponent("models/grouped-2to1-tied/golden.safetensors"))
        func integers(_ name: String) throws -> [Int] { try file.tensor(name).to(.int64).values(as: Int.self) }
        return try ["one", "two"].map { name in
            let ids = try integers("\(name).input_ids")
            let grid = try integers("\(name).image_grid_thw")
            return try ModelInput(
                inputIDs: ids, roles: integers("\(name).roles").map { try #require(TokenRole(rawValue: $0)) },
                turns: [Int](repeating: 0, count: ids.count), imageTokenID: model.configuration.imageTokenID,
                pixelValues: file.tensor("\(name).pixel_values"),
                grids: stride(from: 0, to: grid.count, by: 3).map {
                    GridTHW(temporal: grid[$0], height: grid[$0 + 1], width: grid[$0 + 2])
                })
        }
    }

    /// float32 and float64 are the same steps; the second leaves little room for anything but the right arithmetic. (The angles of
    /// the rotary step are float32 in both, and AdamW makes much of small gradients.)
    @Test(arguments: [(DType.float32, 2e-4), (DType.float64, 2e-5)])
    func stepsAreThoseOfPyTorch(_ dtype: DType, _ tolerance: Double) throws {
        let golden = try SafetensorsFile(contentsOf: fixtures.appendingPathComponent("training/training.safetensors"))
        let folder = fixtures.appendingPathComponent("models/grouped-2to1-tied")
        let read = try QwenVLModel(folder: folder, dtype: dtype, converts: true)
        // Those of the file are mapped from it and cannot be changed.
        let own = try ParameterStore(read.parameters.names.map { ($0, try read.parameters.tensor($0).clone()) })
        let model = try QwenVLModel(configuration: read.configuration, parameters: own)
        let batch = try inputs(model)
        let optimizer = try Optimizer(
            ParameterSet(own), settings: AdamW.Settings(beta1: 0.9, beta2: 0.99, weightDecay: 0.1), clipNorm: 0.5)
        let schedule = CosineSchedule(peak: 5e-3, warmupSteps: 3, steps: Self.steps)
        let (losses, norms, rates) = try (
            golden.tensor("loss").floats(), golden.tensor("norm").floats(), golden.tensor("rate").floats()
        )
        for step in 0..<Self.steps {
            let answers = AnswerRows(batch)
            let hidden = try model.forward(batch: batch, logits: .none).hiddenStates
            let loss = try model.logits(of: answers.select(hidden))
                .crossEntropy(Tensor(answers.targets.map(Int64.init)))
            try loss.backward()
            #expect(abs(schedule.rate(step) - Double(rates[step])) < 1e-8)
            #expect(try optimizer.parameters.tensors.allSatisfy { try $0.gradient != nil })
            let norm = try optimizer.step(learningRate: schedule.rate(step))
            #expect(abs(try loss.item() - Double(losses[step])) < tolerance * Double(losses[step]))
            #expect(abs(norm - Double(norms[step])) < 10 * tolerance * Double(norms[step]))
        }
        for name in golden.names where name.hasPrefix("end.") {
            let expected = try golden.tensor(name)
            let actual = try own.tensor(String(name.dropFirst(4))).detached().to(.float32)
            let (x, y) = (try actual.floats(), try expected.floats())
            let largest = y.reduce(0) { max($0, abs($1)) }
            let difference = zip(x, y).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            #expect(Double(difference / largest) < 10 * tolerance, "\(name)")
        }
    }

    @Test func theScheduleRisesAndFallsToItsFloor() {
        let schedule = CosineSchedule(peak: 2, warmupSteps: 4, steps: 24, floor: 0.1)
        #expect((0..<5).map(schedule.rate) == [0.5, 1, 1.5, 2, 2])
        #expect(abs(schedule.rate(14) - 2 * (0.1 + 0.9 * 0.5)) < 1e-12)
        #expect(abs(schedule.rate(24) - 0.2) < 1e-12 && schedule.rate(100) == schedule.rate(24))
        #expect(zip(4..<24, 5..<25).allSatisfy { schedule.rate($0) > schedule.rate($1) })
    }

    @Test func aLossThatIsNoNumberEndsTheTrainingAndChangesNothing() throws {
        let weight = try Tensor([1, 2], shape: [2]).to(.float32)
        let store = ParameterStore([("weight", weight)])
        let optimizer = try Optimizer(ParameterSet(store), settings: AdamW.Settings(), clipNorm: 1)
        try (weight * Double.nan).sum().backward()
        #expect(throws: TrainingError.notFinite("the gradients")) { try optimizer.step(learningRate: 0.1) }
        #expect(try weight.detached().floats() == [1, 2])
    }
}
