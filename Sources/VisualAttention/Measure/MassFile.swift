import Foundation
import Safetensors

/// The masses of one sample as a safetensors file, for those who want to compute something else from them.
public enum MassFile {
    /// Writes `masses` float32 `[layers, heads, queries, groups]` and `queries` int64 `[queries]`, the positions of the tokens.
    ///
    /// The metadata names the groups in their order (`groups`, separated by commas) and the sample (`line`, and `id` if it has
    /// one). All groups but `systemWithoutFirst` share the attention out among them.
    /// - Parameters:
    ///   - measurement: what the queries pay to each group.
    ///   - line: the sample's line in the data file.
    ///   - id: what the data file calls it.
    ///   - url: the file, in a folder that exists; replaced in one step.
    /// - Throws: `SafetensorsError` if it cannot be written.
    public static func write(_ measurement: AttentionMeasurement, line: Int, id: String?, to url: URL) throws {
        let mass = measurement.mass
        let shape = [mass.layerCount, mass.headCount, mass.queryCount, RoleGroup.allCases.count]
        var metadata = ["line": String(line), "groups": RoleGroup.allCases.map(\.name).joined(separator: ",")]
        metadata["id"] = id
        let queries = measurement.queries.map(Int64.init)
        let masses = SafetensorsWriter.Tensor(name: "masses", dtype: .float32, shape: shape) { emit in
            try mass.values.withUnsafeBytes { try emit($0) }
        }
        let positions = SafetensorsWriter.Tensor(name: "queries", dtype: .int64, shape: [queries.count]) { emit in
            try queries.withUnsafeBytes { try emit($0) }
        }
        try SafetensorsWriter.write([masses, positions], metadata: metadata, to: url)
    }
}
