import Foundation
import QwenVL
import Safetensors
import Torch

/// What a training leaves on the disk: states to go on from, and a log.
///
/// A state is a folder `step-N`, made beside its place, flushed, and renamed when it is whole: a process that is killed at any moment
/// leaves the state before. It holds everything that decides the further steps, so that going on from it gives, bit for bit, what the
/// uninterrupted training gives. The log has a line of JSON for every few steps; lines behind the state that is gone on from are cut
/// off. A lock keeps a second process out.
public final class TrainingFolder {
    /// The folder.
    public let url: URL
    private let lock: Int32
    /// How many states are kept, the last ones.
    private static let keptStates = 2
    private static let prefix = "step-"

    /// The folder of a training, which is made if it is not there.
    /// - Parameters:
    ///   - url: the folder.
    ///   - settings: everything that decides the numbers of the training, a line for each thing; a folder of others is refused.
    ///   - resumes: whether there must be, or must not be, an earlier training in it.
    /// - Throws: ``TrainingError/folder(path:problem:)``.
    public init(_ url: URL, settings: String, resumes: Bool) throws {
        self.url = url
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw TrainingError.folder(path: url.path, problem: "the folder cannot be made")
        }
        lock = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw Self.failure(url, "opened") }
        do {
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                throw TrainingError.folder(path: url.path, problem: "another process is training in it")
            }
            try claim(settings, resumes: resumes)
        } catch {
            close(lock)
            throw error
        }
    }

    deinit { close(lock) }

    /// Compares the settings with those of an earlier training, or writes them into a new folder.
    private func claim(_ settings: String, resumes: Bool) throws {
        let file = url.appendingPathComponent("settings.txt")
        func refuse(_ problem: String) -> TrainingError { .folder(path: url.path, problem: problem) }
        if let old = try? String(contentsOf: file, encoding: .utf8) {
            guard old == settings else {
                let (was, now) = (Set(old.split(separator: "\n")), settings.split(separator: "\n"))
                let changed = now.first { !was.contains($0) }?.prefix { $0 != " " } ?? "settings"
                throw refuse("it holds a training of another \(changed); choose another folder")
            }
            guard resumes || latestStep == nil else {
                throw refuse("it holds this training already; --resume goes on with it")
            }
        } else {
            guard !resumes else { throw refuse("it holds no training to go on with") }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
            guard !names.contains(where: { !$0.hasPrefix(".") }) else {
                throw refuse("it is not empty and holds no training")
            }
            do {
                try Data(settings.utf8).write(to: file, options: .atomic)
            } catch {
                throw refuse("nothing can be written there")
            }
        }
        // Only now is it known that they are ours.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        where name.hasPrefix("." + Self.prefix) {
            try? FileManager.default.removeItem(at: url.appendingPathComponent(name))
        }
    }

    /// The steps made in the last whole state; nil if there is none.
    public var latestStep: Int? { states.last }

    private var states: [Int] {
        ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).compactMap { name in
            guard name.hasPrefix(Self.prefix), let step = Int(name.dropFirst(Self.prefix.count)), step > 0,
                place(step).lastPathComponent == name
            else { return nil }
            return step
        }.sorted()
    }

    private func place(_ step: Int) -> URL {
        url.appendingPathComponent("\(Self.prefix)\(step)", isDirectory: true)
    }

    /// The log.
    public var log: URL { url.appendingPathComponent("log.jsonl") }

    /// Writes the state after some steps, and removes those that are no longer needed.
    /// - Parameters:
    ///   - step: steps made.
    ///   - optimizer: the parameters and their moments.
    ///   - window: what the next line of the log has so far.
    /// - Throws: `SafetensorsError` if the disk is full, ``TrainingError/folder(path:problem:)``.
    package func save(step: Int, _ optimizer: Optimizer, window: LogWindow) throws {
        let partial = url.appendingPathComponent(".\(Self.prefix)\(step)", isDirectory: true)
        try? FileManager.default.removeItem(at: partial)
        guard mkdir(partial.path, 0o777) == 0 else { throw Self.failure(url, "given a state") }
        do {
            try write(
                optimizer.parameters.parameters.map { ($0.name, $0.tensor) }, partial, "parameters.safetensors")
            try write(
                optimizer.moments.flatMap {
                    [("first.\($0)", $1.first), ("second.\($0)", $1.second), ("steps.\($0)", $1.steps)]
                }, partial, "moments.safetensors")
            try JSONEncoder().encode(window).write(to: partial.appendingPathComponent("window.json"))
            flushFolder(partial)
            guard rename(partial.path, place(step).path) == 0 else {
                throw Self.failure(place(step), "put in its place")
            }
        } catch {
            // What is half there only takes room.
            try? FileManager.default.removeItem(at: partial)
            throw error
        }
        flushFolder(url)
        for old in states.dropLast(Self.keptStates) { try? FileManager.default.removeItem(at: place(old)) }
    }

    /// Takes over the last state, if there is one, and cuts the log behind it.
    /// - Parameter optimizer: its parameters and moments are changed.
    /// - Returns: steps made, and what the next line of the log has so far.
    /// - Throws: `SafetensorsError` if a file is damaged, `TorchError` if it is of another model.
    package func restore(_ optimizer: Optimizer) throws -> (step: Int, window: LogWindow) {
        guard let step = latestStep else {
            try cutLog(to: 0)
            return (0, LogWindow())
        }
        let folder = place(step)
        let parameters = try SafetensorsFile(contentsOf: folder.appendingPathComponent("parameters.safetensors"))
        try withoutGradient {
            for parameter in optimizer.parameters.parameters {
                let stored = try parameters.tensor(parameter.name)
                guard stored.shape == parameter.tensor.shape, stored.dtype == parameter.tensor.dtype else {
                    throw TrainingError.folder(
                        path: folder.path,
                        problem: "its \(parameter.name) is another; remove \(folder.lastPathComponent)")
                }
                try parameter.tensor.copy(from: stored)
            }
        }
        let moments = try SafetensorsFile(contentsOf: folder.appendingPathComponent("moments.safetensors"))
        try optimizer.restore { name in
            AdamW.Moments(
                first: try moments.tensor("first.\(name)"), second: try moments.tensor("second.\(name)"),
                steps: try moments.tensor("steps.\(name)"))
        }
        try cutLog(to: step)
        let window = (try? Data(contentsOf: folder.appendingPathComponent("window.json")))
            .flatMap { try? JSONDecoder().decode(LogWindow.self, from: $0) }
        return (step, window ?? LogWindow())
    }

    /// Adds a line to the log.
    /// - Parameter entry: has the step it is about.
    /// - Throws: ``TrainingError/folder(path:problem:)``.
    package func append(_ entry: TrainingLoop.LogEntry) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = try encoder.encode(entry) + Data("\n".utf8)
        let file = open(log.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw Self.failure(log, "opened") }
        defer { close(file) }
        let count = line.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        guard count == line.count else { throw Self.failure(log, "written") }
    }

    /// Removes the lines of steps that are made again, and a last line that was cut.
    private func cutLog(to step: Int) throws {
        guard FileManager.default.fileExists(atPath: log.path) else { return }
        guard let data = try? Data(contentsOf: log) else { throw Self.failure(log, "read") }
        struct Entry: Decodable { var step: Int }
        let kept = data.split(separator: UInt8(ascii: "\n")).filter { line in
            (try? JSONDecoder().decode(Entry.self, from: line)).map { $0.step <= step } ?? false
        }
        do {
            try Data(kept.map { $0 + Data("\n".utf8) }.joined()).write(to: log, options: .atomic)
        } catch {
            throw Self.failure(log, "written")
        }
    }

    private func write(_ tensors: [(String, Tensor)], _ folder: URL, _ name: String) throws {
        try SafetensorsWriter.write(
            tensors.map { SafetensorsWriter.Tensor(name: $0, try $1.detached()) },
            to: folder.appendingPathComponent(name))
    }

    private static func failure(_ url: URL, _ action: String) -> TrainingError {
        .folder(path: url.path, problem: "it cannot be \(action): \(String(cString: strerror(errno)).lowercased())")
    }
}
