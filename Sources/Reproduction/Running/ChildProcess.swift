import Foundation

/// A running `avar`, in a process group of its own so that Ctrl-C reaches it only as it is told, and dying with the one that began it.
final class ChildProcess {
    private let process = Process()
    /// Nobody writes to it: when this process is gone, however it went, the child reads the pipe's end.
    private let lifeline = Pipe()

    /// How a process ended.
    enum Ending: Equatable {
        /// With an exit status.
        case exit(Int32)
        /// By a signal.
        case signal(Int32)

        /// In words, for one that did not end well.
        var words: String {
            switch self {
            case .exit(let status): "it ended with exit status \(status)."
            case .signal(SIGKILL): "it was killed, perhaps for want of memory."
            case .signal(let number): "it was ended by signal \(number)."
            }
        }
    }

    /// Begins a process.
    /// - Parameters:
    ///   - executable: the program.
    ///   - arguments: its arguments.
    ///   - folder: where it runs.
    ///   - output: the file that standard output is written to, anew.
    ///   - log: the file that standard error is added to.
    /// - Throws: ``StudyError/unwritable(path:problem:)`` if it cannot be begun.
    init(_ executable: String, _ arguments: [String], in folder: URL, output: URL, log: URL) throws {
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging([Lifeline.variable: "yes"]) { $1 }
        process.standardInput = lifeline
        process.standardOutput = try Self.file(output, O_TRUNC)
        process.standardError = try Self.file(log, O_APPEND)
        do {
            try process.run()
        } catch {
            throw StudyError.unwritable(path: executable, problem: "it cannot be run: \(error.localizedDescription)")
        }
    }

    /// How it ended, once it has.
    var ending: Ending? {
        guard !process.isRunning else { return nil }
        let status = process.terminationStatus
        return process.terminationReason == .exit ? .exit(status) : .signal(status)
    }

    /// Whether it still runs.
    var isRunning: Bool { process.isRunning }

    /// Presses Ctrl-C for it.
    func interrupt() { if process.isRunning { process.interrupt() } }

    /// Ends it, gently and after some seconds for good.
    func end() {
        interrupt()
        let deadline = ContinuousClock.now + .seconds(10)
        while process.isRunning, .now < deadline { usleep(20_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    private static func file(_ url: URL, _ flag: Int32) throws -> FileHandle {
        let descriptor = open(url.path, O_WRONLY | O_CREAT | O_CLOEXEC | flag, 0o666)
        guard descriptor >= 0 else {
            throw StudyError.unwritable(path: url.path, problem: String(cString: strerror(errno)).lowercased())
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}

/// Ties a process to the one that began it.
public enum Lifeline {
    /// The variable that says that standard input is a lifeline.
    static let variable = "AVAR_LIFELINE"

    /// Lets this process die with `avar reproduce`, if that began it: what is left of killed work must not be written to by an orphan
    /// while the same work is gone on with.
    public static func tie() {
        guard ProcessInfo.processInfo.environment[variable] != nil else { return }
        unsetenv(variable)
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(0, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            kill(getpid(), SIGKILL)
        }
    }
}
