import Foundation
import Hub
import Synchronization

/// Says on standard error what a download does.
final class DownloadReport: Sendable {
    private let model: HubModel
    private let began = ContinuousClock.now
    private let state = Mutex(State())

    private struct State {
        var progress: Progress?
        var files = 0
        var byteCount = 0
    }

    init(_ model: HubModel) { self.model = model }

    /// Takes what the client reports.
    func take(_ event: HubEvent) {
        state.withLock { state in
            switch event {
            case .began(let file, let received, let size):
                state.progress = Progress(file, total: size, done: received, unit: .megabytes)
                if received > 0 { Output.note("\(file): going on after \(megabytes(received)) of an earlier run") }
            case .received(_, let received, _):
                state.progress?.advance(to: received)
            case .finished(_, let size):
                state.progress?.finish()
                state.progress = nil
                state.files += 1
                state.byteCount += size
            case .waiting(let file):
                Output.note("\(file): another process is downloading it, waiting for that")
            case .retrying(let file, let reason, let delay):
                state.progress?.finish()
                Output.note("\(file): \(reason); trying again in \(delay.seconds.fixed(0)) s")
            }
        }
    }

    /// Leaves the line of a bar.
    func interrupt() {
        state.withLock { $0.progress?.finish() }
    }

    /// Says what was downloaded, if anything was.
    func finish(_ folder: URL) {
        let (files, byteCount) = state.withLock { ($0.files, $0.byteCount) }
        if files == 0 { return }
        let seconds = began.duration(to: .now).seconds
        Output.note(
            "\(model.id): \(files) files, \(megabytes(byteCount)) in \(seconds.fixed(1)) s, now in \(folder.path)")
    }

    private func megabytes(_ byteCount: Int) -> String { "\((Double(byteCount) / 1e6).fixed(1)) MB" }
}
