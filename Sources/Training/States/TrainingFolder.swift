import DurableFiles
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
///
/// The last states are kept, and the best, which the last state names. The link `best` leads there for people and programs: it
/// always leads to a whole state, and one that a kill has kept from being renewed is renewed when the training is gone on with.
public final class TrainingFolder {
    /// Where it lies; `step-N` are states, `best` a link to one.
    public let url: URL
    private let lock: FolderLock
    static let prefix = "step-"
    static let partialPrefix = ".partial-"
    static let bestName = "best"

    /// The folder of a training, which is made if it is not there.
    /// - Parameters:
    ///   - url: the folder.
    ///   - settings: everything that decides the numbers of the training, a line for each thing; a folder of others is refused.
    ///   - resumes: whether there must be, or must not be, an earlier training in it.
    /// - Throws: ``TrainingError/folder(path:problem:)``, ``TrainingError/otherTraining(path:setting:)``.
    public init(_ url: URL, settings: String, resumes: Bool) throws {
        self.url = url
        // A folder that is asked for by mistake is not made.
        if resumes, !FileManager.default.fileExists(atPath: url.path) { throw Self.nothingToGoOnWith(url) }
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw TrainingError.folder(path: url.path, problem: "the folder cannot be made")
        }
        do {
            guard let lock = try FolderLock(url) else {
                throw TrainingError.folder(path: url.path, problem: "another process is training in it")
            }
            self.lock = lock
        } catch let failure as FileFailure {
            throw TrainingError.folder(path: url.path, problem: "it cannot be \(failure.action): \(failure.reason)")
        }
        try claim(settings, resumes: resumes)
    }

    /// Compares the settings with those of an earlier training, or writes them into a new folder.
    private func claim(_ settings: String, resumes: Bool) throws {
        let file = url.appendingPathComponent("settings.txt")
        func refuse(_ problem: String) -> TrainingError { .folder(path: url.path, problem: problem) }
        if let old = try? String(contentsOf: file, encoding: .utf8) {
            guard old == settings else {
                let (was, now) = (Set(old.split(separator: "\n")), settings.split(separator: "\n"))
                let changed = now.first { !was.contains($0) }?.prefix { $0 != " " } ?? "settings"
                throw TrainingError.otherTraining(path: url.path, setting: String(changed))
            }
            guard resumes || latestStep == nil else {
                throw refuse("it holds this training already; --resume goes on with it")
            }
        } else {
            guard !resumes else { throw Self.nothingToGoOnWith(url) }
            guard !names.contains(where: { !$0.hasPrefix(".") }) else {
                throw refuse("it is not empty and holds no training")
            }
            do {
                try writeDurably(Data(settings.utf8), to: file)
            } catch {
                throw refuse("nothing can be written there")
            }
        }
        // Only now is it known that they are ours.
        let partial = [
            "." + Self.prefix, Self.partialPrefix, ".\(log.lastPathComponent).", ".\(file.lastPathComponent).",
        ]
        for name in names where partial.contains(where: name.hasPrefix) {
            try? FileManager.default.removeItem(at: url.appendingPathComponent(name))
        }
    }

    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] }

    /// The steps made in the last whole state; nil if there is none.
    public var latestStep: Int? { states.last }

    /// The steps made in every whole state.
    public var states: [Int] {
        names.compactMap { name in
            guard name.hasPrefix(Self.prefix), let step = Int(name.dropFirst(Self.prefix.count)), step > 0,
                place(step).lastPathComponent == name
            else { return nil }
            return step
        }.sorted()
    }

    /// The folder of a state.
    /// - Parameter step: steps made.
    /// - Returns: where it is, if there is one.
    public func place(_ step: Int) -> URL {
        url.appendingPathComponent("\(Self.prefix)\(step)", isDirectory: true)
    }

    /// `log.jsonl`, a line of JSON for every few steps.
    public var log: URL { url.appendingPathComponent("log.jsonl") }

    /// Removes a state, out of sight first: one that is half removed must not look whole.
    private func remove(_ step: Int) {
        let hidden = url.appendingPathComponent(".\(Self.prefix)\(step)", isDirectory: true)
        try? FileManager.default.removeItem(at: hidden)
        guard rename(place(step).path, hidden.path) == 0 else { return }
        try? FileManager.default.removeItem(at: hidden)
    }

    /// Keeps the last states and the best, and removes the others.
    func prune(keeping count: Int, best: Int?) {
        for step in states.dropLast(count) where step != best { remove(step) }
    }

    /// Leads the link `best` to a state, in one step.
    func linkBest(_ step: Int) throws {
        let (link, partial) = (
            url.appendingPathComponent(Self.bestName), url.appendingPathComponent(Self.partialPrefix + Self.bestName)
        )
        let target = place(step).lastPathComponent
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: link.path)) == target { return }
        unlink(partial.path)
        guard symlink(target, partial.path) == 0, rename(partial.path, link.path) == 0 else {
            throw Self.failure(link, "made to lead to \(target)")
        }
        flushFolder(url)
    }

    /// Writes a folder, such as a whole model, which appears complete or not at all, in place of one of its name.
    /// - Parameters:
    ///   - name: its name in the folder of the training.
    ///   - write: given an empty folder beside that place; what it writes there is flushed.
    /// - Returns: the folder.
    /// - Throws: what `write` throws, ``TrainingError/folder(path:problem:)``.
    @discardableResult
    public func publish(_ name: String, _ write: (URL) throws -> Void) throws -> URL {
        let place = url.appendingPathComponent(name, isDirectory: true)
        let partial = url.appendingPathComponent(Self.partialPrefix + name, isDirectory: true)
        // Whatever was there before or has been exchanged for the new only takes room.
        defer { try? FileManager.default.removeItem(at: partial) }
        try? FileManager.default.removeItem(at: partial)
        guard mkdir(partial.path, 0o777) == 0 else { throw Self.failure(place, "made") }
        try write(partial)
        flushTree(partial)
        guard exchange(partial, place) else { throw Self.failure(place, "put in its place") }
        flushFolder(url)
        return place
    }

    private static func nothingToGoOnWith(_ url: URL) -> TrainingError {
        .folder(path: url.path, problem: "it holds no training to go on with")
    }

    static func failure(_ url: URL, _ action: String) -> TrainingError {
        .folder(path: url.path, problem: "it cannot be \(action): \(String(cString: strerror(errno)).lowercased())")
    }
}
