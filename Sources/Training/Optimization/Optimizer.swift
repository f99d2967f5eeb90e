import Torch

/// AdamW over a parameter set, in groups of their own rate and decay; gradients are clipped together.
///
/// Parameters of bfloat16 or float16 have masters in float32, which is what a state holds.
public final class Optimizer {
    /// What parameters have in common: those of equal groups are changed by one fused call.
    public struct Group: Sendable, Hashable {
        /// What the learning rate of a step is multiplied by.
        public var rateFactor: Double
        /// Share of the parameter taken away per unit of learning rate.
        public var weightDecay: Double

        /// A group.
        /// - Parameters:
        ///   - rateFactor: what the learning rate of a step is multiplied by.
        ///   - weightDecay: share of the parameter taken away per unit of learning rate.
        public init(rateFactor: Double = 1, weightDecay: Double) {
            (self.rateFactor, self.weightDecay) = (rateFactor, weightDecay)
        }
    }

    /// What is trained.
    public let parameters: ParameterSet
    /// The largest norm of all gradients together.
    public let clipNorm: Double
    private let parts: [Part]

    /// The parameters of one group.
    private struct Part {
        let group: Group
        let names: [String]
        let method: AdamW
    }

    /// An optimizer with empty moments, in which matrices decay, and norms and biases do not.
    /// - Parameters:
    ///   - parameters: what is trained.
    ///   - settings: the numbers of the method; the learning rate is given at every step.
    ///   - clipNorm: the largest norm of all gradients together.
    /// - Throws: `TorchError` if memory is short.
    public convenience init(_ parameters: ParameterSet, settings: AdamW.Settings, clipNorm: Double) throws {
        try self.init(parameters, settings: settings, clipNorm: clipNorm) {
            Group(weightDecay: $0.decays ? settings.weightDecay : 0)
        }
    }

    /// An optimizer with empty moments.
    /// - Parameters:
    ///   - parameters: what is trained.
    ///   - settings: the numbers of the method; learning rate and decay come from steps and groups.
    ///   - clipNorm: the largest norm of all gradients together.
    ///   - group: the group of a parameter.
    /// - Throws: `TorchError` if memory is short.
    public init(
        _ parameters: ParameterSet, settings: AdamW.Settings, clipNorm: Double,
        group: (ParameterSet.Parameter) -> Group
    ) throws {
        (self.parameters, self.clipNorm) = (parameters, clipNorm)
        var (groups, members): ([Group], [Group: [ParameterSet.Parameter]]) = ([], [:])
        for parameter in parameters.parameters {
            let own = group(parameter)
            if members[own] == nil { groups.append(own) }
            members[own, default: []].append(parameter)
        }
        parts = try groups.map { group in
            var settings = settings
            settings.weightDecay = group.weightDecay
            let own = members[group] ?? []
            return Part(
                group: group, names: own.map(\.name),
                method: try AdamW(own.map(\.tensor), settings: settings, keepsMasters: true))
        }
    }

    /// Changes the parameters by one step along their gradients, which are then forgotten.
    /// - Parameter learningRate: the step size, before the groups' factors.
    /// - Returns: the norm of all gradients together, before clipping.
    /// - Throws: ``TrainingError/notFinite(_:)`` if that is no number, before a parameter or a moment is changed; `TorchError`.
    public func step(learningRate: Double) throws -> Double {
        let (norm, scale) = try clip()
        guard norm.isFinite else {
            try clearGradients()
            throw TrainingError.notFinite("the gradients")
        }
        for part in parts {
            part.method.settings.learningRate = learningRate * part.group.rateFactor
            try part.method.step(gradientScale: scale)
        }
        try clearGradients()
        return norm
    }

    /// Forgets the gradients of all parameters.
    /// - Throws: `TorchError` if one is no leaf.
    public func clearGradients() throws {
        for part in parts { try part.method.clearGradients() }
    }

    /// The norm of all gradients, and what is left to scale: narrow gradients are scaled when they have been widened.
    private func clip() throws -> (norm: Double, scale: Double) {
        guard parts.contains(where: { $0.method.masters.indices.contains(where: $0.method.hasMaster) }) else {
            return (try clipGradients(of: parameters.tensors, toNorm: clipNorm), 1)
        }
        let norm = try gradientNorm(of: parameters.tensors)
        return (norm, min(1, clipNorm / (norm + 1e-6)))
    }

    /// What a state holds of every parameter, by name: the master where there is one.
    package var masters: [(name: String, tensor: Tensor)] {
        let all = parts.flatMap { Array(zip($0.names, $0.method.masters)) }
        let byName = Dictionary(all, uniquingKeysWith: { first, _ in first })
        return parameters.parameters.map { ($0.name, byName[$0.name] ?? $0.tensor) }
    }

    /// The moments of every parameter under its name.
    package var moments: [(name: String, moments: AdamW.Moments)] {
        parts.flatMap { Array(zip($0.names, $0.method.moments)) }
    }

    /// Takes over a state.
    func restore(master: (String) throws -> Tensor, moments: (String) throws -> AdamW.Moments) throws {
        for part in parts {
            try part.method.restore(masters: part.names.map(master))
            try part.method.restore(part.names.map(moments))
        }
    }
}
