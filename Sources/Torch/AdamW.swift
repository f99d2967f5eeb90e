import CTorch

/// AdamW with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), as `torch.optim.AdamW(fused=True)`.
///
/// Per parameter p with gradient g at step t:
/// `p -= lr * decay * p;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  p -= lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`.
///
/// Parameters of bfloat16 or float16 may have masters in float32: then p, m and v are float32, gradients are widened, and the
/// parameter is the master rounded to the nearest even. Without masters a step below the spacing of the narrow type is lost.
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
    /// What the method changes: the parameters themselves, or their masters in float32.
    public let masters: [Tensor]
    private let firstMoments: [Tensor]
    private let secondMoments: [Tensor]
    private let steps: [Tensor]

    /// An optimizer with empty moments.
    /// - Parameters:
    ///   - parameters: what is trained.
    ///   - settings: the numbers of the method.
    ///   - keepsMasters: true to keep float32 copies of the parameters that are narrower.
    /// - Throws: ``TorchError/operation(name:message:)`` if memory is short.
    public init(_ parameters: [Tensor], settings: Settings = Settings(), keepsMasters: Bool = false) throws {
        self.parameters = parameters
        self.settings = settings
        let masters = try parameters.map { keepsMasters && Self.isNarrow($0) ? try $0.detached().to(.float32) : $0 }
        self.masters = masters
        firstMoments = try masters.map { try Tensor.zeros($0.shape, dtype: $0.dtype, device: $0.device) }
        secondMoments = try masters.map { try Tensor.zeros($0.shape, dtype: $0.dtype, device: $0.device) }
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

    /// Takes over masters, and rounds the parameters from them.
    /// - Parameter values: one per parameter, in their order, of its shape and its master's type.
    /// - Throws: ``TorchError/shape(name:expected:got:)``, ``TorchError/dtype(name:expected:got:)`` before anything is changed.
    public func restore(masters values: [Tensor]) throws {
        guard values.count == masters.count else {
            throw TorchError.shape(name: "masters", expected: "\(masters.count) of them", got: [values.count])
        }
        for (index, (master, value)) in zip(masters, values).enumerated() {
            guard master.shape == value.shape else {
                throw TorchError.shape(name: "master \(index)", expected: "\(master.shape)", got: value.shape)
            }
            guard master.dtype == value.dtype else {
                throw TorchError.dtype(name: "master \(index)", expected: "\(master.dtype)", got: value.dtype)
            }
        }
        try withoutGradient {
            for (index, value) in values.enumerated() {
                try masters[index].copy(from: value)
                if hasMaster(index) { try parameters[index].copy(from: masters[index]) }
            }
        }
    }

    /// How many numbers of widened gradients are in memory at a time, unless one parameter alone has more.
    public static let widenedCount = 1 << 26

    /// Changes the parameters by one step along their accumulated gradients; those without one stay as they are.
    ///
    /// One fused call, or several where gradients must be widened and would take much memory together.
    /// - Parameter gradientScale: what the gradients are multiplied by, those of parameters without a master in place.
    /// - Throws: ``TorchError/operation(name:message:)`` if a gradient has another shape or type.
    public func step(gradientScale: Double = 1) throws {
        var (piece, gradients, widened): ([Int], [Tensor], Int) = ([], [], 0)
        for (index, parameter) in parameters.enumerated() {
            guard var gradient = try parameter.gradient else { continue }
            if hasMaster(index) {
                if widened > 0 && widened + parameter.count > Self.widenedCount {
                    try step(piece, gradients)
                    (piece, gradients, widened) = ([], [], 0)
                }
                widened += parameter.count
                gradient = try gradient.to(.float32)
            }
            if gradientScale != 1 { try gradient.multiply(by: gradientScale) }
            piece.append(index)
            gradients.append(gradient)
        }
        if !piece.isEmpty { try step(piece, gradients) }
    }

    /// One fused call, and the parameters rounded from their masters.
    private func step(_ piece: [Int], _ gradients: [Tensor]) throws {
        func handles(_ tensors: [Tensor]) -> [CTensor] { piece.map { tensors[$0].handle } }
        try withExtendedLifetime(gradients) {
            try check(
                ct_adamw_step_(
                    handles(masters), gradients.map(\.handle), handles(firstMoments), handles(secondMoments),
                    handles(steps), Int32(piece.count), settings.learningRate, settings.beta1, settings.beta2,
                    settings.weightDecay, settings.epsilon),
                operation: "AdamW.step")
        }
        try withoutGradient {
            for index in piece where hasMaster(index) { try parameters[index].copy(from: masters[index]) }
        }
    }

    /// True if the method changes a copy of a parameter.
    public func hasMaster(_ index: Int) -> Bool { masters[index] !== parameters[index] }

    private static func isNarrow(_ tensor: Tensor) -> Bool {
        tensor.dtype == .bfloat16 || tensor.dtype == .float16
    }

    /// Forgets the accumulated gradients of all parameters.
    /// - Throws: ``TorchError/operation(name:message:)`` if one of them is no leaf.
    public func clearGradients() throws {
        for parameter in parameters { try parameter.clearGradient() }
    }
}
