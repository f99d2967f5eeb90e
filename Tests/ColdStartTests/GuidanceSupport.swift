import ColdStart
import Foundation
import QwenVL
import Safetensors
import Testing
import Torch
import Training

/// A row of guidance.json: what was asked for, and what transformers found (Tests/Fixtures/guidance/make_guidance.py).
struct GoldenObjective: Decodable {
    struct Asked: Decodable {
        let samples: [String]
        let enhance, suppress: Double
        let queries: String
        let layers, heads: [Int]?
        let mean: String
        let targetImage, targetSystem: Double?
        let gate: GuidanceGate?

        func settings() throws -> GuidanceSettings {
            var settings = GuidanceSettings()
            (settings.enhance, settings.suppress) = (enhance, suppress)
            settings.queries = try #require(GuidanceSettings.Queries(rawValue: queries))
            (settings.layers, settings.heads) = (layers, heads)
            (settings.targetImage, settings.targetSystem) = (targetImage, targetSystem)
            return settings
        }

        enum CodingKeys: String, CodingKey {
            case samples, enhance, suppress, queries, layers, heads, mean, gate
            case targetImage = "target_image"
            case targetSystem = "target_system"
        }
    }

    let name: String
    let asked: Asked
    let loss, language: Double
    let enhance, suppress: Double?
    let gradientNorm: Double
    let image, system: [[Double]]?
    /// By parameter the norm of its gradient and three projections.
    let gradients: [String: [Double]]

    enum CodingKeys: String, CodingKey {
        case name, asked, loss, language, enhance, suppress, image, system, gradients
        case gradientNorm = "grad_norm"
    }

    static let checkpoints = ["grouped-4to1", "grouped-2to1-tied", "equal-heads-odd"]

    static func rows(_ checkpoint: String) throws -> [GoldenObjective] {
        let file = Guided.fixtures.appendingPathComponent("guidance/guidance.json")
        let all = try JSONDecoder().decode([String: [GoldenObjective]].self, from: Data(contentsOf: file))
        return try #require(all[checkpoint])
    }

    /// The row of a name.
    static func row(_ checkpoint: String, _ name: String) throws -> GoldenObjective {
        try #require(try rows(checkpoint).first { $0.name == name })
    }
}

/// A small checkpoint with weights of its own, all of them trained, and the samples of its fixtures.
struct Guided {
    static let fixtures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

    let model: QwenVLModel
    let parameters: ParameterSet
    private let golden: SafetensorsFile

    init(_ checkpoint: String, dtype: DType) throws {
        let folder = Self.fixtures.appendingPathComponent("models/\(checkpoint)")
        let read = try QwenVLModel(folder: folder, dtype: dtype, converts: true)
        let store = try read.parameters.owning(dtype: dtype) { _ in true }
        model = try QwenVLModel(configuration: read.configuration, parameters: store, dtype: dtype)
        parameters = try ParameterSet(store)
        golden = try SafetensorsFile(contentsOf: folder.appendingPathComponent("golden.safetensors"))
    }

    /// `one` and `two` as they are, `text` is `two` without its pictures, `nosystem` is `one` without its system turn.
    func sample(_ name: String) throws -> ModelInput {
        let key = ["text": "two", "nosystem": "one"][name] ?? name
        func integers(_ part: String) throws -> [Int] {
            try golden.tensor("\(key).\(part)").to(.int64).values(as: Int.self)
        }
        let (ids, grid) = (try integers("input_ids"), try integers("image_grid_thw"))
        let roles = try integers("roles").map { try #require(TokenRole(rawValue: $0)) }
        let kept = ids.indices.filter { place in
            switch name {
            case "text": ![153, 154, 156].contains(ids[place])
            case "nosystem": roles[place] != .system
            default: true
            }
        }
        return try ModelInput(
            inputIDs: kept.map { ids[$0] }, roles: kept.map { roles[$0] }, turns: kept.map { _ in 0 },
            imageTokenID: model.configuration.imageTokenID,
            pixelValues: name == "text" ? nil : golden.tensor("\(key).pixel_values"),
            grids: name == "text"
                ? []
                : stride(from: 0, to: grid.count, by: 3).map {
                    GridTHW(temporal: grid[$0], height: grid[$0 + 1], width: grid[$0 + 2])
                })
    }

    /// Makes the gradients of an objective anew.
    func step(
        _ asked: GoldenObjective.Asked, cut: [[Int]]? = nil, layout: QwenVLModel.BatchLayout = .packed,
        checkpointing: Bool = false
    ) throws -> (loss: TrainingLoop.StepLoss, gate: GuidanceGate) {
        for tensor in parameters.tensors { try tensor.clearGradient() }
        let objective = GuidedObjective(
            model: model, guidance: try asked.settings(), layout: layout,
            mean: try #require(ColdStartRecipe.Mean(rawValue: asked.mean)), checkpointing: checkpointing)
        return try objective.gradients(
            of: asked.samples.map(sample), passes: cut ?? [Array(asked.samples.indices)],
            gate: asked.gate ?? GuidanceGate())
    }

    /// All gradients by name.
    func gradients() throws -> [String: [Double]] {
        var found: [String: [Double]] = [:]
        for parameter in parameters.parameters {
            if let gradient = try parameter.tensor.gradient { found[parameter.name] = try doubles(gradient) }
        }
        return found
    }
}

/// The numbers of a tensor.
func doubles(_ tensor: Tensor) throws -> [Double] { try tensor.detached().to(.float64).values(as: Double.self) }

/// The length of a vector.
func norm(_ numbers: [Double]) -> Double { numbers.reduce(0) { $0 + $1 * $1 }.squareRoot() }

/// Projection k weighs entry i by sin((k + 1) (0.7 i + 1)).
func projections(_ numbers: [Double]) -> [Double] {
    (1...3).map { k in
        numbers.indices.reduce(0) { $0 + numbers[$1] * sin(Double(k) * (0.7 * Double($1) + 1)) }
    }
}
