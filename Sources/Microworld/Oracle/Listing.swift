extension Scene {
    /// One fixed grammar, for readers that are to learn what there is before they learn to talk about it.
    var listing: String {
        switch self {
        case .shapes(let side, _, let items):
            items.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
                .map { "\(Grid(side: side).name($0)): \($0.sizeWord) \($0.words)" }.joined(separator: "; ")
        case .chart(let bars): bars.map { "\($0.color.rawValue) \($0.value)" }.joined(separator: "; ")
        case .triangle(let triangle):
            triangle.angles.indices.map { index in
                "\(triangle.corner(index)) " + (index == triangle.hidden ? "?" : "\(triangle.angles[index])")
            }.joined(separator: "; ")
        }
    }
}
