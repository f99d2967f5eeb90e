import Foundation
import QwenVL
import Safetensors
import Testing
import Torch

/// The folder Tests/Fixtures.
let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

/// What transformers computed with one of the small checkpoints (Tests/Fixtures/models/make_models.py).
struct GoldenModel {
    let folder: URL
    let file: SafetensorsFile

    init(_ name: String) throws {
        folder = fixtures.appendingPathComponent("models/\(name)")
        file = try SafetensorsFile(contentsOf: folder.appendingPathComponent("golden.safetensors"))
    }

    static let names = ["grouped-4to1", "grouped-2to1-tied", "equal-heads-odd", "stored-bfloat16"]
    static let cases = ["one", "two"]

    func model(dtype: DType? = .float32) throws -> QwenVLModel { try QwenVLModel(folder: folder, dtype: dtype) }

    func tensor(_ name: String) throws -> Tensor { try file.tensor(name) }

    func integers(_ name: String) throws -> [Int] { try tensor(name).to(.int64).values(as: Int.self) }

    /// The input of a case, its first `count` tokens or all.
    func input(_ name: String, _ model: QwenVLModel, first count: Int? = nil) throws -> ModelInput {
        let ids = try integers("\(name).input_ids")
        let roles = try integers("\(name).roles").map { try #require(TokenRole(rawValue: $0)) }
        let grid = try integers("\(name).image_grid_thw")
        let count = count ?? ids.count
        return try ModelInput(
            inputIDs: Array(ids.prefix(count)), roles: Array(roles.prefix(count)),
            turns: [Int](repeating: 0, count: count), imageTokenID: model.configuration.imageTokenID,
            pixelValues: tensor("\(name).pixel_values"),
            grids: stride(from: 0, to: grid.count, by: 3).map {
                GridTHW(temporal: grid[$0], height: grid[$0 + 1], width: grid[$0 + 2])
            })
    }
}

/// The largest difference of two tensors as a part of the largest magnitude of the second.
func relativeDifference(_ actual: Tensor, _ expected: Tensor) throws -> Double {
    let (x, y) = (try actual.floats(), try expected.floats())
    guard x.count == y.count else { return .infinity }
    let largest = y.reduce(0) { max($0, abs($1)) }
    let difference = zip(x, y).reduce(Float(0)) { $1.0.isFinite ? max($0, abs($1.0 - $1.1)) : .infinity }
    return Double(difference / largest)
}

/// A folder of its own that is removed at the end.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// What an operation throws, as the sentence a user reads.
func sentence(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "nothing was thrown"
    } catch {
        return error.localizedDescription
    }
}
