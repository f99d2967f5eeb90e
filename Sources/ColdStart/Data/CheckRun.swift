import Foundation
import QwenVL
import Samples
import Synchronization

/// Looks at all samples of some sources on all processors, with the same result as one after the other.
final class CheckRun: Sendable {
    /// What became of a sample.
    enum Outcome: Sendable {
        case good(ColdStartData.Entry, pictureBytes: [Int])
        case bad(ColdStartData.Problem, any Error)
        case tooLong(place: String)
    }

    private struct State {
        /// The samples of the current source.
        var entries: SampleEntries?
        /// The source that comes next.
        var source = 0
        /// Of every sample that was handed out, nil while it is being looked at.
        var outcomes: [Outcome?] = []
        var checked = 0
        /// The first of the samples that end everything.
        var failure: (index: Int, error: any Error)?
        var isOver = false
    }

    private let sources: [any SampleSource]
    private let settings: DataSettings
    private let limit: Int
    private let check: SampleCheck
    private let progress: @Sendable (Int) -> Void
    private let state = Mutex(State())

    init(
        _ sources: [any SampleSource], processor: QwenVLProcessor, settings: DataSettings,
        progress: @escaping @Sendable (Int) -> Void
    ) {
        (self.sources, self.settings, self.progress) = (sources, settings, progress)
        limit = min(settings.maximumTokens, processor.configuration.text.maxPositionEmbeddings)
        check = SampleCheck(processor, settings)
    }

    /// - Throws: the error of the first sample that ends everything.
    func outcomes() throws -> [Outcome] {
        DispatchQueue.concurrentPerform(iterations: ProcessInfo.processInfo.activeProcessorCount) { _ in
            while let (index, source, entry) = next() { finish(index, outcome(entry, source: source)) }
        }
        let (outcomes, failure) = state.withLock { ($0.outcomes.compactMap(\.self), $0.failure?.error) }
        if let failure { throw failure }
        return outcomes
    }

    /// The next sample to look at.
    ///
    /// They are handed out in order, so that those before one that ends everything are all looked at.
    private func next() -> (index: Int, source: Int, entry: SampleEntry)? {
        state.withLock { state in
            while !state.isOver {
                if let entry = state.entries?.next() {
                    state.outcomes.append(nil)
                    return (state.outcomes.count - 1, state.source - 1, entry)
                }
                guard state.source < sources.count else { break }
                do {
                    state.entries = try sources[state.source].entries()
                    state.source += 1
                } catch {
                    state.failure = state.failure ?? (state.outcomes.count, error)
                    break
                }
            }
            state.isOver = true
            return nil
        }
    }

    private func outcome(_ entry: SampleEntry, source: Int) -> Outcome {
        do {
            return try entry.naming {
                let found = try check(entry.sample())
                guard found.tokens <= limit else { return .tooLong(place: entry.place) }
                return .good(
                    ColdStartData.Entry(
                        source: source, tokens: found.tokens, visualTokens: found.visualTokens,
                        responseTokens: found.responseTokens, hasSystem: found.hasSystem, entry: entry.kept),
                    pictureBytes: found.pictureBytes)
            }
        } catch {
            var cause = error
            if case SampleError.entry(_, let inner) = error { cause = inner }
            return .bad(.init(place: entry.place, problem: cause.localizedDescription), error)
        }
    }

    private func finish(_ index: Int, _ outcome: Outcome) {
        state.withLock { state in
            state.outcomes[index] = outcome
            if case .bad(_, let error) = outcome, settings.onBadSample == .fail {
                state.isOver = true
                if index < state.failure?.index ?? .max { state.failure = (index, error) }
            }
            state.checked += 1
            progress(state.checked)
        }
    }
}
