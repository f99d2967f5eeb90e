extension Query {
    /// The answer in words, nil if the scene has nothing of the kind.
    func answer(in scene: Scene) -> String? {
        switch scene {
        case .shapes(let side, _, let items): answer(Grid(side: side), items)
        case .chart(let bars): answer(bars)
        case .triangle(let triangle): self == .thirdAngle ? "\(triangle.missing)" : nil
        }
    }

    private func answer(_ grid: Grid, _ items: [Item]) -> String? {
        func count(_ color: SceneColor) -> Int { items.count { $0.color == color } }
        func size(_ color: SceneColor) -> Int { items.first { $0.color == color }?.size ?? 0 }
        switch self {
        case .count(let color, let kind): return "\(Kindred(color: color, kind: kind).members(items).count)"
        case .colorAt(let row, let column):
            return items.first { $0.row == row && $0.column == column }?.color.rawValue
        case .kindAt(let row, let column):
            return items.first { $0.row == row && $0.column == column }?.kind.rawValue
        case .place(let color, let kind): return Kindred(color: color, kind: kind).members(items).first.map(grid.name)
        case .larger(let first, let second): return (size(first) > size(second) ? first : second).rawValue
        case .largest: return items.max { $0.size < $1.size }?.color.rawValue
        case .countLarger(let color): return "\(items.count { $0.size > size(color) })"
        case .present(let color, let kind):
            return Kindred(color: color, kind: kind).members(items).isEmpty ? "no" : "yes"
        case .sum(let first, let second): return "\(count(first) + count(second))"
        case .excess(let first, let second): return "\(count(first) - count(second))"
        case .more(let first, let second): return (count(first) > count(second) ? first : second).rawValue
        case .tallest, .value, .barDifference, .thirdAngle: return nil
        }
    }

    private func answer(_ bars: [Bar]) -> String? {
        func value(_ color: SceneColor) -> Int? { bars.first { $0.color == color }?.value }
        switch self {
        case .tallest: return bars.max { $0.value < $1.value }?.color.rawValue
        case .value(let color): return value(color).map { "\($0)" }
        case .barDifference(let first, let second):
            guard let first = value(first), let second = value(second) else { return nil }
            return "\(first - second)"
        default: return nil
        }
    }
}
