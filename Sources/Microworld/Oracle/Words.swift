extension ShapeKind {
    /// The name of several.
    var plural: String { self == .cross ? "crosses" : rawValue + "s" }
}

extension Item {
    /// The words for the four sizes, from the least.
    static let sizeWords = ["tiny", "small", "medium", "large"]

    var sizeWord: String { Self.sizeWords[min(max(size, 1), 4) - 1] }

    /// Colour and kind: "red circle".
    var words: String { "\(color.rawValue) \(kind.rawValue)" }
}

extension Triangle {
    /// The name of a corner: "left", "right", "top" or "bottom".
    func corner(_ index: Int) -> String { ["left", "right", isTurned ? "bottom" : "top"][index] }

    /// The corners whose angles are written.
    var written: [Int] { angles.indices.filter { $0 != hidden } }

    /// What is left of 180 degrees: nothing that the picture does not show is used.
    var missing: Int { 180 - written.reduce(0) { $0 + angles[$1] } }
}

/// What is counted: shapes of a colour, a kind, or both.
struct Kindred {
    var color: SceneColor?
    var kind: ShapeKind?

    var singular: String { [color?.rawValue, kind?.rawValue ?? "shape"].compactMap { $0 }.joined(separator: " ") }
    var plural: String { [color?.rawValue, kind?.plural ?? "shapes"].compactMap { $0 }.joined(separator: " ") }

    func members(_ items: [Item]) -> [Item] {
        items.filter { (color ?? $0.color) == $0.color && (kind ?? $0.kind) == $0.kind }
    }

    /// "no red circles", "1 red circle", "2 red circles".
    func quantity(_ count: Int) -> String {
        count == 0 ? "no \(plural)" : "\(count) \(count == 1 ? singular : plural)"
    }

    /// "there is 1 red circle".
    func existence(_ count: Int) -> String { "there \(count == 1 ? "is" : "are") \(quantity(count))" }
}

extension [String] {
    /// "a, b and c".
    var listed: String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " and " + last
    }
}

extension [Int] {
    /// "1, 0 and 2".
    var listed: String { map { "\($0)" }.listed }
    /// "1 + 0 + 2".
    var summed: String { map { "\($0)" }.joined(separator: " + ") }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
