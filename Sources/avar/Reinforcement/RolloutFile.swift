import Foundation
import Reinforcement

/// The rollouts that are kept to be looked at, a line of JSON each.
final class RolloutFile {
    private let url: URL

    /// The file of a training, without what an earlier process kept of iterations that are made again.
    /// - Parameters:
    ///   - folder: of the training.
    ///   - iteration: the first that is made now, counted from 1.
    /// - Throws: what the file system refuses.
    init(_ folder: URL, before iteration: Int) throws {
        url = folder.appendingPathComponent("rollouts.jsonl")
        let earlier = try all().filter { $0.iteration < iteration }
        try Files.write(try Self.data(earlier), to: url)
    }

    /// Adds rollouts.
    func append(_ rollouts: [KeptRollout]) throws {
        let handle = try FileHandle(forWritingTo: url)
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: Self.data(rollouts))
    }

    /// Everything that is kept; a last line that was cut is left out.
    func all() throws -> [KeptRollout] {
        guard let data = try? Data(contentsOf: url) else { return [] }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return data.split(separator: UInt8(ascii: "\n")).compactMap {
            try? decoder.decode(KeptRollout.self, from: $0)
        }
    }

    private static func data(_ rollouts: [KeptRollout]) throws -> Data {
        try rollouts.reduce(into: Data()) { $0 += try Output.encoded($1) + Data("\n".utf8) }
    }
}
