import Foundation
import Testing

/// Interruptions of `avar vas --output`: no sample is lost or measured twice, and the summary is the same to the last byte.
@Suite(.serialized) struct VASResumeTests {
    private static let count = 120

    /// Waits for a condition that a running process brings about.
    private func wait(_ process: Process, _ condition: () -> Bool) throws {
        while process.isRunning, !condition() { usleep(2_000) }
    }

    private func expectComplete(_ data: VASData, like other: String, _ output: String = "out") throws {
        let lines = try data.samples(output).map { $0["line"] as? Int ?? 0 }
        #expect(lines.sorted() == Array(1...Self.count), "\(lines)")
        #expect(try data.file("\(output)/summary.json") == data.file("\(other)/summary.json"))
        #expect(
            try Set(data.file("\(output)/samples.jsonl").split(separator: UInt8(ascii: "\n")))
                == Set(data.file("\(other)/samples.jsonl").split(separator: UInt8(ascii: "\n"))))
    }

    @Test func interrupted() throws {
        try withVASData { data in
            try data.write(VASData.questions(Self.count))
            #expect(try data.run("--output", "whole").status == 0)
            for target in [1, 10, 20] {
                let run = try data.run("--output", "out") { process in
                    try wait(process) { data.lineCount() >= target }
                    process.interrupt()
                }
                #expect(run.status == 130, "\(run.status): \(run.errors)")
                #expect(run.output.isEmpty && run.errors.contains("The same command goes on where this one was."))
                #expect((target..<Self.count).contains(data.lineCount()))
                #expect((try? data.file("out/summary.json")) == nil)
            }
            let last = try data.run("--output", "out")
            #expect(last.status == 0 && last.errors.contains("of \(Self.count) samples were measured before."))
            try expectComplete(data, like: "whole")
        }
    }

    @Test func killed() throws {
        try withVASData { data in
            try data.write(VASData.questions(Self.count))
            #expect(try data.run("--queries", "response", "--masses", "--output", "whole").status == 0)
            var kills = 0
            for _ in 0..<200 where data.lineCount() < Self.count {
                _ = try data.run("--queries", "response", "--masses", "--output", "out") { process in
                    let target = data.lineCount() + Int.random(in: 0...8)
                    try wait(process) { data.lineCount() > target }
                    usleep(UInt32.random(in: 0...20_000))
                    if process.isRunning { kills += 1 }
                    kill(process.processIdentifier, SIGKILL)
                }
            }
            #expect(kills > 3)
            #expect(try data.run("--queries", "response", "--masses", "--output", "out").status == 0)
            try expectComplete(data, like: "whole")
            for line in 1...Self.count {
                let name = String(format: "masses/%06d.safetensors", line)
                #expect(try data.file("out/\(name)") == data.file("whole/\(name)"))
            }
        }
    }

    /// What a crash in the middle of a write leaves: every length of the last line.
    @Test func aTornLineIsMeasuredAgain() throws {
        try withVASData { data in
            try data.write(VASData.questions(3))
            #expect(try data.run("--output", "out").status == 0)
            let (samples, summary) = (try data.file("out/samples.jsonl"), try data.file("out/summary.json"))
            let start = try #require(samples.dropLast().lastIndex(of: UInt8(ascii: "\n"))) + 1
            for cut in [start, start + 1, (start + samples.count) / 2, samples.count - 2, samples.count - 1] {
                try samples.prefix(cut).write(to: data.folder.appendingPathComponent("out/samples.jsonl"))
                let run = try data.run("--output", "out")
                #expect(run.status == 0 && run.errors.contains("2 of 3 samples were measured before"), "\(run.errors)")
                #expect(try data.file("out/samples.jsonl") == samples)
                #expect(try data.file("out/summary.json") == summary)
            }
            // Damage elsewhere is not a crash's doing.
            var damaged = samples
            damaged[damaged.startIndex] = UInt8(ascii: "x")
            try damaged.write(to: data.folder.appendingPathComponent("out/samples.jsonl"))
            let run = try data.run("--output", "out")
            #expect(run.status == 1 && run.sentence?.contains("line 1 of its samples.jsonl") == true, "\(run.errors)")
        }
    }

    @Test func anotherRunIsRefused() throws {
        try withVASData { data in
            try data.write(VASData.questions(2))
            #expect(try data.run("--output", "out").status == 0)
            let before = try data.file("out/samples.jsonl")
            func refused(_ run: Command.Outcome, _ expected: String) {
                #expect(run.status == 1 && run.output.isEmpty)
                #expect(run.sentence?.contains(expected) == true, "\(run.errors)")
            }
            refused(
                try data.run("--output", "out", "--queries", "response"), "--queries is user there and response now")
            refused(try data.run("--output", "out", "--dtype", "bfloat16"), "--dtype is float32 there and bfloat16 now")
            refused(try data.run("--output", "out", "--masses"), "--masses is absent there and given now")
            try data.write(VASData.questions(3), name: "other.jsonl")
            refused(try data.run("--output", "out", data: "other.jsonl"), "the data file was")
            try data.write(VASData.questions(3))
            refused(try data.run("--output", "out"), "data.jsonl has changed since")
            try data.write(VASData.questions(2))
            // The same file elsewhere is the same data, and the same model elsewhere the same model.
            try data.write(VASData.questions(2), name: "copy.jsonl")
            let copy = data.folder.appendingPathComponent("model")
            try FileManager.default.copyItem(at: Command.checkpoint, to: copy)
            #expect(try data.run("--output", "out", data: "copy.jsonl", model: copy).status == 0)
            let weights = copy.appendingPathComponent("model.safetensors")
            var bytes = try Data(contentsOf: weights)
            bytes[bytes.count - 2] ^= 1
            try bytes.write(to: weights)
            refused(try data.run("--output", "out", model: copy), "the model was \(Command.checkpoint.path) there")
            #expect(try data.file("out/samples.jsonl") == before)
            try FileManager.default.removeItem(at: data.folder.appendingPathComponent("out/run.json"))
            refused(try data.run("--output", "out"), "no readable run.json")
        }
    }

    @Test func twoProcessesInOneFolder() throws {
        try withVASData { data in
            try data.write(VASData.questions(Self.count))
            var second: Command.Outcome?
            let first = try data.run("--output", "out") { process in
                try wait(process) { data.lineCount() >= 1 }
                // Stopped, the first keeps the folder however fast it is.
                kill(process.processIdentifier, SIGSTOP)
                defer { kill(process.processIdentifier, SIGCONT) }
                second = try data.run("--output", "out")
            }
            #expect(second?.status == 1 && second?.sentence?.contains("is in use by another avar;") == true)
            #expect(first.status == 0 && data.lineCount() == Self.count)
        }
    }
}
