import Foundation
import Torch

/// Steps of a training: loss, gradients, clipping, AdamW, schedule, log, states.
public struct TrainingLoop {
    /// The numbers of the loop.
    public struct Settings: Sendable, Equatable {
        /// Steps in all.
        public var steps: Int
        /// The learning rate of every step.
        public var schedule: CosineSchedule
        /// Every so many steps a state is written; the last step always has one.
        public var saveEvery: Int
        /// Every so many steps a line is logged.
        public var logEvery: Int
        /// Every so many steps, and after the last, the model is evaluated; 0 for never.
        public var evaluateEvery: Int

        /// The numbers.
        /// - Parameters:
        ///   - steps: steps in all.
        ///   - schedule: the learning rate of every step.
        ///   - saveEvery: every so many steps a state is written.
        ///   - logEvery: every so many steps a line is logged.
        ///   - evaluateEvery: every so many steps the model is evaluated; 0 for never.
        ///
        /// `saveEvery` and `logEvery` must be at least 1.
        public init(steps: Int, schedule: CosineSchedule, saveEvery: Int, logEvery: Int, evaluateEvery: Int) {
            precondition(saveEvery > 0 && logEvery > 0, "states and lines come every so many steps, at least 1")
            (self.steps, self.schedule) = (steps, schedule)
            (self.saveEvery, self.logEvery, self.evaluateEvery) = (saveEvery, logEvery, evaluateEvery)
        }
    }

    /// What a step found, its gradients made.
    public struct StepLoss {
        /// What was made small, in nats.
        public let loss: Double
        /// How many targets there were.
        public let tokens: Int

        /// What a step found.
        /// - Parameters:
        ///   - loss: what was made small, in nats.
        ///   - tokens: how many targets there were.
        public init(loss: Double, tokens: Int) { (self.loss, self.tokens) = (loss, tokens) }
    }

    /// A line of the log: the steps since the line before.
    public struct LogEntry: Codable, Sendable {
        /// Steps made.
        public var step: Int
        /// Mean loss over these steps, in nats.
        public var loss: Double
        /// The last learning rate.
        public var learningRate: Double
        /// Mean norm of the gradients before clipping.
        public var gradientNorm: Double
        /// Targets in these steps.
        public var tokens: Int
        /// Wall time of these steps in seconds.
        public var seconds: Double
        /// What the evaluation after the last of them found, by name.
        public var evaluation: [String: Double]?
    }

    /// The numbers of the loop.
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
    /// - Parameters:
    ///   - gradients: adds the gradients of a step to the parameters', in one piece or several; must depend on nothing but the
    ///     step's number and the parameters.
    ///   - evaluate: numbers that tell how good the parameters are; must not change what later steps do.
    ///   - report: sees every line of the log.
    ///   - shouldStop: asked after every step; true saves the state and ends the work.
    /// - Returns: false if it was stopped.
    /// - Throws: what the steps throw, ``TrainingError``.
    public func run(
        gradients: (Int) throws -> StepLoss, evaluate: (Int) throws -> [String: Double] = { _ in [:] },
        report: (LogEntry) throws -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws -> Bool {
        var (step, window) = try folder.restore(optimizer)
        while step < settings.steps {
            let began = ContinuousClock.now
            let found = try gradients(step)
            guard found.loss.isFinite else { throw TrainingError.notFinite("the losses") }
            let rate = settings.schedule.rate(step)
            let norm = try optimizer.step(learningRate: rate)
            step += 1
            window.add(found, norm: norm, elapsed: began.duration(to: .now))
            let isLast = step == settings.steps
            let evaluates = settings.evaluateEvery > 0 && (step % settings.evaluateEvery == 0 || isLast)
            if step % settings.logEvery == 0 || evaluates || isLast {
                var entry = window.entry(step: step, rate: rate)
                if evaluates { entry.evaluation = try evaluate(step) }
                try folder.append(entry)
                try report(entry)
                window = LogWindow()
            }
            let stops = !isLast && shouldStop()
            if step % settings.saveEvery == 0 || isLast || stops {
                try folder.save(step: step, optimizer, window: window)
            }
            if stops { return false }
        }
        return true
    }
}
