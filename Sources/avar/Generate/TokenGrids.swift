import QwenVL
import Tokenization
import VisualAttention

/// Where one token looked, as `avar generate --map --json` gives it: the row of the map over each picture as a grid.
struct TokenGrids: Encodable {
    /// One view of a token's row.
    struct Map: Encodable {
        /// Which layers and heads.
        let view: String
        /// One grid for each picture, `[picture][row][column]`.
        let pictures: [[[Float]]]
    }

    let token: Int
    let text: String
    /// The score in the reward's form; nil if it is not finite.
    let vas: Double?
    let maps: [Map]
}

/// What the maps of an answer are called, and how they become grids.
struct GridNames {
    let views: [MapView]
    let tokenizer: Tokenizer
    let spatialMergeSize: Int

    /// Where the answer's tokens looked, all but the last, which is never a query.
    func grids(of answer: Answer) throws -> [TokenGrids] {
        let looks = try answer.looks()
        return zip(looks, tokenizer.pieces(looks.map(\.tokenID))).map { look, text in
            TokenGrids(
                token: look.tokenID, text: text, vas: look.score,
                maps: zip(views, look.maps).map { view, weights in
                    TokenGrids.Map(
                        view: view.name,
                        pictures: answer.input.grids(of: weights, spatialMergeSize: spatialMergeSize).map { grid in
                            stride(from: 0, to: grid.weights.count, by: grid.columns).map {
                                Array(grid.weights[$0..<$0 + grid.columns])
                            }
                        })
                })
        }
    }
}

extension ModelInput {
    /// Weights on all visual tokens as the grids of the pictures, row after row.
    func grids(
        of weights: [Float], spatialMergeSize merge: Int
    ) -> [(rows: Int, columns: Int, weights: [Float])] {
        var rest = weights[...]
        return grids.map { grid in
            let (rows, columns) = (grid.height / merge, grid.width / merge)
            defer { rest = rest.dropFirst(rows * columns) }
            return (rows, columns, Array(rest.prefix(rows * columns)))
        }
    }
}
