import Foundation
import Reproduction

/// Tells how a study goes on: a line for every step, and on a terminal what is running.
struct StudyWatch {
    private let plan: StudyPlan
    private let wanted: Set<String>
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var done: Int
    private var isShown = false

    init(_ plan: StudyPlan, wanted: Set<String>) {
        (self.plan, self.wanted) = (plan, wanted)
        done = plan.steps.count { wanted.contains($0.name) && StepRecord.of($0) != nil }
    }

    /// Says what is there and what is left.
    func begin() { Output.note("\(wanted.count) steps, \(done) of them done\(rest)") }

    mutating func take(_ event: StepRunner.Event) {
        switch event {
        case .begins(let step, let goesOn):
            clear()
            Output.note("\(step.name) \(goesOn ? "goes on" : "begins"): avar \(step.arguments.first ?? "")")
        case .ends(let step, let seconds):
            clear()
            done += 1
            Output.note("\(step.name) is done after \(seconds.duration); \(done) of \(wanted.count)\(rest)")
        case .runs(let steps):
            guard isTerminal else { return }
            isShown = true
            let text = steps.map { "\($0.step.name): \($0.words)" }.joined(separator: "  |  ")
            let width = max(20, Self.columns - 1)
            FileHandle.standardError.write(Data("\r\(text.prefix(width))\u{1B}[K".utf8))
        }
    }

    /// Ends the line of what is running.
    mutating func finish() { clear() }

    private mutating func clear() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
        isShown = false
    }

    private var rest: String {
        let left = plan.steps.filter { wanted.contains($0.name) && StepRecord.of($0) == nil }
        guard !left.isEmpty, let seconds = Estimate(plan).total(left, jobs: plan.study.jobs) else { return "" }
        return ", the rest takes about \(seconds.duration)"
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
