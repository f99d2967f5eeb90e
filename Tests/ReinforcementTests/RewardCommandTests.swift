import Foundation
import Reinforcement
import Requests
import Testing

/// A user's own reward as a command: good ones, and what bad ones come to.
@Suite struct RewardCommandTests {
    /// A reward that runs lines of the shell, once, and waits a short while for its end.
    static func shell(
        _ line: String, range: ClosedRange<Double>? = nil, timeout: Double = 20,
        _ change: (inout CommandReward) -> Void = { _ in }
    ) throws -> CommandReward {
        var reward = try CommandReward(name: "mine", shell: line, range: range)
        reward.timeout = .seconds(timeout)
        reward.grace = .milliseconds(200)
        reward.retries.limit = 0
        reward.retries.sleep = { _ in }
        change(&reward)
        return reward
    }

    static func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reward-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    // MARK: Good commands

    @Test func aPythonScriptSeesTheRolloutsAndGivesNumbers() async throws {
        try await Self.withFolder { folder in
            let script = """
                import json, sys
                items = json.load(sys.stdin)
                keys = ["ground_truth", "group", "is_cut", "problem", "response", "response_length", "sample"]
                assert all(sorted(item) == keys for item in items), items
                print("looking", file=sys.stderr)
                print(json.dumps([
                    {"overall": item["response_length"] + item["group"] / 10, "truth": len(item["ground_truth"]),
                     "cut": float(item["is_cut"]), "note": "fine", "odd": float("nan"),
                     **({"first": 1} if item["sample"] == 0 else {})}
                    for item in items]))
                """
            try script.write(to: folder.appendingPathComponent("reward.py"), atomically: true, encoding: .utf8)
            var reward = try CommandReward(name: "mine", weight: 0.5, command: ["python3", "reward.py"])
            reward.folder = folder
            let inputs = [(1, 0, "ä\"\n\u{1F600}"), (2, 1, "</think>")].map { group, sample, response in
                RewardInput(
                    group: group, sample: sample, problem: "<image>?", answer: "zwölf", response: response,
                    responseLength: 7 * group, isCut: sample == 1)
            }
            let found = try await reward.evaluate(RewardBatch(inputs))
            #expect(found.values == [7.1, 14.2] && found.counts == ["failed": 0, "repeated": 0])
            #expect(found.details == ["truth": [5, 5], "cut": [0, 1], "first": [1, nil]])
            #expect(found.failure == nil)
            let report = try await RewardMix([reward, AccuracyReward()]).evaluate(inputs)
            #expect(report.parts[0].weighted == [3.55, 7.1])
            let numbers = Dictionary(uniqueKeysWithValues: report.numbers.map { ($0.name, $0.value) })
            #expect(numbers["reward/mine/details/first"] == 1 && numbers["reward/mine/details/cut/wrong"] == 0.5)
        }
    }

    @Test func aCommandThatDoesNotReadItsInputIsGoodAsWell() async throws {
        let long = String(repeating: "word ", count: 200_000)
        let batch = RewardBatch([
            RewardInput(group: 0, sample: 0, problem: "?", answer: "4", response: long, responseLength: 9)
        ])
        #expect(try await Self.shell("echo '[0.25]'").evaluate(batch).values == [0.25])
        let whole = try await Self.shell("printf '[%d]' $(wc -c)").evaluate(batch).values
        #expect(whole[0] > 1_000_000)
    }

    @Test func slowCommandsAreWaitedForTogether() async throws {
        let start = ContinuousClock.now
        let parts = try (0..<4).map { index in
            try CommandReward(name: "mine \(index)", shell: "sleep 1; echo '[\(index)]'")
        }
        let report = try await RewardMix(parts).evaluate([RewardMade.rollout()])
        #expect(report.totals == [6] && ContinuousClock.now - start < .seconds(3.5))
    }

    @Test func nothingStaysOpenOrBehind() async throws {
        func open() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
        let reward = try Self.shell("echo '[1]'")
        _ = try await reward.evaluate(RewardMade.batch(1))
        let before = try open()
        for _ in 0..<100 { _ = try await reward.evaluate(RewardMade.batch(1)) }
        // Tests that run beside this one open and close files of their own.
        var now = try open()
        for _ in 0..<100 where now >= before + 60 {
            try await Task.sleep(for: .milliseconds(100))
            now = try open()
        }
        #expect(now < before + 60)
        // It sees its own three files only, and the folder that `ls` reads; and is not made deaf to signals.
        let seen = try await Self.shell("echo [$(ls /proc/self/fd | wc -l)]").evaluate(RewardMade.batch(1))
        #expect(seen.values[0] <= 4)
        let ignored = try Self.shell("grep -q '^SigIgn:.*000[0-9a-f]$' /proc/self/status && echo '[1]'")
        #expect(try await ignored.evaluate(RewardMade.batch(1)).values == [1])
    }

    // MARK: Bad commands

    /// What a command does with two rollouts, and what is said of it.
    static let troubles: [(line: String, reason: String)] = [
        ("exit 3", "it ended with status 3"),
        ("echo hello >&2; echo no memory >&2; echo >&2; exit 1", "it ended with status 1, saying “no memory”"),
        ("echo '[1, 1]'; exit 1", "it ended with status 1"),
        ("kill -9 $$", "it was ended by signal 9 (killed)"),
        ("kill -SEGV $$", "it was ended by signal 11 (segmentation fault)"),
        ("no-such-program 2>/dev/null", "it ended with status 127"),
        ("true", "it answered nothing"), ("echo", "it answered nothing"),
        ("echo hello", "it answered what is no JSON list of numbers (“hello”)"),
        ("echo loading; echo '[1, 2]'", "it answered what is no JSON list of numbers (“loading [1, 2]”)"),
        ("echo '[1, 2'", "it answered what is no JSON list of numbers (“[1, 2”)"),
        ("echo '[1, 2] [3]'", "it answered what is no JSON list of numbers (“[1, 2] [3]”)"),
        ("echo '{\"overall\": 1}'", "it answered what is no JSON list of numbers (“{\"overall\": 1}”)"),
        ("echo 7", "it answered what is no JSON list of numbers (“7”)"),
        ("printf '\\377\\376'", "it answered what is no JSON list of numbers (“\u{FFFD}\u{FFFD}”)"),
        ("echo '[]'", "it gave 0 values for 2 rollouts"), ("echo '[1]'", "it gave 1 value for 2 rollouts"),
        ("echo '[1, 2, 3]'", "it gave 3 values for 2 rollouts"),
        ("echo '[1, NaN]'", "value 2 is NaN, not a number"), ("echo '[NaN, 1]'", "value 1 is NaN, not a number"),
        ("echo '[Infinity, 1]'", "value 1 is Infinity, not a number"),
        ("echo '[1, -Infinity]'", "value 2 is -Infinity, not a number"),
        ("echo '[\"a \\\\\" NaN\", NaN]'", "value 1 is the text “a \" NaN”, not a number"),
        ("echo '[1, {\"overall\": NaN}]'", "value 2 is NaN, not a number"),
        ("echo '[1, null]'", "value 2 is null, not a number"),
        ("echo '[\"1\", 1]'", "value 1 is the text “1”, not a number"),
        ("echo '[true, 1]'", "value 1 is true, not a number"), ("echo '[[1], 1]'", "value 1 is a list, not a number"),
        ("echo '[1, {\"reward\": 1}]'", "value 2 has no 'overall'"),
        ("echo '[1, {\"overall\": {}}]'", "value 2 is an object, not a number"),
        ("echo '[1, {\"overall\": \"1\"}]'", "value 2 is the text “1”, not a number"),
        ("echo '[1, 1e300]'", "value 2 is 1e+300, not from -1000000000000.0 to 1000000000000.0"),
    ]

    @Test(arguments: troubles) func whatItDoesWrongIsSaid(line: String, reason: String) async throws {
        let shown = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        await expectReward("The command of the reward 'mine' (\(shown)) gave no values: \(reason).") {
            try await Self.shell(line).evaluate(RewardMade.batch(2))
        }
    }

    @Test(arguments: ["[1, 1e999]", "[1, -1e999]"]) func numbersThatAreTooLargeAreNone(answer: String) async throws {
        await #expect(throws: RewardError.self) {
            try await Self.shell("echo '\(answer)'").evaluate(RewardMade.batch(2))
        }
    }

    @Test func valuesOutOfTheDeclaredRangeAreRefused() async throws {
        #expect(try await Self.shell("echo '[0, 1]'", range: 0...1).evaluate(RewardMade.batch(2)).values == [0, 1])
        for (answer, value) in [("[0.5, 1.01]", "1.01"), ("[0.5, {\"overall\": -1}]", "-1.0")] {
            await expectReward(
                "The command of the reward 'mine' (echo '\(answer)') gave no values: "
                    + "value 2 is \(value), not from 0.0 to 1.0."
            ) { try await Self.shell("echo '\(answer)'", range: 0...1).evaluate(RewardMade.batch(2)) }
        }
    }

    @Test func aProgramThatIsNotThereIsAnError() async throws {
        let reward = try CommandReward(name: "mine", command: ["no-such-program", "a b"])
        await expectReward(
            "The command of the reward 'mine' (no-such-program a b) gave no values: "
                + "no-such-program cannot be started: no such file or directory."
        ) { try await reward.evaluate(RewardMade.batch(1)) }
        await expectReward("The reward 'mine' has no command.") { try CommandReward(name: "mine", command: []) }
        await expectReward("The reward 'mine' has no command.") { try CommandReward(name: "mine", shell: " ") }
        await expectReward("The range of the reward 'mine' has no bounds; give two numbers.") {
            try CommandReward(name: "mine", command: ["true"], range: 0...(.infinity))
        }
    }

    @Test func aCommandThatTakesTooLongIsEndedWithEverythingItStarted() async throws {
        try await Self.withFolder { folder in
            let start = ContinuousClock.now
            let line = "sleep 60 & echo $! > child; echo $$ > leader; echo waiting >&2; sleep 60"
            await expectReward(
                "The command of the reward 'mine' (\(line)) gave no values: it took longer than 0.5 s, "
                    + "saying “waiting”."
            ) { try await Self.shell(line, timeout: 0.5) { $0.folder = folder }.evaluate(RewardMade.batch(1)) }
            #expect(ContinuousClock.now - start < .seconds(5))
            for name in ["child", "leader"] {
                let isGone = try await Self.isGone(folder, name)
                #expect(isGone, "\(name)")
            }
        }
    }

    @Test func aChildThatIgnoresTheRequestToEndIsEndedAnyway() async throws {
        try await Self.withFolder { folder in
            let script = """
                import os, signal, subprocess, time
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                open("leader", "w").write(str(os.getpid()))
                child = subprocess.Popen(["sh", "-c", "trap '' TERM; echo $$ > child; while :; do sleep 1; done"])
                while True:
                    time.sleep(1)
                """
            try script.write(to: folder.appendingPathComponent("deaf.py"), atomically: true, encoding: .utf8)
            var reward = try CommandReward(name: "mine", command: ["python3", "deaf.py"])
            reward.folder = folder
            reward.timeout = .seconds(1.5)
            reward.grace = .milliseconds(300)
            reward.retries.limit = 0
            let start = ContinuousClock.now
            await expectReward(
                "The command of the reward 'mine' (python3 deaf.py) gave no values: it took longer than 1.5 s."
            ) { [reward] in try await reward.evaluate(RewardMade.batch(1)) }
            #expect(ContinuousClock.now - start < .seconds(6))
            for name in ["child", "leader"] {
                let isGone = try await Self.isGone(folder, name)
                #expect(isGone, "\(name)")
            }
        }
    }

    @Test func whatAGoodCommandLeavesBehindIsEndedAsWell() async throws {
        try await Self.withFolder { folder in
            let start = ContinuousClock.now
            let reward = try Self.shell("sleep 60 & echo $! > child; echo '[1]'") { $0.folder = folder }
            #expect(try await reward.evaluate(RewardMade.batch(1)).values == [1])
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(try await Self.isGone(folder, "child"))
        }
    }

    @Test func aCommandThatWritesWithoutEndIsEnded() async throws {
        let start = ContinuousClock.now
        for line in ["yes 1234567890", "yes 1234567890 >&2"] {
            do {
                _ = try await Self.shell(line) { $0.byteLimit = 1 << 20 }.evaluate(RewardMade.batch(1))
                Issue.record("there was no error")
            } catch {
                #expect(error.localizedDescription.contains("gave no values: it wrote more than 1 MiB"))
            }
        }
        #expect(ContinuousClock.now - start < .seconds(10))
        // It may be done before anybody has looked.
        await expectReward(
            "The command of the reward 'mine' (head -c 200 /dev/zero) gave no values: it wrote more than 100 bytes."
        ) { try await Self.shell("head -c 200 /dev/zero") { $0.byteLimit = 100 }.evaluate(RewardMade.batch(1)) }
    }

    @Test func aCancelledTaskEndsItsCommand() async throws {
        try await Self.withFolder { folder in
            let reward = try Self.shell("echo $$ > leader; trap '' TERM; while :; do sleep 1; done") {
                $0.folder = folder
                $0.onFailure = .withoutPart
            }
            let task = Task { try await reward.evaluate(RewardMade.batch(1)) }
            while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("leader").path) {
                try await Task.sleep(for: .milliseconds(10))
            }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await Self.isGone(folder, "leader"))
        }
    }

    // MARK: Once more, and without it

    @Test func aCommandIsRunAgainBeforeItIsGivenUp() async throws {
        try await Self.withFolder { folder in
            let (said, slept) = (Noted<String>(), Noted<Duration>())
            // The third time is the good one.
            let line = "echo >> tries; [ $(wc -l < tries) -ge 3 ] && echo '[0.5]'"
            func reward(_ limit: Int) throws -> CommandReward {
                try Self.shell(line) { reward in
                    reward.folder = folder
                    reward.retries.limit = limit
                    reward.retries.sleep = { slept.add($0) }
                    reward.retrying = { reason, _ in said.add(reason) }
                }
            }
            let found = try await reward(2).evaluate(RewardMade.batch(1))
            #expect(found.values == [0.5] && found.counts == ["failed": 0, "repeated": 2])
            #expect(said.all == ["it ended with status 1", "it ended with status 1"])
            #expect(slept.all == [.seconds(1), .seconds(2)])
            try FileManager.default.removeItem(at: folder.appendingPathComponent("tries"))
            await expectReward(
                "The command of the reward 'mine' (\(line)) gave no values: it ended with status 1, after 1 repetition."
            ) { try await reward(1).evaluate(RewardMade.batch(1)) }
        }
    }

    @Test func aBatchMayGoOnWithoutAPartThatFails() async throws {
        for line in ["exit 1", "echo '[NaN, 1]'", "echo '[1]'"] {
            let reward = try Self.shell(line) { $0.onFailure = .withoutPart }
            let report = try await RewardMix([reward, AccuracyReward()])
                .evaluate([RewardMade.rollout(0, 0), RewardMade.rollout(0, 1, isRight: false)])
            #expect(report.totals == [1, 0] && report.parts[0].raw == [0, 0])
            #expect(report.parts[0].counts == ["failed": 1, "repeated": 0] && report.failures.count == 1)
            #expect(report.failures[0].hasPrefix("The command of the reward 'mine' (\(line)) gave no values: "))
            #expect(report.failures[0].hasSuffix(". The batch goes on without it."))
            let numbers = Dictionary(uniqueKeysWithValues: report.numbers.map { ($0.name, $0.value) })
            #expect(numbers["reward/mine/counts/failed"] == 1)
            #expect(report.statistics.groups[0].shares == [0, 1])
        }
    }

    /// Whether the process whose number stands in a file is gone, or will be in a moment.
    private static func isGone(_ folder: URL, _ name: String) async throws -> Bool {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        let process = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        for _ in 0..<100 {
            // What has ended and waits for its parent to look is gone.
            let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            if status == nil || status?.contains(") Z ") == true { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
