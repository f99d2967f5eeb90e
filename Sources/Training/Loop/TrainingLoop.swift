import Foundation
import RandomNumbers
import Torch

/// Steps of a training: loss, gradients, clipping, AdamW, schedule, log, evaluation, states.
public struct TrainingLoop {
    /// How many steps there are, and what happens every how many.
    public let settings: Settings
    /// Where states and log are kept.
    public let folder: TrainingFolder
    /// What changes the parameters.
    public let optimizer: Optimizer

    /// A loop.
    /// - Parameters:
    ///   - settings: the numbers of the loop.
    ///   - folder: where states and log are kept.
    ///   - optimizer: what changes the parameters.
    public init(_ settings: Settings, folder: TrainingFolder, optimizer: Optimizer) {
        (self.settings, self.folder, self.optimizer) = (settings, folder, optimizer)
    }

    /// Makes all steps that are left.
    ///
    /// What is evaluated, logged or saved in between, and how often the work was ended and gone on with, changes no number.
    /// - Parameters:
    ///   - gradients: adds the gradients of a step to the parameters', in one piece or several; must depend on nothing but the
    ///     step's number, the parameters and what is carried, and change what is carried only where it returns. What it throws
    ///     ends the work with a state of the steps before, `CancellationError` as if it were stopped. It may throw ``TrainingError/notFinite(_:)`` to say which sample it was
    ///     (``requireFinite(_:_:)``); then, as if it gave a loss that is no number, the step is skipped or the training ends.
    ///   - updated: called after a step that has changed the parameters, and not after one that was skipped: the place to change
    ///     what is carried.
    ///   - evaluate: numbers that tell how good the parameters are; must not change what later steps do.
    ///   - carried: what the training carries beside parameters and moments.
    ///   - export: writes a whole model into an empty folder, which becomes part of every state.
    ///   - describe: says in a few words which samples a step has.
    ///   - report: sees every line of the log.
    ///   - shouldStop: asked after every step; true saves the state and ends the work.
    /// - Returns: false if it was stopped.
    /// - Throws: what the steps throw, ``TrainingError``.
    public func run(
        gradients: (Int) throws -> StepLoss, updated: (Int) throws -> Void = { _ in },
        evaluate: (Int) throws -> [String: Double] = { _ in [:] }, carried: CarriedState? = nil,
        export: ((URL) throws -> Void)? = nil, describe: (Int) -> String? = { _ in nil },
        report: (LogEntry) throws -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws -> Bool {
        var state = try folder.restore(optimizer, carried: carried)
        let start = (step: state.step, time: ContinuousClock.now)
        var savedStep = state.step
        while state.step < settings.steps {
            do {
                try makeStep(&state, gradients: gradients, updated: updated, describe: describe)
            } catch {
                // Nothing that was done before is lost with the step that failed.
                if state.step > savedStep {
                    try folder.save(state, optimizer, carried: carried, keep: settings.keptStates, export: export)
                }
                if error is CancellationError { return false }
                throw error
            }
            let step = state.step
            let isLast = step == settings.steps
            let evaluates = settings.evaluateEvery > 0 && (step % settings.evaluateEvery == 0 || isLast)
            var isBest = false
            if step % settings.logEvery == 0 || evaluates || isLast {
                var entry = state.window.entry(step: step, rate: settings.schedule.rate(step - 1))
                entry.liveTensors = Runtime.liveTensorCount
                entry.residentMebibytes = ProcessMemory.residentMebibytes
                if evaluates {
                    let found = try evaluate(step)
                    entry.evaluation = found
                    isBest = try choose(found, &state)
                }
                let perStep = start.time.duration(to: .now).inSeconds / Double(step - start.step)
                entry.secondsLeft = perStep * Double(settings.steps - step)
                try folder.append(entry)
                try report(entry)
                state.window = LogWindow()
            }
            let stops = !isLast && shouldStop()
            if step % settings.saveEvery == 0 || isLast || isBest || stops {
                try folder.save(state, optimizer, carried: carried, keep: settings.keptStates, export: export)
                savedStep = state.step
            }
            if stops { return false }
        }
        return true
    }

    /// One step, with an update or skipped.
    private func makeStep(
        _ state: inout LoopState, gradients: (Int) throws -> StepLoss, updated: (Int) throws -> Void,
        describe: (Int) -> String?
    ) throws {
        let (step, began) = (state.step, ContinuousClock.now)
        if let seed = settings.seed {
            var random = SplitMix64(seed, UInt64(step))
            try Runtime.seed(random.next())
        }
        do {
            let found = try gradients(step)
            try requireFinite(found.loss, "the losses")
            let norm = try optimizer.step(learningRate: settings.schedule.rate(step))
            state.step += 1
            state.skippedInARow = 0
            state.window.add(found, norm: norm, elapsed: began.duration(to: .now))
        } catch TrainingError.notFinite(let what) {
            try optimizer.clearGradients()
            let named = "\(what) of step \(step + 1)" + (describe(step).map { " (\($0))" } ?? "")
            guard case .skip(let most) = settings.whenNotFinite else { throw TrainingError.notFinite(named) }
            state.step += 1
            state.skipped += 1
            state.skippedInARow += 1
            state.window.skip(elapsed: began.duration(to: .now))
            guard state.skippedInARow < most else {
                throw TrainingError.skipped(count: state.skippedInARow, last: named)
            }
            return
        }
        try updated(step)
    }

    /// Whether an evaluation is the best so far, which is then remembered; one that is no number never is.
    private func choose(_ found: [String: Double], _ state: inout LoopState) throws -> Bool {
        guard let best = settings.best else { return false }
        guard let value = found[best.name] else {
            throw TrainingError.evaluation(missing: best.name, found: Array(found.keys))
        }
        if let before = state.best?.value, best.isLargest ? value <= before : value >= before { return false }
        if !value.isFinite { return false }
        state.best = LoopState.Best(step: state.step, value: value)
        return true
    }

    /// Makes a pass without an update, the longest of the training, to find out before the first step whether memory suffices.
    /// - Parameters:
    ///   - pass: what it is called if memory does not suffice, such as `The longest pass, 12 samples of 8192 tokens,`.
    ///   - gradients: forward and backward pass; must change nothing but gradients, which are forgotten. A loss that is no
    ///     number is left to the step that meets it, which knows whose it is and what is to be done.
    /// - Returns: the most memory the process has had, in MiB; nil where the system does not say.
    /// - Throws: ``TrainingError/memory(pass:reason:)``, what the pass throws.
    @discardableResult
    public func rehearse(_ pass: @autoclosure () -> String, _ gradients: () throws -> Void) throws -> Double? {
        do {
            try gradients()
        } catch TrainingError.notFinite {
        } catch let error as TorchError {
            let text = error.localizedDescription
            guard text.contains("allocate memory") || text.contains("out of memory") else { throw error }
            try optimizer.clearGradients()
            throw TrainingError.memory(pass: pass(), reason: String(text.prefix { $0 != "\n" }))
        }
        try optimizer.clearGradients()
        return ProcessMemory.peakMebibytes
    }
}

/// Throws if a number is not finite: for the loss of a pass, so that the error or the log can say which it was.
/// - Parameters:
///   - value: the number.
///   - what: what it is, in the plural, such as `the losses of a.jsonl:12 and a.jsonl:90`.
/// - Throws: ``TrainingError/notFinite(_:)``.
public func requireFinite(_ value: Double, _ what: @autoclosure () -> String) throws {
    guard value.isFinite else { throw TrainingError.notFinite(what()) }
}
