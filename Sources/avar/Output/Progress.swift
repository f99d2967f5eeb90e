import Foundation

/// Progress of long work on standard error: a bar with rate and time left on a terminal, else a line now and then.
struct Progress {
    /// What is counted.
    enum Unit {
        /// Pieces of work, each worth a look: shown at every hundredth on a terminal, else at every tenth.
        case pieces
        /// Bytes, of which thousands come at once: shown ten times a second on a terminal, else every five seconds.
        case megabytes
    }

    private let title: String
    private let total: Int
    private let unit: Unit
    private let initial: Int
    private var done: Int
    private let began = ContinuousClock.now
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var lastStep = -1
    private var lastTime: ContinuousClock.Instant
    private var isShown = false

    /// Progress towards `total`, of which `done` was there before.
    init(_ title: String, total: Int, done: Int = 0, unit: Unit = .pieces) {
        (self.title, self.total, self.unit, self.done, initial) = (title, total, unit, done, done)
        lastTime = began
    }

    /// Counts one piece of work.
    mutating func advance() { advance(to: done + 1) }

    /// Takes note of how much is done.
    mutating func advance(to count: Int) {
        done = count
        if isDue() { show() }
    }

    private mutating func isDue() -> Bool {
        switch unit {
        case .pieces:
            let step = done * (isTerminal ? 100 : 10) / max(1, total)
            defer { lastStep = step }
            return step != lastStep
        case .megabytes:
            let now = ContinuousClock.now
            guard now - lastTime >= (isTerminal ? .milliseconds(100) : .seconds(5)) else { return false }
            lastTime = now
            return true
        }
    }

    private mutating func show() {
        isShown = true
        guard isTerminal else { return Output.note(text) }
        let filled = min(30, done * 30 / max(1, total))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        FileHandle.standardError.write(Data("\r[\(bar)] \(text)\u{1B}[K".utf8))
    }

    private var text: String {
        let rate = Double(max(0, done - initial)) / max(began.duration(to: .now).seconds, 1e-9)
        let left = rate > 0 ? ", \((Double(total - done) / rate).fixed(0)) s left" : ""
        switch unit {
        case .pieces:
            return "\(title): \(done) of \(total), \(rate.fixed(1)) per second\(left)"
        case .megabytes:
            let (done, total) = ((Double(done) / 1e6).fixed(1), (Double(total) / 1e6).fixed(1))
            return "\(title): \(done) of \(total) MB, \((rate / 1e6).fixed(1)) MB/s\(left)"
        }
    }

    /// Writes a note between two states of the bar.
    mutating func note(_ text: String) {
        if isTerminal, isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
        Output.note(text)
        if isTerminal, isShown { show() }
    }

    /// Ends the bar's line, if there is one.
    mutating func finish() {
        guard isTerminal, isShown else { return }
        show()
        FileHandle.standardError.write(Data("\n".utf8))
        isShown = false
    }
}
