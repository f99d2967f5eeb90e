import ChatServer
import Foundation
import Reinforcement
import Requests
import Testing

/// A user's own reward as an endpoint on loopback, good and bad.
@Suite struct RewardEndpointTests {
    /// A reward that asks a server, and does not really wait before it asks again.
    static func reward(
        _ server: ChatServer, limit: Int = 0, range: ClosedRange<Double>? = nil,
        environment: [String: String] = [:], _ change: (inout EndpointReward) -> Void = { _ in }
    ) throws -> EndpointReward {
        var reward = try EndpointReward(
            name: "mine", address: server.url + "/reward?a=b", range: range, environment: environment)
        reward.idleTimeout = .milliseconds(400)
        reward.retries.limit = limit
        reward.retries.jitter = 0
        reward.retries.sleep = { _ in try Task.checkCancellation() }
        change(&reward)
        return reward
    }

    static func json(_ text: String) -> Behaviour { .raw(text, type: "application/json") }

    private static func host(_ server: ChatServer) -> String {
        server.url.replacingOccurrences(of: "http://", with: "").replacingOccurrences(of: "/v1", with: "")
    }

    @Test func aGoodEndpointIsToldTheRolloutsAndGivesValues() async throws {
        let server = try ChatServer { question, _ in
            let items = (try? JSONSerialization.jsonObject(with: question.body)) as? [[String: Any]] ?? []
            let values = items.map { item in
                ["overall": item["response_length"] ?? 0, "format": (item["response"] as? String)?.count ?? 0]
                    as [String: Any]
            }
            let data = (try? JSONSerialization.data(withJSONObject: values)) ?? Data()
            return Self.json(String(decoding: data, as: UTF8.self))
        }
        let reward = try Self.reward(server, environment: ["AVAR_REWARD_KEY": " secret-7 \n"])
        let inputs = [(3, "äöü"), (4, "x")].map { length, response in
            RewardInput(
                group: 0, sample: length, problem: "?", answer: "4", response: response, responseLength: length)
        }
        let found = try await reward.evaluate(RewardBatch(inputs))
        #expect(found.values == [3, 4] && found.details == ["format": [3, 1]])
        #expect(found.counts == ["failed": 0, "repeated": 0])
        let question = try #require(server.questions.first)
        #expect(server.questions.count == 1 && question.path == "/v1/reward?a=b")
        #expect(question.headers["authorization"] == "Bearer secret-7")
        #expect(question.headers["content-type"] == "application/json")
        let item = try #require(
            (JSONSerialization.jsonObject(with: question.body) as? [[String: Any]])?.first)
        #expect(item["ground_truth"] as? String == "4" && item["response"] as? String == "äöü")
        #expect(item["problem"] as? String == "?" && item["response_length"] as? Int == 3)
        #expect(!"\(reward)".contains("secret-7"))
        try server.stop()
    }

    @Test func withoutAKeyNoneIsSent() async throws {
        let server = try ChatServer { _, _ in Self.json("[1]") }
        _ = try await Self.reward(server).evaluate(RewardMade.batch(1))
        #expect(server.questions.first?.headers["authorization"] == nil)
        try server.stop()
    }

    /// What a server does the first time, and what is said of it; the second time it is good.
    static let troubles: [(String, Behaviour, reason: String)] = [
        ("429", .status(429, ["Retry-After": "7"], body: "slow down"), "it answered 429, saying “slow down”"),
        ("500", .status(500, body: "<b>\noops</b>"), "it answered 500, saying “<b> oops</b>”"),
        ("503", .status(503), "it answered 503"), ("408", .status(408), "it answered 408"),
        ("hangs up", .hangUp, "the connection was cut"), ("silence", .silence, "it sent nothing for 0.4 s"),
        ("stalls", json("[1, 2]").stalling(after: 3), "it sent nothing for 0.4 s"),
        ("cut", json("[1, 2]").cut(after: 3), "the connection was cut"),
        (
            "quietly cut", json("[1, 2]").closing(after: 4), "it answered what is no JSON list of numbers (“[1,”)"
        ),
        ("nothing", json(""), "it answered nothing"),
        ("a page", json("<html>hi</html>"), "it answered what is no JSON list of numbers (“<html>hi</html>”)"),
        ("NaN", json("[NaN, 1]"), "value 1 is NaN, not a number"),
        ("infinity", json("[1, -Infinity]"), "value 2 is -Infinity, not a number"),
        ("null", json("[1, null]"), "value 2 is null, not a number"),
        ("text", json("[\"1\", 1]"), "value 1 is the text “1”, not a number"),
        ("out of range", json("[1, 2.5]"), "value 2 is 2.5, not from -1.0 to 2.0"),
        ("too short", json("[1]"), "it gave 1 value for 2 rollouts"),
        ("too long", json("[1, 1, 1]"), "it gave 3 values for 2 rollouts"),
        ("too large", json("[" + String(repeating: " ", count: 5000) + "1, 1]"), "it answered more than 4096 bytes"),
    ]

    @Test func afterEachTroubleItIsAskedAgain() async throws {
        for (name, trouble, reason) in Self.troubles {
            let server = try ChatServer { _, before in before == 0 ? trouble : Self.json("[0.5, 2]") }
            let (said, slept) = (Noted<String>(), Noted<Duration>())
            let reward = try Self.reward(server, limit: 1, range: -1...2) { reward in
                reward.byteLimit = 4096
                reward.retries.sleep = { slept.add($0) }
                reward.retrying = { reason, _ in said.add(reason) }
            }
            let found = try await reward.evaluate(RewardMade.batch(2))
            #expect(found.values == [0.5, 2] && found.counts["repeated"] == 1, "\(name)")
            #expect(said.all == [reason], "\(name)")
            #expect(slept.all == [name == "429" ? .seconds(7) : .seconds(1)], "\(name)")
            #expect(server.questions.count == 2)
            try server.stop()
        }
    }

    @Test func whatStaysWrongIsAnErrorOrGoneWithout() async throws {
        for (name, trouble, reason) in Self.troubles where name != "429" {
            let server = try ChatServer { _, _ in trouble }
            let reward = try Self.reward(server, limit: 2, range: -1...2) { $0.byteLimit = 4096 }
            do {
                _ = try await reward.evaluate(RewardMade.batch(2))
                Issue.record("\(name): there was no error")
            } catch {
                let wanted =
                    "The endpoint of the reward 'mine' (\(Self.host(server))) gave no values: \(reason), "
                    + "after 2 repetitions."
                #expect(error.localizedDescription == wanted, "\(name)")
            }
            #expect(server.questions.count == 3, "\(name)")
            let lenient = try Self.reward(server, limit: 1, range: -1...2) { reward in
                reward.byteLimit = 4096
                reward.onFailure = .withoutPart
            }
            let report = try await RewardMix([lenient, AccuracyReward()])
                .evaluate([RewardMade.rollout(), RewardMade.rollout(0, 1, isRight: false)])
            #expect(report.totals == [1, 0] && report.failures.count == 1, "\(name)")
            #expect(report.parts[0].counts == ["failed": 1, "repeated": 1], "\(name)")
            try server.stop()
        }
    }

    @Test func aRefusalIsFinal() async throws {
        for status in [400, 401, 403, 404, 405, 422, 302] {
            let server = try ChatServer { _, _ in
                .status(status, ["Location": "http://127.0.0.1:1/"], body: "not you, secret-7")
            }
            let reward = try Self.reward(server, limit: 5, environment: ["AVAR_REWARD_KEY": "secret-7"])
            await expectReward(
                "The endpoint of the reward 'mine' (\(Self.host(server))) refuses the request (\(status)), "
                    + "saying “not you, ***”; look at the address and the key."
            ) { try await reward.evaluate(RewardMade.batch(1)) }
            #expect(server.questions.count == 1)
            try server.stop()
        }
    }

    @Test func aServerThatIsNotThereIsAskedAgain() async throws {
        let server = try ChatServer { _, _ in Self.json("[1]") }
        try server.stop()
        await expectReward(
            "The endpoint of the reward 'mine' (\(Self.host(server))) gave no values: connection refused, "
                + "after 2 repetitions."
        ) { try await Self.reward(server, limit: 2).evaluate(RewardMade.batch(1)) }
    }

    @Test func aServerThatAsksForTooMuchPatienceIsGivenUp() async throws {
        let server = try ChatServer { _, _ in .status(429, ["Retry-After": "3600"]) }
        await expectReward(
            "The endpoint of the reward 'mine' (\(Self.host(server))) gave no values: it answered 429 "
                + "and asks to be left alone for 3.6e+03 s."
        ) { try await Self.reward(server, limit: 5).evaluate(RewardMade.batch(1)) }
        #expect(server.questions.count == 1)
        try server.stop()
    }

    @Test func aServerThatDripsIsNotWaitedForWithoutEnd() async throws {
        let server = try ChatServer { _, _ in
            Self.json("[" + String(repeating: " ", count: 1000) + "1]").inPieces(500, pause: 0.1)
        }
        let start = ContinuousClock.now
        await expectReward(
            "The endpoint of the reward 'mine' (\(Self.host(server))) gave no values: it took longer than 1 s."
        ) {
            try await Self.reward(server) {
                // A busy machine may be silent for a while; what is tested is the whole.
                ($0.totalTimeout, $0.idleTimeout) = (.seconds(1), .seconds(30))
            }.evaluate(RewardMade.batch(1))
        }
        #expect(ContinuousClock.now - start < .seconds(5))
        try server.stop()
    }

    @Test func aCancelledTaskDoesNotWait() async throws {
        let server = try ChatServer { _, _ in .silence }
        let reward = try Self.reward(server, limit: 5) { reward in
            reward.idleTimeout = .seconds(60)
            reward.onFailure = .withoutPart
        }
        let task = Task { try await reward.evaluate(RewardMade.batch(1)) }
        while server.questions.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(5))
        try server.stop()
    }

    @Test func settingsThatCannotBeMeantAreRefused() async throws {
        func made(
            _ address: String, variable: String? = nil, _ environment: [String: String] = [:]
        ) throws -> EndpointReward {
            try EndpointReward(name: "mine", address: address, keyVariable: variable, environment: environment)
        }
        for address in ["", "localhost:8000", "ftp://a/b", "http://", "http://a/#b"] {
            await expectReward(
                "The address of the reward 'mine' is \(address); give one like http://localhost:8000/reward."
            ) { try made(address) }
        }
        await expectReward(
            "The address of the reward 'mine' is ***@host/; give one like http://localhost:8000/reward."
        ) { try made("http://me:password@host/") }
        await expectReward("The key of the reward 'mine' is missing; set the environment's MY_KEY.") {
            try made("http://a/", variable: "MY_KEY", ["AVAR_REWARD_KEY": "x"])
        }
        await expectReward(
            "The key of the reward 'mine' holds characters that no key has; set the environment's MY_KEY anew."
        ) { try made("http://a/", variable: "MY_KEY", ["MY_KEY": "a\nb"]) }
        #expect(try made("https://host:81/reward").host == "host:81")
    }
}
