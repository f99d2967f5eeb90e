import Foundation
import QwenVL
import Testing
import Torch
import Training

/// States and log of a training, without a model.
@Suite struct TrainingFolderTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func optimizer() throws -> Optimizer {
        let store = try ParameterStore([
            ("matrix", Tensor([Float](repeating: 1, count: 6), shape: [2, 3])),
            ("vector", Tensor([1, 2] as [Float])),
        ])
        return try Optimizer(ParameterSet(store), settings: AdamW.Settings(), clipNorm: 1)
    }

    private func makeStep(_ optimizer: Optimizer) throws {
        let (matrix, vector) = (optimizer.parameters.tensors[0], optimizer.parameters.tensors[1])
        try (matrix.square().sum() + vector.square().sum()).backward()
        _ = try optimizer.step(learningRate: 0.1)
    }

    private func entry(_ step: Int) -> TrainingLoop.LogEntry {
        var window = LogWindow()
        window.add(TrainingLoop.StepLoss(loss: 1, tokens: 1), norm: 1, elapsed: .seconds(1))
        return window.entry(step: step, rate: 1)
    }

    private func steps(_ folder: TrainingFolder) throws -> [Int] {
        try String(contentsOf: folder.log, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode([String: Double].self, from: Data($0.utf8)).first { $0.key == "step" }.map {
                Int($0.value)
            } ?? -1
        }
    }

    @Test func aStateIsGoneOnFrom() throws {
        try withFolder { url in
            let first = try optimizer()
            do {
                let folder = try TrainingFolder(url, settings: "a", resumes: false)
                for step in 1...5 {
                    try makeStep(first)
                    try folder.append(entry(step))
                    try folder.save(LoopState(step: step), first)
                }
                // Two steps that are lost, and a line that was cut.
                for step in 6...7 { try folder.append(entry(step)) }
                let log = try FileHandle(forWritingTo: folder.log)
                try log.seekToEnd()
                try log.write(contentsOf: Data(#"{"step": 5, "lo"#.utf8))
                try log.close()
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
            #expect(names == ["log.jsonl", "settings.txt", "step-4", "step-5"])
            let folder = try TrainingFolder(url, settings: "a", resumes: true)
            let second = try optimizer()
            #expect(try folder.restore(second).step == 5)
            #expect(try steps(folder) == [1, 2, 3, 4, 5])
            for (one, other) in zip(first.parameters.tensors, second.parameters.tensors) {
                #expect(try one.detached().floats() == other.detached().floats())
                #expect(try one.detached().floats() != [1, 1, 1, 1, 1, 1])
            }
            // The moments too: the next step is the same.
            try makeStep(first)
            try makeStep(second)
            for (one, other) in zip(first.parameters.tensors, second.parameters.tensors) {
                #expect(try one.detached().floats() == other.detached().floats())
            }
        }
    }

    @Test func aSecondProcessIsKeptOut() throws {
        try withFolder { url in
            let folder = try TrainingFolder(url, settings: "a", resumes: false)
            #expect(throws: TrainingError.folder(path: url.path, problem: "another process is training in it")) {
                try TrainingFolder(url, settings: "a", resumes: true)
            }
            _ = folder.latestStep
        }
        try withFolder { url in
            do { _ = try TrainingFolder(url, settings: "a", resumes: false) }
            // Let go of with the object; without a state yet it may begin anew.
            _ = try TrainingFolder(url, settings: "a", resumes: false)
        }
    }

    @Test func whatIsHalfWrittenIsRemovedInOurFoldersOnly() throws {
        try withFolder { url in
            let foreign = url.appendingPathComponent(".step-9")
            try FileManager.default.createDirectory(at: foreign, withIntermediateDirectories: true)
            try Data("x".utf8).write(to: url.appendingPathComponent("notes.txt"))
            #expect(throws: TrainingError.self) { try TrainingFolder(url, settings: "a", resumes: false) }
            #expect(FileManager.default.fileExists(atPath: foreign.path))
            try FileManager.default.removeItem(at: url.appendingPathComponent("notes.txt"))
            let folder = try TrainingFolder(url, settings: "a", resumes: false)
            #expect(!FileManager.default.fileExists(atPath: foreign.path) && folder.latestStep == nil)
        }
    }

    @Test func aStateOfAnotherModelIsRefused() throws {
        try withFolder { url in
            let folder = try TrainingFolder(url, settings: "a", resumes: false)
            try folder.save(LoopState(step: 3), optimizer())
            let other = try ParameterStore([
                ("matrix", Tensor([1] as [Float], shape: [1, 1])), ("vector", Tensor([1, 2] as [Float])),
            ])
            let wrong = try Optimizer(ParameterSet(other), settings: AdamW.Settings(), clipNorm: 1)
            #expect(throws: TrainingError.self) { try folder.restore(wrong) }
            #expect(try other.tensor("matrix").detached().floats() == [1])
        }
    }
}
