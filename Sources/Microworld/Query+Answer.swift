extension Query {
    /// The answer in a scene, which may be another than the one that the question was made for.
    /// - Parameter scene: what a picture shows.
    /// - Returns: the answer in words; nil where the scene has none: an empty cell, a bar that is not there, a tie.
    public func answer(in scene: Scene) -> String? {
        switch scene {
        case .shapes(let side, _, let items): answer(in: items, of: Grid(side: side))
        case .chart(let bars): answer(in: bars)
        case .triangle(let triangle): self == .thirdAngle ? "\(triangle.angles[triangle.hidden])" : nil
        }
    }

    /// The kind of question, whatever colours and shapes it names: `count`, `colorAt`.
    public var form: String {
        switch self {
        case .count: "count"
        case .colorAt: "colorAt"
        case .kindAt: "kindAt"
        case .place: "place"
        case .tallest: "tallest"
        case .value: "value"
        case .barDifference: "barDifference"
        case .thirdAngle: "thirdAngle"
        case .larger: "larger"
        case .largest: "largest"
        case .countLarger: "countLarger"
        case .present: "present"
        case .sum: "sum"
        case .excess: "excess"
        case .more: "more"
        }
    }

    private func answer(in items: [Item], of grid: Grid) -> String? {
        func count(_ color: SceneColor) -> Int { items.count { $0.color == color } }
        func size(_ color: SceneColor) -> Int? { items.first { $0.color == color }?.size }
        switch self {
        case .count(let color, let kind):
            return "\(Kindred(color: color, kind: kind).members(items).count)"
        case .colorAt(let row, let column):
            return items.first { $0.row == row && $0.column == column }?.color.rawValue
        case .kindAt(let row, let column):
            return items.first { $0.row == row && $0.column == column }?.kind.rawValue
        case .place(let color, let kind):
            return Kindred(color: color, kind: kind).members(items).first.map(grid.name)
        case .larger(let first, let second):
            guard let a = size(first), let b = size(second), a != b else { return nil }
            return (a > b ? first : second).rawValue
        case .largest:
            let largest = items.filter { $0.size == items.map(\.size).max() }
            return largest.count == 1 ? largest[0].color.rawValue : nil
        case .countLarger(let color): return size(color).map { size in "\(items.count { $0.size > size })" }
        case .present(let color, let kind):
            return Kindred(color: color, kind: kind).members(items).isEmpty ? "no" : "yes"
        case .sum(let first, let second): return "\(count(first) + count(second))"
        case .excess(let color, let other): return count(color) < count(other) ? nil : "\(count(color) - count(other))"
        case .more(let first, let second):
            guard count(first) != count(second) else { return nil }
            return (count(first) > count(second) ? first : second).rawValue
        default: return nil
        }
    }

    private func answer(in bars: [Bar]) -> String? {
        func value(_ color: SceneColor) -> Int? { bars.first { $0.color == color }?.value }
        switch self {
        case .tallest:
            let tallest = bars.filter { $0.value == bars.map(\.value).max() }
            return tallest.count == 1 ? tallest[0].color.rawValue : nil
        case .value(let color): return value(color).map { "\($0)" }
        case .barDifference(let color, let other):
            guard let a = value(color), let b = value(other), a >= b else { return nil }
            return "\(a - b)"
        default: return nil
        }
    }
}
