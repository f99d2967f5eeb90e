/// What a picture shows, as data: everything that is drawn, and nothing about what is asked.
public enum Scene: Codable, Sendable, Hashable {
    /// Shapes in the cells of a square grid of `side` x `side` cells, whose lines may be drawn.
    case shapes(side: Int, lines: Bool, items: [Item])
    /// Upright bars over an axis from 0 to 10, from left to right.
    case chart(bars: [Bar])
    /// A triangle with two of its angles written at their corners and a question mark at the third.
    case triangle(shape: Triangle)

    /// What decides the split: the same for pictures that differ only in looks that no question asks for.
    package var canonical: String {
        switch self {
        case .shapes(let side, _, let items):
            let texts = items.sorted { ($0.row, $0.column) < ($1.row, $1.column) }.map {
                "\($0.row),\($0.column),\($0.kind.rawValue),\($0.color.rawValue),\($0.size)"
            }
            return "shapes \(side) " + texts.joined(separator: ";")
        case .chart(let bars):
            return "chart " + bars.map { "\($0.color.rawValue),\($0.value)" }.joined(separator: ";")
        case .triangle(let triangle):
            return "triangle " + triangle.angles.map { "\($0)" }.joined(separator: ",") + " \(triangle.hidden)"
        }
    }
}

/// The colours of the microworld, by the names that questions use.
public enum SceneColor: String, Codable, Sendable, CaseIterable, Hashable {
    /// One of six colours that are easily told apart.
    case red, green, blue, yellow, purple, black
}

/// The kinds of shapes.
public enum ShapeKind: String, Codable, Sendable, CaseIterable, Hashable {
    /// One of four outlines that are easily told apart.
    case circle, square, triangle, cross
}

/// A shape in a cell of a grid.
public struct Item: Codable, Sendable, Hashable {
    /// The outline that is drawn.
    public var kind: ShapeKind
    /// The colour that it is filled with.
    public var color: SceneColor
    /// The row from the top, from 0.
    public var row: Int
    /// The column from the left, from 0.
    public var column: Int
    /// How large it is: 1 to 4, in even steps up to nearly the whole cell.
    public var size: Int

    /// A shape.
    /// - Parameters:
    ///   - kind: the outline.
    ///   - color: the filling.
    ///   - row: the row from the top, from 0.
    ///   - column: the column from the left, from 0.
    ///   - size: how large it is, 1 to 4.
    public init(kind: ShapeKind, color: SceneColor, row: Int, column: Int, size: Int = 3) {
        (self.kind, self.color, self.row, self.column, self.size) = (kind, color, row, column, size)
    }
}

/// A bar of a chart.
public struct Bar: Codable, Sendable, Hashable {
    /// The filling, which is also its name: no two bars of a chart share one.
    public var color: SceneColor
    /// The height on the axis, 1 to 10.
    public var value: Int

    /// A bar.
    /// - Parameters:
    ///   - color: the filling.
    ///   - value: the height on the axis, 1 to 10.
    public init(color: SceneColor, value: Int) { (self.color, self.value) = (color, value) }
}

/// A triangle, drawn true to its angles.
public struct Triangle: Codable, Sendable, Hashable {
    /// The angles in degrees at the left, the right and the third corner; they sum to 180.
    public var angles: [Int]
    /// The corner whose angle is not written.
    public var hidden: Int
    /// True if the third corner is at the bottom.
    public var isTurned: Bool
    /// The colour that it is filled with.
    public var color: SceneColor

    /// A triangle.
    /// - Parameters:
    ///   - angles: the angles in degrees at the left, the right and the third corner.
    ///   - hidden: the corner whose angle is not written.
    ///   - isTurned: true if the third corner is at the bottom.
    ///   - color: the filling.
    public init(angles: [Int], hidden: Int, isTurned: Bool, color: SceneColor) {
        (self.angles, self.hidden, self.isTurned, self.color) = (angles, hidden, isTurned, color)
    }
}
