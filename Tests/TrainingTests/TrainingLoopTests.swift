import Foundation
import QwenVL
import Testing
import Torch
import Training

/// What the loop does beside making steps, with a training of two numbers.
@Suite struct TrainingLoopTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func settings(
        steps: Int = 12, evaluateEvery: Int = 2, keptStates: Int = 2, best: TrainingLoop.Best? = nil,
        whenNotFinite: TrainingLoop.NotFinitePolicy = .stop
    ) -> TrainingLoop.Settings {
        TrainingLoop.Settings(
            steps: steps, schedule: LearningRateSchedule(.constant, peak: 0.1, warmup: .steps(0), steps: steps),
            saveEvery: 3, logEvery: 4, evaluateEvery: evaluateEvery, keptStates: keptStates, best: best,
            whenNotFinite: whenNotFinite)
    }

    private func loop(_ url: URL, _ settings: TrainingLoop.Settings, resumes: Bool = false) throws -> TrainingLoop {
        let store = ParameterStore([("weight", try Tensor([1, -1] as [Float], shape: [1, 2]))])
        return TrainingLoop(
            settings, folder: try TrainingFolder(url, settings: "a\n", resumes: resumes),
            optimizer: try Optimizer(ParameterSet(store), settings: AdamW.Settings(), clipNorm: 1))
    }

    private func weight(_ loop: TrainingLoop) throws -> [Float] {
        try loop.optimizer.parameters.tensors[0].detached().floats()
    }

    /// A step with gradients, that finds a number or none.
    private func step(_ loop: TrainingLoop, factor: Double = 1, loss: Double = 1) throws -> TrainingLoop.StepLoss {
        try (loop.optimizer.parameters.tensors[0].square().sum() * factor).backward()
        return TrainingLoop.StepLoss(loss: loss, tokens: 1)
    }

    @Test func theBestStateIsKeptBesideTheLast() throws {
        // After steps 2, 4, ...: the third is the best, a later one only as good.
        let found = [2: 5.0, 4: .nan, 6: 4, 8: 1, 10: 1, 12: 3]
        try withFolder { url in
            let loop = try loop(url, settings(best: TrainingLoop.Best("vas", isLargest: false)))
            let link = url.appendingPathComponent("best").path
            var links: [Int: String] = [:]
            let isDone = try loop.run(
                gradients: {
                    links[$0] = try? FileManager.default.destinationOfSymbolicLink(atPath: link)
                    return try step(loop)
                },
                evaluate: { ["vas": found[$0] ?? 0] },
                export: { try Data("m".utf8).write(to: $0.appendingPathComponent("model.txt")) })
            #expect(isDone && loop.folder.states == [8, 9, 12])
            #expect([2, 5, 6, 8, 11].map { links[$0] } == ["step-2", "step-2", "step-6", "step-8", "step-8"])
            let model = url.appendingPathComponent("best/model/model.txt")
            #expect(try String(contentsOf: model, encoding: .utf8) == "m")
            // The largest, and one that is not found.
            #expect(throws: TrainingError.self) {
                let other = url.appendingPathComponent("other")
                let wrong = try self.loop(other, settings(best: TrainingLoop.Best("accuracy", isLargest: true)))
                _ = try wrong.run(gradients: { _ in try step(wrong) }, evaluate: { _ in ["vas": 1] })
            }
        }
    }

    @Test func aKillBeforeTheLinkIsRenewedIsMadeGood() throws {
        try withFolder { url in
            let best = TrainingLoop.Best("vas", isLargest: true)
            do {
                let loop = try loop(url, settings(steps: 6, best: best))
                _ = try loop.run(gradients: { _ in try step(loop) }, evaluate: { ["vas": Double($0)] })
            }
            let link = url.appendingPathComponent("best")
            try FileManager.default.removeItem(at: link)
            try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "step-4")
            let loop = try loop(url, settings(steps: 6, best: best), resumes: true)
            #expect(try loop.run(gradients: { _ in try step(loop) }))
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == "step-6")
        }
    }

    @Test func aLossThatIsNoNumberStopsWithTheSamples() throws {
        try withFolder { url in
            let loop = try loop(url, settings())
            let error = TrainingError.notFinite("the losses of step 5 (a.jsonl:7)")
            #expect(throws: error) {
                try loop.run(
                    gradients: { try step(loop, loss: $0 == 4 ? .nan : 1) }, describe: { _ in "a.jsonl:7" })
            }
            #expect(error.localizedDescription.contains("the losses of step 5 (a.jsonl:7) are no finite numbers"))
            // Beside the last that was due there is one of the step before.
            #expect(loop.folder.latestStep == 4)
        }
        try withFolder { url in
            let loop = try loop(url, settings())
            #expect(throws: TrainingError.notFinite("the losses of b.jsonl:2 of step 1")) {
                try loop.run(gradients: { _ in
                    try requireFinite(.infinity, "the losses of b.jsonl:2")
                    return try step(loop)
                })
            }
        }
    }

    @Test func aStepThatIsSkippedChangesNothingAndIsCounted() throws {
        try withFolder { url in
            let loop = try loop(url, settings(evaluateEvery: 0, whenNotFinite: .skip(atMost: 3)))
            var (lines, seen, updated): ([TrainingLoop.LogEntry], [[Float]], [Int]) = ([], [], [])
            #expect(
                try loop.run(
                    gradients: { number in
                        seen.append(try weight(loop))
                        // A loss, a gradient and a pass that are no numbers; twice two in a row.
                        if number == 5 { try requireFinite(.nan, "the losses of x") }
                        return try step(
                            loop, factor: number == 2 ? .infinity : 1, loss: [1, 4, 8, 9].contains(number) ? .nan : 1)
                    }, updated: { updated.append($0) }, report: { lines.append($0) }))
            for number in 0..<11 {
                let isSkipped = [1, 2, 4, 5, 8, 9].contains(number)
                #expect((seen[number] == seen[number + 1]) == isSkipped, "\(number)")
            }
            #expect(updated == [0, 3, 6, 7, 10, 11])
            #expect(lines.map(\.skipped) == [2, 2, 2] && lines.map(\.loss) == [1, 1, 1])
            #expect(lines.allSatisfy { ($0.liveTensors ?? 0) > 0 && ($0.residentMebibytes ?? 0) > 1 })
            let moments = loop.optimizer.moments
            #expect(try moments[0].moments.steps.item() == 6)
        }
        try withFolder { url in
            let loop = try loop(url, settings(whenNotFinite: .skip(atMost: 3)))
            #expect(throws: TrainingError.skipped(count: 3, last: "the losses of step 7 (all of them)")) {
                try loop.run(
                    gradients: { try step(loop, loss: $0 > 3 ? .nan : 1) }, describe: { _ in "all of them" })
            }
        }
    }

    @Test func whatIsCarriedComesBack() throws {
        struct Counts: Codable, Equatable { var mean: Double; var names: [String] }
        try withFolder { url in
            var counts = Counts(mean: .nan, names: [])
            var trace = try Tensor.zeros([3])
            let carried = CarriedState(
                values: { counts }, tensors: { ["trace": trace] },
                restore: {
                    counts = $0
                    if let saved = $1["trace"] { trace = saved }
                })
            do {
                let loop = try loop(url, settings())
                let isDone = try loop.run(
                    gradients: { _ in try step(loop) },
                    updated: {
                        counts = Counts(mean: Double($0) / 3, names: counts.names + ["é\($0)"])
                        try trace.add(Tensor.ones([3]), scale: 0.1)
                    }, carried: carried, shouldStop: { counts.names.count == 5 })
                #expect(!isDone && loop.folder.latestStep == 5)
            }
            let expected = (counts, try trace.floats())
            (counts, trace) = (Counts(mean: 0, names: []), try Tensor.zeros([3]))
            do {
                let loop = try loop(url, settings(), resumes: true)
                #expect(throws: TrainingError.self) { try loop.run(gradients: { _ in try step(loop) }) }
            }
            let loop = try loop(url, settings(), resumes: true)
            _ = try loop.run(gradients: { _ in try step(loop) }, carried: carried, shouldStop: { true })
            #expect(counts == expected.0 && loop.folder.latestStep == 6)
            #expect(try trace.floats() == expected.1)
            // It may be changed: it is not the file's memory.
            try trace.fill(3)
        }
    }

    @Test(arguments: [
        "parameters.safetensors", "moments.safetensors", "window.json", "progress.json", "manifest.json",
    ])
    func aStateThatIsDamagedIsNamed(_ name: String) throws {
        try withFolder { url in
            do {
                let loop = try loop(url, settings(steps: 6))
                _ = try loop.run(gradients: { _ in try step(loop) })
            }
            let file = url.appendingPathComponent("step-6/\(name)")
            let whole = try Data(contentsOf: file)
            // A bit of the last number, a file that was cut, and one that is gone.
            for damaged in [whole.dropLast(3) + [whole[whole.count - 3] ^ 1] + whole.suffix(2), whole.dropLast(9), nil]
            {
                try damaged.map { try $0.write(to: file) } ?? FileManager.default.removeItem(at: file)
                if damaged == nil && name == "manifest.json" { continue }  // as a state of an earlier version
                let loop = try loop(url, settings(steps: 6), resumes: true)
                #expect { try loop.run(gradients: { _ in try step(loop) }) } throws: { error in
                    let text = error.localizedDescription
                    return text.hasPrefix(url.appendingPathComponent("step-6").path) && text.contains("is damaged")
                }
                #expect(try weight(loop) == [1, -1])
            }
            // Only the user removes it.
            try FileManager.default.removeItem(at: url.appendingPathComponent("step-6"))
            let loop = try loop(url, settings(steps: 6), resumes: true)
            var steps: [Int] = []
            _ = try loop.run(gradients: {
                steps.append($0)
                return try step(loop)
            })
            #expect(steps == [3, 4, 5])
        }
    }

    @Test func aFolderIsReplacedInOneStep() throws {
        try withFolder { url in
            let folder = try TrainingFolder(url, settings: "a\n", resumes: false)
            for text in ["one", "two"] {
                try folder.publish("checkpoint") { try Data(text.utf8).write(to: $0.appendingPathComponent(text)) }
                let names = try FileManager.default.contentsOfDirectory(atPath: url.path + "/checkpoint")
                #expect(names == [text])
            }
            #expect(throws: CocoaError.self) {
                try folder.publish("checkpoint") { _ in throw CocoaError(.fileWriteUnknown) }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: url.path + "/checkpoint") == ["two"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: url.path).count == 2)
        }
    }

    @Test func aRehearsalLeavesNothing() throws {
        try withFolder { url in
            let loop = try loop(url, settings())
            #expect(try loop.rehearse("The longest pass") { _ = try step(loop) } ?? 0 > 1)
            #expect(try loop.optimizer.parameters.tensors.allSatisfy { try $0.gradient == nil })
            #expect {
                try loop.rehearse("The longest pass, 3 samples of 9 tokens,") { _ = try Tensor.empty([1 << 58]) }
            } throws: { error in
                guard case TrainingError.memory(let pass, _) = error else { return false }
                return pass == "The longest pass, 3 samples of 9 tokens,"
            }
        }
    }
}
