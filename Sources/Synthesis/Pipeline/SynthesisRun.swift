import ChatEndpoints
import Crypto
import Foundation
import Samples
import Synchronization

/// Makes samples of questions: description, reasoning, anchors, judgement; each sample at its own pace.
///
/// Cancel the task that runs it to stop it: nothing new is begun, requests under way are waited for as long as the
/// settings say, and what was answered is stored. Run it again to go on.
public final class SynthesisRun: Sendable {
    private let settings: SynthesisSettings
    private let store: SynthesisStore
    private let judge: any SampleJudge
    private let report: @Sendable (SynthesisEvent) -> Void
    private let questions: QuestionList
    private let owner: Owner
    private let control: RunControl

    /// Looks at all questions, and notes them in the store.
    /// - Parameters:
    ///   - settings: what to do.
    ///   - store: what was done so far.
    ///   - judge: decides which samples are good.
    ///   - retriesFailures: whether samples are tried again that an endpoint failed to answer.
    ///   - report: told what happens, by many tasks at once.
    /// - Throws: ``SynthesisError``; what reading the data throws.
    public init(
        _ settings: SynthesisSettings, store: SynthesisStore, judge: any SampleJudge, retriesFailures: Bool = false,
        report: @escaping @Sendable (SynthesisEvent) -> Void = { _ in }
    ) throws {
        (self.settings, self.store, self.judge, self.report) = (settings, store, judge, report)
        control = RunControl(grace: .seconds(settings.graceSeconds))
        owner = Owner(settings: settings.decisive(judge))
        do {
            questions = try store.note(settings, owner, retriesFailures: retriesFailures)
        } catch {
            try? store.leave(owner)
            throw error
        }
    }

    // One that was never run still stands in the store as one that works.
    deinit { if !hasBegun.withLock({ $0 }) { try? store.leave(owner) } }

    /// Works until every sample is accepted or rejected, or something stops it.
    /// - Parameter environment: where keys are looked for.
    /// - Returns: how far everything is, and why it ended if it did so early.
    /// - Throws: ``SynthesisError``; what the judge throws.
    public func run(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> SynthesisSummary {
        let start = ContinuousClock.now
        hasBegun.withLock { $0 = true }
        // Whatever ends it: nobody may be taken for alive who is not.
        defer { try? store.leave(owner) }
        let desks = try makeDesks(environment)
        desks.forEach { [processes = try store.signOfLife(owner, lease: settings.leaseSeconds)] in
            $0.share(with: processes)
        }
        let work = Task { try await flow(desks) }
        let heart = Task {
            let failure = await beat(desks)
            if failure != nil { work.cancel() }
            return failure
        }
        control.whenStopped { work.cancel() }
        let result = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            self.stop(.interrupted)
        }
        heart.cancel()
        let failure = await heart.value
        for desk in desks { await desk.shutDown() }
        try store.leave(owner)
        if let failure { throw failure }
        if case .failure(let error) = result, !(error is CancellationError) { throw error }
        return SynthesisSummary(
            stop: control.reason, funnel: try store.funnel(),
            seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    /// Stops the run, and gives up at once what is under way, as for a second Ctrl-C: what was asked may be paid and is
    /// asked again by the next run.
    public func hurry() {
        stop(.interrupted)
        control.hurry()
    }

    private func stop(_ reason: SynthesisSummary.Stop) {
        if control.stop(reason) { report(.stopping(reason.words)) }
    }

    private func makeDesks(_ environment: [String: String]) throws -> [StageDesk] {
        let budget = Budget(settings.caps, spent: try store.spent())
        budgetBox.withLock { $0 = budget }
        var breakers: [String: (CircuitBreaker, Recess)] = [:]
        return try settings.stages.map { stage in
            // Stages that ask the same server see the same failures.
            let (breaker, recess) = breakers[stage.endpoint] ?? (CircuitBreaker(settings.breaker), Recess())
            breakers[stage.endpoint] = (breaker, recess)
            return StageDesk(
                stage, key: try stage.key(environment: environment), breaker: breaker, recess: recess,
                budget: budget, price: settings.prices[stage.model], store: store, owner: owner, control: control,
                report: report)
        }
    }

    private let budgetBox = Mutex<Budget?>(nil)
    private let hasBegun = Mutex(false)

    /// Gives signs of life, takes over what others left, and sees what they spend.
    /// - Returns: what ends the run: after a sleep longer than the lease another process may work with other settings.
    private func beat(_ desks: [StageDesk]) async -> SynthesisError? {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(settings.leaseSeconds / 4))
            if Task.isCancelled { return nil }
            do {
                let processes = try store.signOfLife(owner, lease: settings.leaseSeconds)
                desks.forEach { $0.share(with: processes) }
            } catch let error as SynthesisError {
                if case .occupied = error { return error }
                continue
            } catch {
                continue
            }
            if let spent = try? store.spent() { budgetBox.withLock { $0 }?.update(spent) }
        }
        return nil
    }

    // MARK: Flow

    /// Samples that are worked on at one time: enough that no stage waits for another one's samples.
    private var width: Int { min(2 * settings.stages.map(\.concurrency).reduce(0, +) + 16, 8192) }

    private func flow(_ desks: [StageDesk]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var (running, claimed, isDry) = (0, [SynthesisStore.Claimed](), false)
            // Few at a time, so that other processes find some as well.
            let batch = min(max(width / 4, 8), 256)
            while true {
                if claimed.isEmpty, !isDry, !Task.isCancelled {
                    claimed = try await store.claim(batch, for: owner).reversed()
                    isDry = claimed.isEmpty
                }
                while running < width, !Task.isCancelled, let sample = claimed.popLast() {
                    group.addTask { try await self.work(on: sample, desks) }
                    running += 1
                }
                if running < width, !isDry, !Task.isCancelled { continue }
                if running > 0 {
                    try await group.next()
                    running -= 1
                    continue
                }
                if Task.isCancelled { return }
                guard try store.waitingCount(owner) > 0 else { return }
                // The last samples are another process's; if it is killed, they are ours.
                try await Task.sleep(for: .milliseconds(300))
                try store.signOfLife(owner, lease: settings.leaseSeconds)
                isDry = false
            }
        }
    }

    private func work(on sample: SynthesisStore.Claimed, _ desks: [StageDesk]) async throws {
        do {
            try Task.checkCancellation()
            let outcome = try await SampleWork(
                sample: sample, questions: questions, desks: desks, settings: settings, judge: judge, report: report
            ).outcome()
            guard try await store.finish(sample, outcome, owner) else { return }
            report(
                outcome.rejection.map { .rejected(sample: sample.key, gate: $0.gate, reason: $0.reason) }
                    ?? .accepted(sample: sample.key))
        } catch is CancellationError {
            try await store.giveBack(sample, owner)
        } catch RequestFailure.stop(let reason) {
            stop(reason)
            try await store.giveBack(sample, owner)
        }
    }
}

extension SynthesisSettings {
    /// SHA-256 of everything that decides what becomes of a question, in hexadecimal.
    func decisive(_ judge: any SampleJudge) -> String {
        SHA256.hash(
            data: Data(
                (stages.map(\.decisive) + ["\(malformedRetries) \(rejectedRetries)", judge.fingerprint])
                    .joined(separator: "\u{0}\u{0}").utf8)
        ).hexadecimal
    }

    /// Looks at all questions.
    /// - Parameters:
    ///   - decisive: as ``decisive(_:)`` gives it.
    ///   - body: told each as the store notes it.
    /// - Returns: the questions.
    /// - Throws: what opening the data throws, and what `body` throws.
    func questions(_ decisive: String, _ body: (SynthesisStore.Noted) throws -> Void) throws -> QuestionList {
        try QuestionList(sources) { key, place, found in
            var problem: String?
            var fingerprint = ""
            switch found {
            case .success(let question): fingerprint = question.fingerprint
            case .failure(let error): problem = error.localizedDescription
            }
            try body(.init(key: key, place: place, fingerprint: "\(decisive) \(fingerprint)", problem: problem))
        }
    }
}

extension SynthesisStore {
    /// Notes the questions of some settings.
    func note(_ settings: SynthesisSettings, _ owner: Owner, retriesFailures: Bool) throws -> QuestionList {
        var batch: [Noted] = []
        let lease = settings.leaseSeconds
        // Before anything else: who works with other settings is told so even if the data hold nothing.
        try signOfLife(owner, lease: lease)
        let list = try settings.questions(owner.settings) { noted in
            batch.append(noted)
            if batch.count == 1000 {
                try note(batch, owner, lease: lease)
                batch = []
            }
        }
        try note(batch, owner, lease: lease)
        try finishNoting(retriesFailures: retriesFailures)
        return list
    }
}
