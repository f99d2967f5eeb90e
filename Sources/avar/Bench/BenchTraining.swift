import ColdStart
import QwenVL
import Torch
import Training

/// The loss and the gradients of one sample, as hf_peer.py sft-step has them: all parameters trained.
struct BenchTraining {
    /// What a step found.
    struct Found {
        var loss = 0.0
        var enhance: Double?
        var suppress: Double?
    }

    private let model: QwenVLModel
    private let input: ModelInput
    private let checkpointing: Bool
    private let parameters: ParameterSet

    /// Opens a model with weights of its own, which can be trained.
    static func load(_ options: ModelOptions, checkpointing: Bool) throws -> QwenVLModel {
        if let threads = options.runtime.threads { try Runtime.setThreadCount(threads) }
        if checkpointing { Runtime.returnFreedMemory() } else { Runtime.keepFreedMemory() }
        let dtype = options.runtime.dtype.torch
        let read = try QwenVLModel(
            folder: options.folder(), dtype: dtype, device: Device.named(options.runtime.device), converts: true)
        let store = try read.parameters.owning(dtype: read.dtype) { _ in true }
        return try QwenVLModel(configuration: read.configuration, parameters: store, dtype: read.dtype)
    }

    init(_ model: QwenVLModel, input: ModelInput, checkpointing: Bool) throws {
        (self.model, self.input, self.checkpointing) = (model, input, checkpointing)
        parameters = try ParameterSet(model.parameters)
    }

    /// Makes loss and gradients anew.
    func step(isGuided: Bool) throws -> Found {
        for tensor in parameters.tensors { try tensor.clearGradient() }
        let objective = GuidedObjective(
            model: model, guidance: isGuided ? GuidanceSettings() : .none, layout: .padded,
            checkpointing: checkpointing, observes: false)
        let found = try objective.gradients(of: [input], passes: [[0]]).loss
        return Found(
            loss: found.loss, enhance: found.metrics["enhance"]?.value, suppress: found.metrics["suppress"]?.value)
    }

    /// The norm of all gradients together.
    func gradientNorm() throws -> Double {
        try withoutGradient {
            try parameters.tensors.reduce(0.0) { sum, tensor in
                try sum + (tensor.gradient?.to(.float64).square().sum().item() ?? 0)
            }.squareRoot()
        }
    }
}
