import Foundation
import QwenVL
import Testing
import Torch

/// What an input gets and gives does not depend on what lies beside it: padded, packed and alone are the same.
@Suite struct BatchGradientTests {
    /// A layout and whether what lies between layers is made again.
    struct Way: Sendable, CustomStringConvertible {
        let layout: QwenVLModel.BatchLayout
        let checkpointing: Bool
        var description: String { layout.rawValue + (checkpointing ? ", checkpointed" : "") }

        static let all = [
            Way(layout: .padded, checkpointing: false), Way(layout: .packed, checkpointing: false),
            Way(layout: .padded, checkpointing: true), Way(layout: .packed, checkpointing: true),
        ]
    }

    /// Names of samples, among them neighbours of one length.
    static let batches = [
        ["one", "two", "text"], ["two", "changed", "one", "text", "one"], ["text", "short", "two"], ["changed", "two"],
        ["text", "text"], ["short"],
    ]

    /// `text` is `two` without its pictures, `changed` is as long as `two`, `short` ends after the picture of `one`.
    private func input(_ name: String, _ golden: GoldenModel, _ model: QwenVLModel) throws -> ModelInput {
        switch name {
        case "text":
            let whole = try golden.input("two", model)
            let kept = whole.inputIDs.indices.filter { ![153, 154, 156].contains(whole.inputIDs[$0]) }
            return try ModelInput(
                inputIDs: kept.map { whole.inputIDs[$0] }, roles: kept.map { whole.roles[$0] },
                turns: kept.map { _ in 0 }, imageTokenID: whole.imageTokenID)
        case "changed":
            var changed = try golden.input("two", model)
            changed.inputIDs = changed.inputIDs.map { (20..<150).contains($0) ? 20 + ($0 + 31) % 130 : $0 }
            changed.pixelValues = try changed.pixelValues.map { try $0 * -0.5 }
            return changed
        case "short":
            let whole = try golden.input("one", model)
            return try golden.input("one", model, first: (whole.roles.lastIndex(of: .image) ?? 0) + 3)
        default: return try golden.input(name, model)
        }
    }

    private struct Found {
        /// By sample.
        var hidden: [Tensor] = []
        var logits: [Tensor] = []
        /// By sample and layer, `[tokens, heads, groups]`.
        var masses: [[Tensor]] = []
        /// By parameter.
        var gradients: [String: Tensor] = [:]
    }

    /// Numbers between -1 and 1 that say what a result counts in the loss.
    private func seed(_ number: Int, like x: Tensor) throws -> Tensor {
        let count = x.shape.reduce(1, *)
        return try Tensor((0..<count).map { sin(Double($0) * 1.7 + Double(number)) }, shape: x.shape).to(x.dtype)
    }

    private func pass(
        _ model: QwenVLModel, _ inputs: [ModelInput], from first: Int = 0, way: Way, into found: inout Found
    ) throws {
        let output = try model.forward(
            batch: inputs,
            groups: inputs.map { KeyGroups(count: 5, membership: $0.roles.map { 1 << UInt8($0.rawValue) }) },
            layout: way.layout, checkpointing: way.checkpointing)
        func rows(_ x: Tensor, _ sample: Int) throws -> Tensor {
            try x.reshape([-1] + x.shape.dropFirst(2)).slice(
                0, output.offsets[sample]..<output.offsets[sample] + inputs[sample].inputIDs.count)
        }
        var loss = try Tensor.zeros([]).to(model.dtype)
        for sample in inputs.indices {
            let number = 100 * (first + sample)
            let hidden = try rows(output.hiddenStates, sample)
            let logits = try rows(#require(output.logits), sample)
            let masses = try output.masses.map { try rows($0.transpose(1, 2).contiguous(), sample) }
            loss =
                try loss + (hidden * seed(number, like: hidden)).sum() + (logits * seed(number + 1, like: logits)).sum()
            for (layer, mass) in masses.enumerated() {
                loss = try loss + (mass * seed(number + 2 + layer, like: mass)).sum().to(loss.dtype) * 5
            }
            found.hidden.append(try hidden.detached())
            found.logits.append(try logits.detached())
            found.masses.append(try masses.map { try $0.detached() })
        }
        try loss.backward()
    }

    private func results(_ model: QwenVLModel, _ inputs: [ModelInput], _ way: Way?) throws -> Found {
        let tensors = try model.parameters.names.map { ($0, try model.parameters.tensor($0)) }
        for (_, tensor) in tensors {
            try tensor.setRequiresGradient(true)
            try tensor.clearGradient()
        }
        var found = Found()
        if let way {
            try pass(model, inputs, way: way, into: &found)
        } else {
            for (number, input) in inputs.enumerated() {
                try pass(model, [input], from: number, way: Way.all[0], into: &found)
            }
        }
        for (name, tensor) in tensors { found.gradients[name] = try tensor.gradient }
        return found
    }

    @Test(arguments: GoldenModel.names, [(DType.float32, 2e-5), (.float64, 1e-11)])
    func paddedPackedAndAlone(name: String, type: (dtype: DType, tolerance: Double)) throws {
        let golden = try GoldenModel(name)
        let read = try QwenVLModel(folder: golden.folder, dtype: type.dtype, converts: true)
        let store = try read.parameters.owning(dtype: type.dtype) { _ in true }
        let model = try QwenVLModel(configuration: read.configuration, parameters: store, dtype: type.dtype)
        for batch in Self.batches {
            let inputs = try batch.map { try input($0, golden, model) }
            let alone = try results(model, inputs, nil)
            for way in Way.all {
                let found = try results(model, inputs, way)
                for sample in inputs.indices {
                    let place = "\(batch) \(sample), \(way)"
                    #expect(try difference(found.hidden[sample], alone.hidden[sample]) < type.tolerance, "\(place)")
                    #expect(try difference(found.logits[sample], alone.logits[sample]) < type.tolerance, "\(place)")
                    for (mass, expected) in zip(found.masses[sample], alone.masses[sample]) {
                        #expect(try difference(mass, expected) < type.tolerance, "\(place)")
                    }
                }
                let largest = try alone.gradients.values.map(norm).max() ?? 0
                #expect(found.gradients.count >= alone.gradients.count)
                for (name, gradient) in found.gradients {
                    let expected = try alone.gradients[name] ?? Tensor.zeros(gradient.shape).to(gradient.dtype)
                    let off = try norm(gradient - expected)
                    #expect(
                        off < 5 * type.tolerance * max(try norm(expected), 1e-3 * largest), "\(name), \(batch), \(way)")
                }
            }
        }
    }

    private func norm(_ x: Tensor) throws -> Double {
        try withoutGradient { try x.to(.float64).square().sum().item() }.squareRoot()
    }

    private func difference(_ actual: Tensor, _ expected: Tensor) throws -> Double {
        guard actual.shape == expected.shape else { return .infinity }
        return try withoutGradient {
            try (actual.to(.float64) - expected.to(.float64)).abs().amax([], keep: false).item()
                / expected.to(.float64).abs().amax([], keep: false).item()
        }
    }
}
