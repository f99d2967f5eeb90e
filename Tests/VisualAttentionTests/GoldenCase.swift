import Foundation
import QwenVL
import Safetensors
import Testing
import Torch
import VisualAttention

/// A case of one of the small checkpoints, and files of golden values (Tests/Fixtures/models, Tests/Fixtures/attention).
struct GoldenCase {
    static let fixtures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

    let model: QwenVLModel
    let input: ModelInput
    let name: String

    init(_ model: String, _ name: String, dtype: DType = .float32) throws {
        let folder = Self.fixtures.appendingPathComponent("models/\(model)")
        let loaded = try QwenVLModel(folder: folder, dtype: dtype, converts: true)
        let golden = try SafetensorsFile(contentsOf: folder.appendingPathComponent("golden.safetensors"))
        func integers(_ key: String) throws -> [Int] {
            try golden.tensor("\(name).\(key)").to(.int64).values(as: Int.self)
        }
        let roles = try integers("roles").map { try #require(TokenRole(rawValue: $0)) }
        let grid = try integers("image_grid_thw")
        self.model = loaded
        self.name = name
        input = try ModelInput(
            inputIDs: integers("input_ids"), roles: roles, turns: roles.map { _ in 0 },
            imageTokenID: loaded.configuration.imageTokenID,
            pixelValues: golden.tensor("\(name).pixel_values").to(dtype),
            grids: stride(from: 0, to: grid.count, by: 3).map {
                GridTHW(temporal: grid[$0], height: grid[$0 + 1], width: grid[$0 + 2])
            })
    }

    /// The tokens before the first of the answer.
    func prompt() throws -> ModelInput {
        let count = input.roles.firstIndex(of: .response) ?? input.roles.count
        return try ModelInput(
            inputIDs: Array(input.inputIDs[..<count]), roles: Array(input.roles[..<count]),
            turns: Array(input.turns[..<count]), imageTokenID: input.imageTokenID, pixelValues: input.pixelValues,
            grids: input.grids)
    }

    static func attention(_ file: String) throws -> SafetensorsFile {
        try SafetensorsFile(contentsOf: fixtures.appendingPathComponent("attention/\(file).safetensors"))
    }

    static func attention<Value: Decodable>(json file: String, as type: Value.Type) throws -> Value {
        let url = fixtures.appendingPathComponent("attention/\(file).json")
        return try JSONDecoder().decode(type, from: Data(contentsOf: url))
    }
}

/// The largest difference as a part of the largest magnitude of what is finite; infinite if other entries are not finite.
func relativeDifference(_ actual: Tensor, _ expected: Tensor) throws -> Double {
    guard actual.shape == expected.shape else { return .infinity }
    let (x, y) = (
        try actual.to(.float64).values(as: Double.self), try expected.to(.float64).values(as: Double.self)
    )
    guard zip(x, y).allSatisfy({ $0.isFinite == $1.isFinite }) else { return .infinity }
    let largest = y.reduce(1e-300) { $1.isFinite ? max($0, abs($1)) : $0 }
    return zip(x, y).reduce(0) { $1.0.isFinite ? max($0, abs($1.0 - $1.1)) : $0 } / largest
}
