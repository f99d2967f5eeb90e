import Foundation

/// A command that reads a text and writes one, and is ended if it does not end.
///
/// It leads a process group of its own, so that what it started can be ended with it, and an interrupt typed at the
/// terminal leaves it be. Its input is a file that has no name any more, so that it may leave it unread. What it writes
/// comes through pipes, whose end nobody waits for: something that it left behind may hold them open. Should this
/// process be killed, they break, and a command that writes without end ends.
struct RewardProcess: Sendable {
    let command: [String]
    let folder: URL?
    let timeout: Duration
    let grace: Duration
    let byteLimit: Int

    /// How a command ended.
    struct Ending {
        /// What ended it.
        enum Cause: Equatable {
            case status(Int32)
            case signal(Int32)
            case timeout
            case tooMuch
        }

        let cause: Cause
        let output: Data
        /// The last line of its standard error.
        let lastWords: String
    }

    /// Why it could not be started.
    struct Failure: Error {
        let reason: String
    }

    /// Runs the command.
    /// - Throws: ``Failure`` if it cannot be started, `CancellationError`.
    func run(_ input: Data) async throws -> Ending {
        let stdin = try Scratch(input)
        let (output, words) = (try Outlet(limit: byteLimit), try Outlet(limit: byteLimit))
        let process = try spawn([stdin.descriptor, output.writing, words.writing])
        output.closeWriting()
        words.closeWriting()
        let deadline = ContinuousClock.now + timeout
        var pause = Duration.milliseconds(2)
        var cause: Ending.Cause?
        while !Self.hasEnded(process) {
            let isBusy = [output.drain(), words.drain()].contains(true)
            if output.isOver || words.isOver { cause = .tooMuch }
            if ContinuousClock.now > deadline { cause = .timeout }
            if cause != nil { break }
            pause = isBusy ? .milliseconds(1) : min(pause * 2, .milliseconds(32))
            do {
                try await Task.sleep(for: pause)
            } catch {
                _ = await end(process)
                throw error
            }
        }
        let ending = await end(process, isAsked: cause != nil)
        _ = (output.drain(), words.drain())
        if cause == nil, output.isOver || words.isOver { cause = .tooMuch }
        return Ending(
            cause: cause ?? ending, output: cause == nil ? output.bytes : Data(),
            lastWords: RewardWords.lastLine(String(decoding: words.bytes.suffix(4096), as: UTF8.self)))
    }

    // MARK: Beginning and end

    private func spawn(_ descriptors: [Int32]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (number, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        // Nothing else that this process has open, such as the lock of a folder.
        for descriptor in Self.openDescriptors where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        // A group of its own, and signals as a shell would leave them: servers ignore SIGPIPE.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&all)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD] { sigaddset(&all, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // POSIX has no action that changes the folder.
        let started = folder.map { ["/bin/sh", "-c", "cd -- \"$0\" && exec \"$@\"", $0.path] + command } ?? command
        var arguments: [UnsafeMutablePointer<CChar>?] = started.map { strdup($0) } + [nil]
        let variables = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { (arguments + environment).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, started[0], &actions, &attributes, &arguments, &environment)
        guard code == 0 else {
            let reason = String(cString: strerror(code)).lowercased()
            throw Failure(reason: "\(started[0]) cannot be started: \(reason)")
        }
        return process
    }

    /// What this process has open; one that is gone by the time it is closed does no harm.
    private static var openDescriptors: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
        return names.compactMap { Int32($0) }
    }

    /// Whether a command has ended; it is left as it is, so that nobody else gets its number.
    private static func hasEnded(_ process: pid_t) -> Bool {
        var information = siginfo_t()
        let code = waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT)
        return code != 0 || information.si_signo != 0
    }

    /// Ends what is left of a command, in kindness first if that is asked for, and says what it ended with.
    private func end(_ process: pid_t, isAsked: Bool = true) async -> Ending.Cause {
        if isAsked, !Self.hasEnded(process) {
            kill(-process, SIGTERM)
            let deadline = ContinuousClock.now + grace
            while !Self.hasEnded(process), ContinuousClock.now < deadline { await Self.rest() }
        }
        // The leader may be gone, and something that it started not.
        kill(-process, SIGKILL)
        while !Self.hasEnded(process) { await Self.rest() }
        var status: Int32 = 0
        guard waitpid(process, &status, 0) == process else { return .status(-1) }
        return status & 0x7F == 0 ? .status((status >> 8) & 0xFF) : .signal(status & 0x7F)
    }

    /// A short while that passes even if the task is cancelled.
    private static func rest() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(5)) { continuation.resume() }
        }
    }

    // MARK: Input and output

    /// A file that has no name any more and vanishes with this value.
    private final class Scratch: Sendable {
        let descriptor: Int32

        /// Makes a file that is read from its beginning.
        init(_ data: Data) throws {
            let name = "reward-\(UUID().uuidString)"
            let path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
            descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw Failure(systemError: "no temporary file can be made") }
            unlink(path)
            var written = 0
            while written < data.count {
                let count = data.withUnsafeBytes { bytes in
                    write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw Failure(systemError: "a temporary file cannot be written") }
                written += count
            }
            lseek(descriptor, 0, SEEK_SET)
        }

        deinit { close(descriptor) }
    }

    /// A pipe that a command writes into, and what came out of it so far.
    private final class Outlet {
        private let limit: Int
        private let reading: Int32
        private(set) var writing: Int32
        private(set) var bytes = Data()

        init(limit: Int) throws {
            self.limit = limit
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { throw Failure(systemError: "no pipe can be made") }
            (reading, writing) = (ends[0], ends[1])
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        }

        deinit {
            closeWriting()
            close(reading)
        }

        func closeWriting() {
            if writing >= 0 { close(writing) }
            writing = -1
        }

        /// Whether more came than may come.
        var isOver: Bool { bytes.count > limit }

        /// Takes what is there, up to a little more than may come.
        /// - Returns: whether there was anything.
        func drain() -> Bool {
            let before = bytes.count
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while !isOver {
                let count = read(reading, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                bytes += buffer[..<count]
            }
            return bytes.count > before
        }
    }
}

extension RewardProcess.Failure {
    /// What the system says of its last failure.
    fileprivate init(systemError what: String) {
        reason = "\(what) (\(String(cString: strerror(errno)).lowercased()))"
    }
}
