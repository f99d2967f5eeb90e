import Foundation

/// Progress of long work on standard error: a bar with rate and time left on a terminal, a line every tenth otherwise.
struct Progress {
    private let title: String
    private let total: Int
    private var done = 0
    private let began = ContinuousClock.now
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var lastShown = -1

    init(_ title: String, total: Int) {
        self.title = title
        self.total = total
    }

    /// Counts one piece of work.
    mutating func advance() {
        done += 1
        let steps = isTerminal ? 100 : 10
        let shown = done * steps / max(1, total)
        guard shown != lastShown else { return }
        lastShown = shown
        let rate = Double(done) / max(began.duration(to: .now).seconds, 1e-9)
        let left = Double(total - done) / rate
        let text = "\(title): \(done) of \(total), \(rate.fixed(1)) per second, \(left.fixed(0)) s left"
        if isTerminal {
            let filled = done * 30 / max(1, total)
            let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
            FileHandle.standardError.write(Data("\r[\(bar)] \(text)\u{1B}[K".utf8))
        } else {
            Output.note(text)
        }
    }

    /// Ends the bar's line.
    func finish() {
        if isTerminal { FileHandle.standardError.write(Data("\n".utf8)) }
    }
}
