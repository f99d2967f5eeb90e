import Testing
import Torch

/// Recording, its absence, accumulation, and the optimizer.
@Suite struct AutogradTests {
    private struct Interruption: Error {}

    @Test func withoutGradientNestsAndRestores() throws {
        let x = try Tensor([1, 2] as [Float])
        try x.setRequiresGradient(true)
        #expect(isGradientEnabled)
        try withoutGradient {
            let recorded = try withoutGradient { try (x * 2).requiresGradient }
            #expect(!recorded)
            #expect(!isGradientEnabled)
        }
        #expect(throws: Interruption.self) {
            let interrupted: () throws -> Void = { throw Interruption() }
            try withoutGradient(interrupted)
        }
        #expect(isGradientEnabled)
        #expect(try (x * 2).requiresGradient)
        #expect(try !x.detached().requiresGradient)
    }

    @Test func gradientsAccumulateUntilTheyAreCleared() throws {
        let x = try Tensor([1, 2] as [Float])
        try x.setRequiresGradient(true)
        #expect(try x.gradient == nil)
        for round in 1...3 {
            try x.square().sum().backward()
            #expect(try x.gradient?.floats() == [2 * Float(round), 4 * Float(round)])
        }
        try x.clearGradient()
        #expect(try x.gradient == nil)
        let unused = try Tensor([5] as [Float])
        try unused.setRequiresGradient(true)
        let found = try gradients(of: x.sum(), withRespectTo: [x, unused])
        #expect(try found.map { try $0.floats() } == [[1, 1], [0]])
    }

    @Test func secondDerivatives() throws {
        let x = try Tensor([2] as [Float])
        try x.setRequiresGradient(true)
        let first = try gradients(of: (x.square() * x).sum(), withRespectTo: [x], createsGraph: true)[0]
        let second = try gradients(of: first.sum(), withRespectTo: [x])[0]
        #expect(try first.floats() == [12] && second.floats() == [12])
    }

    @Test func twentyStepsOfAdamW() throws {
        let golden = try Golden()
        let parameters = try (0..<2).map { try golden.tensor("adamw.start\($0)") }
        for parameter in parameters { try parameter.setRequiresGradient(true) }
        var settings = AdamW.Settings()
        (settings.learningRate, settings.beta1, settings.beta2) = (0.05, 0.9, 0.98)
        (settings.epsilon, settings.weightDecay) = (1e-7, 0.1)
        let optimizer = try AdamW(parameters, settings: settings)
        for _ in 0..<20 {
            try optimizer.clearGradients()
            for index in 0..<2 {
                try (parameters[index] - golden.tensor("adamw.target\(index)")).square().sum().backward()
            }
            try optimizer.step()
        }
        for index in 0..<2 {
            #expect(try relativeDifference(parameters[index].detached(), golden.tensor("adamw.end\(index)")) < 1e-5)
        }
    }
}
