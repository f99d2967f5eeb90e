import Foundation
import QwenVL
import Safetensors
import Testing
import Torch
import VisualAttention

private let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

/// The score on masses of real models, against numpy (Tests/Fixtures/attention/make_scores.py).
@Suite struct ScoreTests {
    private struct Row: Decodable {
        let model: String
        let `case`: String
        let queries: String
        let shares: [[Double]]
        let paper: Double
        let per_layer: [Double]
        let pooled: Double
        let reward: Double
        let geometric: Double
    }

    private static func rows() throws -> [Row] {
        let data = try Data(contentsOf: fixtures.appendingPathComponent("attention/scores.json"))
        return try JSONDecoder().decode([Row].self, from: data)
    }

    private func near(_ actual: Double, _ expected: Double, _ tolerance: Double = 1e-4) -> Bool {
        abs(actual - expected) <= tolerance * max(1, abs(expected))
    }

    /// The whole way: our forward pass, groups by role, masses, forms.
    @Test func allFormsOfRealModels() throws {
        let rows = try Self.rows()
        #expect(rows.count == 16)
        for row in rows {
            let folder = fixtures.appendingPathComponent("models/\(row.model)")
            let model = try QwenVLModel(folder: folder)
            let input = try input(row.case, folder: folder, model: model)
            let masses = try withoutGradient { try model.forward(input, groups: KeyGroups(roles: input.roles)).masses }
            let queries = row.queries == "user" ? input.userQueries : input.responseQueries
            let mass = try AttentionMass(masses, queries: queries)
            let score = try #require(VisualAttentionScore(mass))
            #expect(near(score.paper, row.paper))
            #expect(near(score.pooled, row.pooled))
            #expect(near(score.reward, row.reward))
            #expect(near(score.geometric, row.geometric))
            #expect(zip(score.perLayer, row.per_layer).allSatisfy { near($0, $1) })
            for (layer, shares) in row.shares.enumerated() {
                let ours = RoleGroup.partition.map { mass.share(of: $0, layer: layer) }
                let inOrderOfRoles = [ours[0], ours[1], ours[2], ours[3], ours[4]]
                #expect(zip(inOrderOfRoles, shares).allSatisfy { abs($0 - $1) < 1e-5 })
            }
        }
    }

    private func input(_ name: String, folder: URL, model: QwenVLModel) throws -> ModelInput {
        let golden = try SafetensorsFile(contentsOf: folder.appendingPathComponent("golden.safetensors"))
        func integers(_ key: String) throws -> [Int] {
            try golden.tensor("\(name).\(key)").to(.int64).values(as: Int.self)
        }
        let roles = try integers("roles").map { try #require(TokenRole(rawValue: $0)) }
        let grid = try integers("image_grid_thw")
        return try ModelInput(
            inputIDs: integers("input_ids"), roles: roles, turns: roles.map { _ in 0 },
            imageTokenID: model.configuration.imageTokenID, pixelValues: golden.tensor("\(name).pixel_values"),
            grids: stride(from: 0, to: grid.count, by: 3).map {
                GridTHW(temporal: grid[$0], height: grid[$0 + 1], width: grid[$0 + 2])
            })
    }

    /// Masses of one layer: per head and query system, marker, visual, user, response, system without first.
    private func mass(_ rows: [[[Float]]]) throws -> AttentionMass {
        let tensor = try Tensor(rows.joined().joined().map { $0 }, shape: [1, rows.count, rows[0].count, 6])
        return try AttentionMass([tensor], queries: Array(rows[0].indices))
    }

    @Test func byHand() throws {
        // Two heads, two queries.
        let mass = try mass([
            [[0.5, 0, 0.25, 0.25, 0, 0.25], [0.25, 0, 0.5, 0.25, 0, 0.125]],
            [[0.5, 0, 0.5, 0, 0, 0], [0.125, 0, 0.5, 0.375, 0, 0.125]],
        ])
        let score = try #require(VisualAttentionScore(mass))
        #expect(near(score.paper, (0.5 + 2 + 1 + 4) / 4, 1e-12))
        #expect(near(score.pooled, 1.75 / 1.375, 1e-12))
        #expect(near(score.reward, ((0.375 / (0.5 + 1e-6)) + (0.5 / (0.1875 + 1e-6))) / 2, 1e-12))
        #expect(near(score.geometric, pow(0.5 * 2 * 1 * 4, 0.25), 1e-12))
        #expect(score.undefinedRatios == 0 && score.extremeHeads == 0)
        // Without the first token one query of the second head has nothing on the system turn: reported, not infinite.
        let without = try #require(VisualAttentionScore(mass, countsFirstToken: false))
        #expect(near(without.paper, (1 + 4 + 4) / 3, 1e-12))
        #expect(without.undefinedRatios == 1)
        #expect(near(mass.share(of: .visual, layer: 0), 1.75 / 4, 1e-12))
    }

    @Test func extremeHeadsAreCounted() throws {
        let mass = try mass([[[1e-6, 0, 0.9, 0.1, 0, 0]], [[0.5, 0, 0.5, 0, 0, 0]]])
        let score = try #require(VisualAttentionScore(mass))
        #expect(score.extremeHeads == 0.5)
        #expect(score.paper > 100_000 && score.pooled < 3)
    }

    @Test func noQueriesNoScore() throws {
        let tensor = try Tensor.zeros([1, 2, 3, 6])
        let mass = try AttentionMass([tensor], queries: [])
        #expect(VisualAttentionScore(mass) == nil)
        var summary = AttentionSummary()
        summary.add(mass)
        #expect(summary.skipped == 1 && summary.count == 0 && summary.score() == nil)
    }

    @Test func aSummaryIsTheMeanOverSamples() throws {
        let first = try mass([[[0.5, 0, 0.25, 0.25, 0, 0]]])
        let second = try mass([[[0.25, 0, 0.5, 0.25, 0, 0]]])
        var summary = AttentionSummary()
        summary.add(first)
        summary.add(second)
        let score = try #require(summary.score())
        #expect(near(score.paper, 1.25, 1e-12))
        #expect(near(score.geometric, 1, 1e-12))
        #expect(near(summary.share(of: .visual, layer: 0), 0.375, 1e-12))
    }

    @Test func queriesThatCannotSeeThePictureAreLeftOut() throws {
        let roles: [TokenRole] = [.system, .user, .marker, .image, .marker, .user, .user, .response]
        let input = try ModelInput(
            inputIDs: Array(0..<8), roles: roles, turns: roles.map { _ in 0 }, imageTokenID: 3)
        #expect(input.userQueries == [5, 6])
        #expect(input.responseQueries == [7])
        let blind = try ModelInput(inputIDs: [0, 1], roles: [.system, .user], turns: [0, 1], imageTokenID: 3)
        #expect(blind.userQueries.isEmpty && blind.responseQueries.isEmpty)
        let groups = KeyGroups(roles: roles)
        #expect(KeyGroups(roles: [.system, .system, .user]).membership == [0b1, 0b100001, 0b1000])
        #expect(groups.membership == [0b1, 0b1000, 0b10, 0b100, 0b10, 0b1000, 0b1000, 0b10000])
    }
}
