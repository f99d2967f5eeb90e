import Foundation
import QwenVL
import Safetensors
import Torch

/// What a training leaves on the disk: states to go on from, and a log.
///
/// A state is a folder `step-N`, made beside its place and renamed when it is whole: a process that is killed at any moment leaves
/// the state before. It holds everything that decides the further steps, so that going on from it gives, bit for bit, what the
/// uninterrupted training gives. The log is a line of JSON a step; lines behind the state that is gone on from are cut off.
public struct TrainingFolder {
    /// The folder.
    public let url: URL
    /// How many states are kept, the last ones.
    private static let keptStates = 2

    /// The folder of a training, which is made if it is not there.
    /// - Parameters:
    ///   - url: the folder.
    ///   - settings: everything that decides the numbers of the training, as text; a folder of other settings is refused.
    ///   - resumes: false if there must be no earlier training in it.
    /// - Throws: ``TrainingError/folder(path:problem:)``.
    public init(_ url: URL, settings: String, resumes: Bool) throws {
        self.url = url
        let file = url.appendingPathComponent("settings.txt")
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw TrainingError.folder(path: url.path, problem: "the folder cannot be made")
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        for leftover in names where leftover.hasPrefix(".step-") {
            try? FileManager.default.removeItem(at: url.appendingPathComponent(leftover))
        }
        let old = try? String(contentsOf: file, encoding: .utf8)
        if let old {
            guard old == settings else {
                throw TrainingError.folder(
                    path: url.path, problem: "it holds a training with other settings or data; choose another folder")
            }
            guard resumes || latestStep == nil else {
                throw TrainingError.folder(
                    path: url.path, problem: "it holds this training already; --resume goes on with it")
            }
        } else {
            guard !names.contains(where: { !$0.hasPrefix(".") }) else {
                throw TrainingError.folder(path: url.path, problem: "it is not empty and holds no training")
            }
            do {
                try Data(settings.utf8).write(to: file, options: .atomic)
            } catch {
                throw TrainingError.folder(path: url.path, problem: "nothing can be written there")
            }
        }
    }

    /// The steps made in the last whole state; nil if there is none.
    public var latestStep: Int? { states.last }

    private var states: [Int] {
        ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [])
            .compactMap { $0.hasPrefix("step-") ? Int($0.dropFirst(5)) : nil }.sorted()
    }

    private func place(_ step: Int) -> URL { url.appendingPathComponent("step-\(step)", isDirectory: true) }

    /// The log.
    public var log: URL { url.appendingPathComponent("log.jsonl") }

    /// Writes the state after some steps, and removes those that are no longer needed.
    /// - Parameters:
    ///   - step: steps made.
    ///   - optimizer: the parameters and their moments.
    /// - Throws: `SafetensorsError` if the disk is full, ``TrainingError/folder(path:problem:)``.
    public func save(step: Int, _ optimizer: Optimizer) throws {
        let partial = url.appendingPathComponent(".step-\(step)", isDirectory: true)
        try? FileManager.default.removeItem(at: partial)
        do {
            try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: false)
        } catch {
            throw TrainingError.folder(path: url.path, problem: "no state can be written there")
        }
        try write(
            optimizer.parameters.parameters.map { ($0.name, $0.tensor) }, partial, "parameters.safetensors")
        try write(
            optimizer.moments.flatMap {
                [("first.\($0)", $1.first), ("second.\($0)", $1.second), ("steps.\($0)", $1.steps)]
            }, partial, "moments.safetensors")
        guard rename(partial.path, place(step).path) == 0 else {
            throw TrainingError.folder(path: url.path, problem: "the state of step \(step) cannot take its place")
        }
        for old in states.dropLast(Self.keptStates) { try? FileManager.default.removeItem(at: place(old)) }
    }

    /// Takes over the last state, if there is one, and cuts the log behind it.
    /// - Parameter optimizer: its parameters and moments are changed.
    /// - Returns: steps made.
    /// - Throws: `SafetensorsError` if a file is damaged.
    public func restore(_ optimizer: Optimizer) throws -> Int {
        guard let step = latestStep else {
            try cutLog(to: 0)
            return 0
        }
        let parameters = try SafetensorsFile(contentsOf: place(step).appendingPathComponent("parameters.safetensors"))
        try withoutGradient {
            for parameter in optimizer.parameters.parameters {
                try parameter.tensor.copy(from: parameters.tensor(parameter.name))
            }
        }
        let moments = try SafetensorsFile(contentsOf: place(step).appendingPathComponent("moments.safetensors"))
        try optimizer.restore { name in
            AdamW.Moments(
                first: try moments.tensor("first.\(name)"), second: try moments.tensor("second.\(name)"),
                steps: try moments.tensor("steps.\(name)"))
        }
        try cutLog(to: step)
        return step
    }

    /// Adds a line to the log.
    /// - Parameter entry: has the step it is about.
    /// - Throws: ``TrainingError/folder(path:problem:)``.
    public func append(_ entry: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = try encoder.encode(entry) + Data("\n".utf8)
        do {
            if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
            let handle = try FileHandle(forWritingTo: log)
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: line)
        } catch {
            throw TrainingError.folder(path: log.path, problem: "the log cannot be written")
        }
    }

    /// Removes the lines of steps that are made again, and a last line that was cut.
    private func cutLog(to step: Int) throws {
        guard let text = try? String(contentsOf: log, encoding: .utf8) else { return }
        struct Entry: Decodable { var step: Int }
        let kept = text.split(separator: "\n", omittingEmptySubsequences: true).filter { line in
            (try? JSONDecoder().decode(Entry.self, from: Data(line.utf8))).map { $0.step <= step } ?? false
        }
        do {
            try Data(kept.map { $0 + "\n" }.joined().utf8).write(to: log, options: .atomic)
        } catch {
            throw TrainingError.folder(path: log.path, problem: "the log cannot be written")
        }
    }

    private func write(_ tensors: [(String, Tensor)], _ folder: URL, _ name: String) throws {
        let parts = tensors.map { name, tensor in
            SafetensorsWriter.Tensor(name: name, dtype: tensor.dtype.safetensors, shape: tensor.shape) { emit in
                try tensor.detached().withUnsafeBytes { try emit($0) }
            }
        }
        try SafetensorsWriter.write(parts, to: folder.appendingPathComponent(name))
    }
}
