import Foundation
import QwenVL
import Safetensors
import Torch

/// The inputs of a benchmark, as hf_peer.py writes them: input_ids and role `[1, tokens]`, pixel_values `[patches, 1176]`,
/// image_grid_thw `[pictures, 3]`.
struct BenchCase {
    let input: ModelInput

    init(contentsOf url: URL, model: QwenVLModel) throws {
        let file = try SafetensorsFile(contentsOf: url)
        func integers(_ name: String) throws -> [Int] { try file.tensor(name).to(.int64).values(as: Int.self) }
        let roles = try integers("role").map { code in
            guard let role = TokenRole(rawValue: code) else {
                throw QwenVLError.input("\(url.path) has the role \(code); roles are 0 to 4")
            }
            return role
        }
        let grids = try integers("image_grid_thw")
        guard grids.count.isMultiple(of: 3) else {
            throw QwenVLError.input("image_grid_thw of \(url.path) must have rows of three numbers")
        }
        input = try ModelInput(
            inputIDs: integers("input_ids"), roles: roles,
            turns: roles.map { $0 == .system ? 0 : $0 == .response ? 2 : 1 },
            imageTokenID: model.configuration.imageTokenID,
            // Converted once here: a user's pictures, too, are patches in the model's type before the work begins.
            pixelValues: file.tensor("pixel_values").to(model.dtype, device: model.device),
            grids: stride(from: 0, to: grids.count, by: 3).map {
                GridTHW(temporal: grids[$0], height: grids[$0 + 1], width: grids[$0 + 2])
            })
    }
}

extension ModelInput {
    /// The tokens that are no response: what a generation goes on from.
    func prompt() throws -> ModelInput {
        let count = roles.firstIndex(of: .response) ?? roles.count
        return try ModelInput(
            inputIDs: Array(inputIDs[..<count]), roles: Array(roles[..<count]), turns: Array(turns[..<count]),
            imageTokenID: imageTokenID, pixelValues: pixelValues, grids: grids)
    }
}
