import Torch

/// AdamW over a parameter set: matrices decay, norms and biases do not; gradients are clipped together.
public final class Optimizer {
    /// What is trained.
    public let parameters: ParameterSet
    /// The largest norm of all gradients together.
    public let clipNorm: Double
    private let decaying: AdamW
    private let undecayed: AdamW

    /// An optimizer with empty moments.
    /// - Parameters:
    ///   - parameters: what is trained.
    ///   - settings: the numbers of the method; the learning rate is given at every step.
    ///   - clipNorm: the largest norm of all gradients together.
    /// - Throws: `TorchError` if memory is short.
    public init(_ parameters: ParameterSet, settings: AdamW.Settings, clipNorm: Double) throws {
        (self.parameters, self.clipNorm) = (parameters, clipNorm)
        var still = settings
        still.weightDecay = 0
        decaying = try AdamW(parameters.parameters.filter(\.decays).map(\.tensor), settings: settings)
        undecayed = try AdamW(parameters.parameters.filter { !$0.decays }.map(\.tensor), settings: still)
    }

    /// Changes the parameters by one step along their gradients, which are then forgotten.
    /// - Parameter learningRate: the step size.
    /// - Returns: the norm of all gradients together, before clipping.
    /// - Throws: ``TrainingError/notFinite(_:)`` if that is no number, before a parameter is changed; `TorchError`.
    public func step(learningRate: Double) throws -> Double {
        let norm = try clipGradients(of: parameters.tensors, toNorm: clipNorm)
        guard norm.isFinite else {
            for part in [decaying, undecayed] { try part.clearGradients() }
            throw TrainingError.notFinite("the gradients")
        }
        for part in [decaying, undecayed] {
            part.settings.learningRate = learningRate
            try part.step()
            try part.clearGradients()
        }
        return norm
    }

    /// The state of every parameter under its name.
    var moments: [(name: String, moments: AdamW.Moments)] {
        let (matrices, others) = named
        return Array(zip(matrices, decaying.moments)) + Array(zip(others, undecayed.moments))
    }

    /// Takes over a state.
    func restore(_ state: (String) throws -> AdamW.Moments) throws {
        let (matrices, others) = named
        try decaying.restore(matrices.map(state))
        try undecayed.restore(others.map(state))
    }

    private var named: (matrices: [String], others: [String]) {
        (parameters.parameters.filter(\.decays).map(\.name), parameters.parameters.filter { !$0.decays }.map(\.name))
    }
}
