// A training of a few parameters, in a process of its own that tests can kill:
//
//     TinyTraining FOLDER [--resume] [--limit-after STEP] [--ready FILE]
//
// It learns to multiply by the numbers of a matrix, carries a running mean, skips steps that have come apart, and
// writes states, log and best as large trainings do. With --limit-after no file may grow beyond some kilobytes after a
// step: a disk that is full. FILE is made when the training is about to begin.
import Foundation
import QwenVL
import RandomNumbers
import Torch
import Training

let (steps, width) = (60, 96)

/// Follows the loss, and is carried from step to step.
final class RunningMean {
    var value = 0.0
    var trace: Tensor
    init() throws { trace = try Tensor.zeros([4]) }
}

func numbers(_ parts: UInt64..., count: Int) -> [Float] {
    var random = SplitMix64(parts[0], parts.count > 1 ? parts[1] : 0)
    return (0..<count).map { _ in Float(random.uniform() * 2 - 1) }
}

func train() throws {
    let arguments = CommandLine.arguments
    func option(_ name: String) -> String? {
        arguments.firstIndex(of: name).map { arguments[$0 + 1] }
    }
    try Runtime.setThreadCount(1)
    let store = ParameterStore([
        ("matrix", try Tensor(numbers(1, count: width * width), shape: [width, width]).to(.bfloat16)),
        ("scale", try Tensor.ones([width])),
    ])
    let optimizer = try Optimizer(
        ParameterSet(store), settings: AdamW.Settings(weightDecay: 0.01), clipNorm: 1)
    let plan = try BatchPlan(
        lengths: (0..<50).map { 3 + $0 % 7 },
        BatchPlan.Settings(batchSize: 6, duration: .steps(steps), microBatchTokens: 20, seed: 4))
    let folder = try TrainingFolder(
        URL(fileURLWithPath: arguments[1], isDirectory: true), settings: "tiny 1\n",
        resumes: arguments.contains("--resume"))
    let mean = try RunningMean()
    var latest = 0.0
    let target = try Tensor(numbers(2, count: width), shape: [width])

    func loss(_ sample: Int) throws -> Tensor {
        let input = try Tensor(numbers(3, UInt64(sample), count: width), shape: [1, width])
        let output = try input.matmul(store.tensor("matrix").to(.float32)) * store.tensor("scale")
        return try (output - input * target).square().mean()
    }

    let settings = TrainingLoop.Settings(
        steps: steps, schedule: LearningRateSchedule(.linear, peak: 0.02, warmup: .ratio(0.1), steps: steps),
        saveEvery: 3, logEvery: 4, evaluateEvery: 5, keptStates: 3,
        best: TrainingLoop.Best("loss", isLargest: false), whenNotFinite: .skip(atMost: 3), seed: 9)
    if let file = option("--ready") { try Data().write(to: URL(fileURLWithPath: file)) }
    let limited = option("--limit-after").flatMap { Int($0) }
    let isDone = try TrainingLoop(settings, folder: folder, optimizer: optimizer).run(
        gradients: { step in
            if step == limited {
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 20_000, rlim_max: 20_000)
                setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            }
            var total = 0.0
            for pass in plan.microBatches(step: step) {
                for sample in pass.samples {
                    // Noise, as dropout has it, from the generator that the loop seeds.
                    let noise = try Tensor.randn([]).item()
                    let own = try loss(sample) * ((1 + 0.01 * noise) / Double(settings.steps))
                    try own.backward()
                    total += try own.item()
                }
            }
            if [11, 30, 31].contains(step) { total = .nan }
            latest = total
            return TrainingLoop.StepLoss(
                loss: total, tokens: 6,
                metrics: [
                    "running": .last(mean.value), "half": .mean(total / 2, weight: Double(step % 3)),
                    "samples": .sum(6),
                ])
        },
        updated: { _ in
            mean.value = 0.9 * mean.value + 0.1 * latest
            try mean.trace.add(Tensor.ones([4]), scale: latest)
        },
        evaluate: { _ in
            try withoutGradient { ["loss": try (40..<50).reduce(0.0) { $0 + (try loss($1).item()) }] }
        },
        carried: CarriedState(
            values: { ["mean": mean.value] }, tensors: { ["trace": mean.trace] },
            restore: { values, tensors in
                mean.value = values["mean"] ?? .nan
                if let trace = tensors["trace"] { mean.trace = trace }
            }),
        export: { try Data(repeating: 7, count: 3000).write(to: $0.appendingPathComponent("model.bin")) },
        describe: { "samples \(plan.samples(step: $0))" })
    if !isDone { exit(130) }
}

do {
    try train()
} catch {
    FileHandle.standardError.write(Data("Error: \(error.localizedDescription)\n".utf8))
    exit(1)
}
