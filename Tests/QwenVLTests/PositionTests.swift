import Foundation
import QwenVL
import Testing

/// Rotary positions against transformers' `get_rope_index`: exact.
@Suite struct PositionTests {
    @Test(arguments: GoldenModel.names, GoldenModel.cases)
    func ofTheGoldenCases(name: String, of testCase: String) throws {
        let golden = try GoldenModel(name)
        let model = try golden.model()
        let input = try golden.input(testCase, model)
        let positions = try input.positions(spatialMergeSize: 2)
        #expect(
            try golden.integers("\(testCase).position_ids") == positions.temporal + positions.height + positions.width)
        #expect(try golden.integers("\(testCase).rope_delta") == [positions.delta])
    }
}

/// A row of Tests/Fixtures/models/rope-index.json: text runs with pictures between them.
private struct RopeRow: Decodable {
    let texts: [Int]
    let grids: [[Int]]
    let position_ids: [[Int]]
    let delta: Int
}

extension PositionTests {
    @Test func ofManySequences() throws {
        let data = try Data(contentsOf: fixtures.appendingPathComponent("models/rope-index.json"))
        let rows = try JSONDecoder().decode([RopeRow].self, from: data)
        #expect(rows.count >= 30)
        for row in rows {
            let grids = row.grids.map { GridTHW(temporal: $0[0], height: $0[1], width: $0[2]) }
            var isImage = [Bool](repeating: false, count: row.texts[0])
            for (grid, text) in zip(grids, row.texts.dropFirst()) {
                isImage += [Bool](repeating: true, count: grid.tokenCount(spatialMergeSize: 2))
                isImage += [Bool](repeating: false, count: text)
            }
            let positions = try PositionIDs(isImage: isImage, grids: grids, spatialMergeSize: 2)
            #expect([positions.temporal, positions.height, positions.width] == row.position_ids)
            #expect(positions.delta == row.delta)
        }
    }

    @Test func disagreementIsAnError() {
        let grid = GridTHW(height: 4, width: 4)
        #expect(throws: QwenVLError.self) {
            _ = try PositionIDs(isImage: [false, true, true], grids: [grid], spatialMergeSize: 2)
        }
        #expect(throws: QwenVLError.self) {
            _ = try PositionIDs(isImage: [Bool](repeating: true, count: 4), grids: [], spatialMergeSize: 2)
        }
        #expect(throws: QwenVLError.self) {
            _ = try PositionIDs(isImage: [Bool](repeating: true, count: 4), grids: [grid, grid], spatialMergeSize: 2)
        }
    }
}
