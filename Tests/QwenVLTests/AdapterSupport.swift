import Foundation
import QwenVL
import Safetensors
import Testing
import Torch

/// An adapter that PEFT made for one of the small checkpoints, and what PEFT computes with it (Tests/Fixtures/lora/make_lora.py).
struct GoldenAdapter {
    let base: GoldenModel
    let folder: URL
    let file: SafetensorsFile

    static let names = ["grouped-2to1-tied", "grouped-4to1"]

    init(_ name: String) throws {
        base = try GoldenModel(name)
        folder = fixtures.appendingPathComponent("lora/\(name)")
        file = try SafetensorsFile(contentsOf: folder.appendingPathComponent("golden.safetensors"))
    }

    /// Both cases.
    func inputs(_ model: QwenVLModel) throws -> [ModelInput] {
        try GoldenModel.cases.map { try base.input($0, model) }
    }

    /// The logits of the batch, those of padding left out.
    func rows(_ logits: Tensor, _ inputs: [ModelInput]) throws -> Tensor {
        try Tensor.concatenate(
            inputs.enumerated().map { try logits.select(0, $0).slice(0, 0..<$1.inputIDs.count) }, axis: 0)
    }

    /// The mean cross-entropy over the tokens of the answers.
    func loss(_ logits: Tensor, _ inputs: [ModelInput]) throws -> Tensor {
        let longest = logits.size(1)
        var (places, targets): ([Int], [Int64]) = ([], [])
        for (index, input) in inputs.enumerated() {
            for token in input.roles.indices.dropFirst() where input.roles[token] == .response {
                places.append(index * longest + token - 1)
                targets.append(Int64(input.inputIDs[token]))
            }
        }
        return try logits.reshape([-1, logits.size(2)]).indexSelect(0, Tensor(places)).crossEntropy(Tensor(targets))
    }
}

/// A copy of an adapter's folder, changed, and the sentence that reading it gives.
func reading(_ golden: GoldenAdapter, after change: (URL) throws -> Void) throws -> String {
    try withTemporaryFolder { folder in
        let copy = folder.appendingPathComponent("adapter")
        try FileManager.default.copyItem(at: golden.folder, to: copy)
        try change(copy)
        let store = try golden.base.model().parameters
        return sentence { _ = try LowRankAdapters(folder: copy, for: store) }
    }
}

/// Changes adapter_config.json.
func editConfiguration(_ folder: URL, _ change: (inout [String: Any]) -> Void) throws {
    let url = folder.appendingPathComponent("adapter_config.json")
    let read = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
    var object = try #require(read)
    change(&object)
    try JSONSerialization.data(withJSONObject: object).write(to: url)
}

/// Renames, changes or drops the tensors of an adapter.
func editTensors(_ folder: URL, _ change: (String, Tensor) throws -> (String, Tensor)?) throws {
    let url = folder.appendingPathComponent("adapter_model.safetensors")
    let file = try SafetensorsFile(contentsOf: url)
    let tensors = try file.names.compactMap { try change($0, file.tensor($0)) }
    try SafetensorsWriter.write(tensors.map { SafetensorsWriter.Tensor(name: $0, $1) }, to: url)
}
