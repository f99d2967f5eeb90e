import Foundation
import Reinforcement
import Testing

/// The visual reward against numpy, and by hand.
@Suite struct RewardVisualTests {
    struct Golden: Decodable {
        struct Rollout: Decodable {
            let group: Int
            let sample: Int
            let right: Bool
            let layers: Int?
            let tokens: Int?
            let image: [Float]?
            let system: [Float]?

            var input: RewardInput {
                let masses = layers.flatMap { layers in
                    tokens.map {
                        VisualMasses(layers: layers, tokens: $0, image: image ?? [], system: system ?? [])
                    }
                }
                return RewardMade.rollout(group, sample, isRight: right, masses: masses)
            }
        }

        struct Case: Decodable {
            let form: String
            let parameter: Double
            let gated: Bool
            let layers: [Int]?
            let values: [Double]

            var reward: VisualReward {
                get throws {
                    let forms: [String: VisualReward.Form] = [
                        "paper": .paper, "clipped": .clipped(at: parameter), "tanh": .tanh(scale: parameter),
                        "rank": .rank, "batch": .batchNormalized,
                    ]
                    return try VisualReward(form: #require(forms[form]), isGated: gated, layers: layers)
                }
            }
        }

        struct Mix: Decodable {
            struct Part: Decodable {
                let name: String
                let weight: Double
                let values: [Double]
            }

            let parts: [Part]
            let groups: [Int]
            let totals: [Double]
            let deviation: [Double]
            let shares: [[Double]?]
            let mean_shares: [Double]
            let pooled_shares: [Double]
        }

        let rollouts: [Rollout]
        let ratio: [Double?]
        let cases: [Case]
        let mix: Mix

        static func read() throws -> Golden {
            let file = RewardMade.fixtures.appendingPathComponent("rewards.json")
            return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
        }
    }

    @Test func everyFormIsAsNumpyHasIt() throws {
        let golden = try Golden.read()
        let batch = RewardBatch(golden.rollouts.map(\.input))
        #expect(batch.judgements.map(\.isCorrect) == golden.rollouts.map(\.right))
        #expect(golden.cases.count == 30)
        for it in golden.cases {
            let found = try it.reward.evaluate(batch)
            #expect(isClose(found.values, it.values), "\(it.form), \(it.gated), \(it.layers ?? [])")
            #expect(found.counts == ["no_picture": 1, "no_tokens": 1])
            if it.layers == nil {
                let ratios = try #require(found.details["ratio"])
                #expect(ratios.map { $0 == nil } == golden.ratio.map { $0 == nil })
                #expect(isClose(ratios.compactMap(\.self), golden.ratio.compactMap(\.self)))
            }
        }
    }

    @Test func thePaperIsWhatIsPaidUnlessSomethingElseIsAskedFor() throws {
        let golden = try Golden.read()
        let batch = RewardBatch(golden.rollouts.map(\.input))
        let paper = try #require(golden.cases.first { $0.form == "paper" && $0.gated && $0.layers == nil })
        #expect(isClose(try VisualReward().evaluate(batch).values, paper.values))
        #expect(VisualReward().weight == 0.3 && VisualReward().name == "visual")
    }

    /// One layer and one token.
    static func masses(_ image: Float, _ system: Float) -> VisualMasses {
        VisualMasses(layers: 1, tokens: 1, image: [image], system: [system])
    }

    @Test func byHand() throws {
        // Two layers, two tokens: (0.5 / 0.25 + 0.25 / 0.5) / 2 of the first, (0.125 / 0.25 + 0.75 / 0.25) / 2 of the
        // second.
        let masses = VisualMasses(
            layers: 2, tokens: 2, image: [0.5, 0.125, 0.25, 0.75], system: [0.25, 0.25, 0.5, 0.25])
        #expect(masses.ratio(epsilon: 0) == 1.5)
        #expect(masses.ratio(layers: [0], epsilon: 0) == 1.25 && masses.ratio(layers: [1], epsilon: 0) == 1.75)
        #expect(masses.ratio(layers: []) == nil)
        #expect(VisualMasses(layers: 2, tokens: 0, image: [], system: []).ratio() == nil)
        // No mass on the system turn: the constant keeps it finite.
        #expect(Self.masses(0.5, 0).ratio() == 0.5 / 1e-6)
    }

    @Test func wrongAnswersAndThoseWithoutAPictureArePaidNothing() throws {
        let batch = RewardBatch([
            RewardMade.rollout(0, 0, masses: Self.masses(0.5, 0.25)),
            RewardMade.rollout(0, 1, isRight: false, masses: Self.masses(0.75, 0.25)), RewardMade.rollout(0, 2),
        ])
        let paid = try VisualReward().evaluate(batch)
        #expect(isClose(paid.values, [2, 0, 0], within: 1e-5) && paid.counts == ["no_picture": 1, "no_tokens": 0])
        #expect(isClose(try VisualReward(isGated: false).evaluate(batch).values, [2, 3, 0], within: 1e-5))
        #expect(try VisualReward(form: .rank).evaluate(batch).values == [0.5, 0, 0])
        #expect(try VisualReward(form: .batchNormalized).evaluate(batch).values == [0, 0, 0])
    }

    @Test func ranksAreTakenWithinTheGroup() throws {
        let looks: [(Int, Float)] = [(0, 0.1), (1, 0.9), (0, 0.3), (1, 0.8), (0, 0.3), (0, 0.5)]
        let batch = RewardBatch(
            looks.enumerated().map { RewardMade.rollout($1.0, $0, masses: Self.masses($1.1, 0.1)) })
        #expect(try VisualReward(form: .rank).evaluate(batch).values == [0, 1, 0.5, 0, 0.5, 1])
    }

    @Test(arguments: [Float.nan, .infinity, -0.1, 1.1]) func massesThatAreNoneAreAnError(mass: Float) async throws {
        for masses in [Self.masses(mass, 0.5), Self.masses(0.5, mass)] {
            let batch = RewardBatch([RewardMade.rollout(3, 1, masses: masses)])
            await expectReward(
                "The reward 'visual' cannot be used: an attention mass of sample 1 of group 3 is not from 0 to 1; "
                    + "the weights may be damaged."
            ) { try VisualReward().evaluate(batch) }
        }
    }

    @Test func settingsThatCannotBeMeantAreRefused() async throws {
        let batch = RewardBatch([RewardMade.rollout(masses: Self.masses(0.5, 0.5))])
        await expectReward("The reward 'visual' asks for layer 1, and there are 1, counted from 0.") {
            try VisualReward(layers: [0, 1]).evaluate(batch)
        }
        await expectReward("The layers of the reward 'visual' are []; give each once, counted from 0.") {
            try VisualReward(layers: [])
        }
        await expectReward("The layers of the reward 'visual' are [2, 2]; give each once, counted from 0.") {
            try VisualReward(layers: [2, 2])
        }
        await expectReward("The reward 'visual' is clipped at 0.0; give a number above 0.") {
            try VisualReward(form: .clipped(at: 0))
        }
        await expectReward("The scale of the reward 'visual' is nan; give a number above 0.") {
            try VisualReward(form: .tanh(scale: .nan))
        }
    }
}
