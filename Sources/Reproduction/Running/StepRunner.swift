import DurableFiles
import Foundation

/// Does the steps of a plan, as many at one time as the study says, and keeps what is done.
///
/// Steps are commands of their own: one that fails takes nothing with it, memory is given back between them, and each is what a reader
/// would type. A step that was stopped, or killed, goes on where it was when it is begun again, if its command can.
public final class StepRunner {
    /// What people are told.
    public enum Event {
        /// A step begins; true if it goes on with an earlier attempt.
        case begins(Step, goesOn: Bool)
        /// A step is done, after so many seconds of this attempt.
        case ends(Step, seconds: Double)
        /// Some time has gone by: the running steps with the last words of each.
        case runs([(step: Step, words: String)])
    }

    private let plan: StudyPlan
    private let executable: String
    private let version: String
    private let wanted: Set<String>
    private let lock: FolderLock
    private var running: [Running] = []

    private struct Running {
        let step: Step
        let process: ChildProcess
        let server: ChildProcess?
        let began: ContinuousClock.Instant
    }

    /// Takes a study's output folder.
    /// - Parameters:
    ///   - plan: what to do.
    ///   - wanted: the names of the steps that are wanted, with all that they need.
    ///   - executable: the path of `avar`.
    ///   - version: its version.
    /// - Throws: ``StudyError`` if the folder cannot be made, or another process works in it.
    public init(_ plan: StudyPlan, wanted: Set<String>, executable: String, version: String) throws {
        (self.plan, self.wanted, self.executable, self.version) = (plan, wanted, executable, version)
        let output = plan.study.output
        try StudyFiles.makeFolder(output)
        guard let lock = try FolderLock(output, file: ".lock") else { throw StudyError.inUse(output.path) }
        self.lock = lock
        try PlanFile(plan).write(in: output)
    }

    /// Does what is left of the wanted steps.
    /// - Parameters:
    ///   - report: told what happens.
    ///   - shouldStop: looked at five times a second; once true, running steps are stopped, so that nothing of them is lost.
    /// - Returns: whether all wanted steps are done.
    /// - Throws: ``StudyError`` about the first step that failed, after those that ran beside it have ended.
    public func run(report: (Event) -> Void, shouldStop: () -> Bool) throws -> Bool {
        var done = Set(plan.steps.filter { StepRecord.of($0) != nil }.map(\.name))
        // What stands behind a step that is to be done again has another key only if the step's own changed: so it is done.
        var left = plan.steps.filter { wanted.contains($0.name) && !done.contains($0.name) }
        var failure: (any Error)?
        var (isStopping, told) = (false, ContinuousClock.now)
        do {
            while true {
                for item in running where !item.process.isRunning {
                    running.removeAll { $0.step.name == item.step.name }
                    do {
                        try finish(item, isStopping: isStopping, report: report)
                        if case .exit(0)? = item.process.ending { done.insert(item.step.name) }
                    } catch {
                        failure = failure ?? error
                    }
                }
                while failure == nil, !isStopping, running.count < plan.study.jobs,
                    let next = left.firstIndex(where: { $0.inputs.allSatisfy { done.contains($0) } })
                {
                    try begin(left.remove(at: next), report: report)
                }
                if running.isEmpty { break }
                if !isStopping, shouldStop() {
                    isStopping = true
                    for item in running { item.process.interrupt() }
                }
                if told.duration(to: .now) > .seconds(1) {
                    told = .now
                    report(.runs(running.map { ($0.step, Self.lastLine($0.step.log)) }))
                }
                usleep(50_000)
            }
        } catch {
            for item in running { item.process.interrupt() }
            for item in running {
                item.process.end()
                item.server?.end()
            }
            throw error
        }
        if let failure { throw failure }
        return left.isEmpty && !isStopping
    }

    // MARK: One step

    private func begin(_ step: Step, report: (Event) -> Void) throws {
        let goesOn = StepRecord.isBegun(step)
        try StudyFiles.makeFolder(step.folder)
        for (name, text) in step.files {
            try StudyFiles.write(Data(text.utf8), to: step.folder.appendingPathComponent(name))
        }
        if step.kind == .correlate {
            try StudyFiles.write(
                StudyResults(plan).correlationItems(), to: step.folder.appendingPathComponent("items.json"))
        }
        var arguments = step.arguments
        if [.sft, .grpo].contains(step.kind),
            FileManager.default.fileExists(atPath: step.folder.appendingPathComponent("training/settings.txt").path)
        {
            arguments.append("--resume")
        }
        report(.begins(step, goesOn: goesOn))
        let began = ContinuousClock.now
        let server = try step.server.isEmpty ? nil : serve(step)
        do {
            let process = try ChildProcess(
                executable, arguments, in: plan.study.folder, output: step.output, log: step.log)
            running.append(Running(step: step, process: process, server: server, began: began))
        } catch {
            server?.end()
            throw error
        }
    }

    /// Begins the server of a step, and waits until it answers.
    private func serve(_ step: Step) throws -> ChildProcess {
        guard let port = step.server.last.flatMap(Int.init) else { preconditionFailure("a server has a port") }
        let log = step.folder.appendingPathComponent("server.txt")
        func failure(_ words: String) -> StudyError {
            let said = Self.lastLine(log)
            return .server(step: step.name, words: said.isEmpty ? words : said, log: log.path)
        }
        guard StepPorts.isFree(port) else { throw failure("port \(port), at which it was before, is taken.") }
        try StudyFiles.write(Data(String(port).utf8), to: StepPorts.file(step.folder))
        let server = try ChildProcess(
            executable, step.server, in: plan.study.folder,
            output: step.folder.appendingPathComponent("server-output.txt"), log: log)
        let deadline = ContinuousClock.now + .seconds(600)
        while !StepPorts.answers(port) {
            guard server.isRunning else { throw failure(server.ending?.words ?? "it ended.") }
            guard .now < deadline else {
                server.end()
                throw failure("it did not answer within ten minutes.")
            }
            usleep(50_000)
        }
        return server
    }

    private func finish(_ item: Running, isStopping: Bool, report: (Event) -> Void) throws {
        item.server?.end()
        let seconds = item.began.duration(to: .now) / .seconds(1)
        let step = item.step
        switch item.process.ending {
        case .exit(0)?:
            guard FileManager.default.fileExists(atPath: step.resultURL.path) else {
                throw StudyError.failed(step: step.name, words: "It left no \(step.result).", log: step.log.path)
            }
            try StepRecord.write(step, seconds: seconds, version: version)
            report(.ends(step, seconds: seconds))
        case .exit(130)? where isStopping: try StepRecord.add(seconds: seconds, to: step)
        case .signal(SIGINT)? where isStopping: try StepRecord.add(seconds: seconds, to: step)
        case let ending:
            try StepRecord.add(seconds: seconds, to: step)
            let words = Self.lastLine(step.log)
            throw StudyError.failed(
                step: step.name, words: words.isEmpty ? ending?.words ?? "" : words, log: step.log.path)
        }
    }

    /// The last line of a file that is not empty.
    private static func lastLine(_ url: URL) -> String {
        guard let handle = try? FileHandle(forReadingFrom: url), let size = try? handle.seekToEnd() else { return "" }
        defer { try? handle.close() }
        try? handle.seek(toOffset: size > 4096 ? size - 4096 : 0)
        let data = (try? handle.readToEnd()) ?? Data()
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).last.map {
            let line = $0.trimmingCharacters(in: .whitespaces)
            return line.hasPrefix("Error: ") ? String(line.dropFirst("Error: ".count)) : line
        } ?? ""
    }
}

extension StepRunner {
    /// Deletes the folders of steps that are not in the plan.
    /// - Returns: their names.
    /// - Throws: ``StudyError`` if one cannot be deleted.
    public func prune() throws -> [String] {
        let steps = plan.study.output.appendingPathComponent("steps")
        let kept = Set(plan.steps.map(\.folder.lastPathComponent))
        let names = (try? FileManager.default.contentsOfDirectory(atPath: steps.path)) ?? []
        let old = names.filter { !kept.contains($0) }.sorted()
        for name in old {
            let url = steps.appendingPathComponent(name)
            do {
                try FileManager.default.removeItem(at: url)
            } catch {
                throw StudyError.unwritable(path: url.path, problem: error.localizedDescription)
            }
        }
        return old
    }
}
