/// What can be seen at one spot of a picture.
struct Sight {
    /// What is looked at: "the green bar", "the top left".
    var target: String
    /// What there is to see, as a clause that stands alone: "the green bar ends at 7".
    var plain: String
    /// The same for eyes that are on the target already: "it ends at 7".
    var looked: String
}

/// How an answer follows from what can be seen, before it is put into words.
struct Argument {
    /// What is to be done, behind "I need to".
    var task: String
    /// What is seen, in the order in which it is told.
    var sights: [Sight]
    /// How the answer follows, as whole sentences.
    var step: String
    /// Another way to the same, as clauses.
    var check: Sight
    /// Wrong answers that a careless look gives.
    var slips: [String]
}

extension Query {
    /// The argument for the answer, nil if the scene has nothing of the kind.
    func argument(in scene: Scene, _ wording: inout Wording) -> Argument? {
        guard let answer = answer(in: scene) else { return nil }
        switch scene {
        case .chart(let bars): return ChartArguments(bars: bars, answer: answer).argument(for: self, &wording)
        case .triangle(let triangle): return triangle.argument(&wording)
        case .shapes(let side, _, let items):
            let grid = Grid(side: side)
            switch self {
            case .larger, .largest, .countLarger:
                return SizeArguments(grid: grid, items: items, answer: answer).argument(for: self, &wording)
            case .colorAt, .kindAt, .place:
                return PlaceArguments(grid: grid, items: items, answer: answer).argument(for: self, &wording)
            default: return CountArguments(grid: grid, items: items, answer: answer).argument(for: self, &wording)
            }
        }
    }
}
