import CTorch

/// AdamW with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), as `torch.optim.AdamW(fused=True)`.
///
/// Per parameter p with gradient g at step t:
/// `p -= lr * decay * p;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  p -= lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`.
public final class AdamW {
    /// The numbers of the method, named as in PyTorch.
    public struct Settings: Sendable, Equatable, Codable {
        /// The step size.
        public var learningRate: Double
        /// Decay rate of the first moment.
        public var beta1: Double
        /// Decay rate of the second moment.
        public var beta2: Double
        /// Added to the root of the second moment.
        public var epsilon: Double
        /// Share of the parameter taken away per unit of learning rate.
        public var weightDecay: Double

        /// PyTorch's defaults.
        public init(
            learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
            weightDecay: Double = 0.01
        ) {
            self.learningRate = learningRate
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
        }
    }

    /// What a parameter has gone through.
    public struct Moments {
        /// Mean of the gradients, of the parameter's shape.
        public let first: Tensor
        /// Mean of their squares, likewise.
        public let second: Tensor
        /// Steps made so far, a float32 scalar.
        public let steps: Tensor

        /// A state.
        /// - Parameters:
        ///   - first: mean of the gradients.
        ///   - second: mean of their squares.
        ///   - steps: steps made so far, a float32 scalar.
        public init(first: Tensor, second: Tensor, steps: Tensor) {
            (self.first, self.second, self.steps) = (first, second, steps)
        }
    }

    /// May be changed between steps, as a schedule does.
    public var settings: Settings
    /// What is trained; leaves that require gradients.
    public let parameters: [Tensor]
    private let firstMoments: [Tensor]
    private let secondMoments: [Tensor]
    private let steps: [Tensor]

    /// An optimizer with empty moments.
    /// - Parameters:
    ///   - parameters: what is trained.
    ///   - settings: the numbers of the method.
    /// - Throws: ``TorchError/operation(name:message:)`` if memory is short.
    public init(_ parameters: [Tensor], settings: Settings = Settings()) throws {
        self.parameters = parameters
        self.settings = settings
        firstMoments = try parameters.map { try Tensor.zeros($0.shape, dtype: $0.dtype, device: $0.device) }
        secondMoments = try parameters.map { try Tensor.zeros($0.shape, dtype: $0.dtype, device: $0.device) }
        steps = try parameters.map { try Tensor.zeros([], device: $0.device) }
    }

    /// The state of every parameter, in their order: the tensors themselves, which the next step changes.
    public var moments: [Moments] {
        parameters.indices.map { Moments(first: firstMoments[$0], second: secondMoments[$0], steps: steps[$0]) }
    }

    /// Takes over a state, as saved from ``moments``.
    /// - Parameter moments: one per parameter, in their order.
    /// - Throws: ``TorchError/shape(name:expected:got:)`` if there are not as many as parameters, or one has another shape.
    public func restore(_ moments: [Moments]) throws {
        guard moments.count == parameters.count else {
            throw TorchError.shape(name: "moments", expected: "\(parameters.count) of them", got: [moments.count])
        }
        for (index, state) in moments.enumerated() {
            let shape = parameters[index].shape
            for (part, expected) in [(state.first, shape), (state.second, shape), (state.steps, [])]
            where part.shape != expected {
                throw TorchError.shape(name: "moments \(index)", expected: "\(expected)", got: part.shape)
            }
            try firstMoments[index].copy(from: state.first)
            try secondMoments[index].copy(from: state.second)
            try steps[index].copy(from: state.steps)
        }
    }

    /// Changes the parameters by one step along their accumulated gradients; those without one stay as they are.
    /// - Throws: ``TorchError/operation(name:message:)`` if a gradient has another shape or type.
    public func step() throws {
        var handles: (p: [CTensor], g: [CTensor], m: [CTensor], v: [CTensor], t: [CTensor]) = ([], [], [], [], [])
        var gradients: [Tensor] = []
        for (index, parameter) in parameters.enumerated() {
            guard let gradient = try parameter.gradient else { continue }
            gradients.append(gradient)
            handles.p.append(parameter.handle)
            handles.g.append(gradient.handle)
            handles.m.append(firstMoments[index].handle)
            handles.v.append(secondMoments[index].handle)
            handles.t.append(steps[index].handle)
        }
        if gradients.isEmpty { return }
        try withExtendedLifetime(gradients) {
            try check(
                ct_adamw_step_(
                    handles.p, handles.g, handles.m, handles.v, handles.t, Int32(handles.p.count),
                    settings.learningRate,
                    settings.beta1, settings.beta2, settings.weightDecay, settings.epsilon),
                operation: "AdamW.step")
        }
    }

    /// Forgets the accumulated gradients of all parameters.
    /// - Throws: ``TorchError/operation(name:message:)`` if one of them is no leaf.
    public func clearGradients() throws {
        for parameter in parameters { try parameter.clearGradient() }
    }
}

/// Scales the gradients of some parameters so that their norm is at most a bound, as `torch.nn.utils.clip_grad_norm_`.
/// - Parameters:
///   - parameters: leaves; those without a gradient are left out.
///   - maximum: the largest norm over all numbers of all gradients together, above 0.
/// - Returns: the norm before.
/// - Throws: ``TorchError/operation(name:message:)`` if libtorch refuses or the bound is not above 0.
@discardableResult
public func clipGradients(of parameters: [Tensor], toNorm maximum: Double) throws -> Double {
    guard maximum > 0 else {
        throw TorchError.operation(name: "clipGradients", message: "the largest norm must be above 0, not \(maximum)")
    }
    let gradients = try parameters.compactMap { try $0.gradient }
    if gradients.isEmpty { return 0 }
    let handles = gradients.map(\.handle)
    var norm = 0.0
    try withExtendedLifetime(gradients) {
        try check(
            ct_clip_grad_norm_(handles, Int32(handles.count), maximum, &norm), operation: "clipGradients")
    }
    return norm
}
