/// Names with samples, in as many rows as they need.
struct Legend {
    /// A name and what it stands for.
    struct Entry {
        let name: String
        /// Draws the sample about a place; 26 pixels wide, 12 high.
        let sample: (inout Canvas, _ x: Double, _ y: Double) -> Void
    }

    let entries: [Entry]
    private static let sampleWidth = 26.0
    private static let rowHeight = 20.0

    /// Draws the names from a place rightwards and returns the height they took.
    func draw(on canvas: inout Canvas, x left: Double, y top: Double, width: Double) -> Double {
        guard !entries.isEmpty else { return 0 }
        var (x, row) = (left, 0.0)
        for entry in entries {
            let name = TextWidth.fitting(entry.name, within: width - Self.sampleWidth - 8)
            let room = Self.sampleWidth + 6 + TextWidth.of(name) + 14
            if x > left, x + room - 14 > left + width {
                x = left
                row += 1
            }
            let middle = top + row * Self.rowHeight + Self.rowHeight / 2
            entry.sample(&canvas, x + Self.sampleWidth / 2, middle)
            canvas.text(name, x + Self.sampleWidth + 6, middle + 4)
            x += room
        }
        return (row + 1) * Self.rowHeight + 6
    }
}

/// Shapes of points, which tell groups apart without colour.
enum Marker {
    static let count = 6

    /// Draws the shape of a group about a place.
    static func draw(
        _ group: Int, on canvas: inout Canvas, x: Double, y: Double, radius r: Double = 4, tip: String? = nil
    ) {
        let style = "class=\"mark s\(group % Style.seriesCount)\""
        func c(_ value: Double) -> String { NumberText.coordinate(value) }
        switch group % count {
        case 0: canvas.element("circle", "cx=\"\(c(x))\" cy=\"\(c(y))\" r=\"\(c(r))\" \(style)", tip: tip)
        case 1: canvas.rectangle(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8, style, tip: tip)
        case 2:
            let corners = [(x, y - r * 1.25), (x + r * 1.15, y + r * 0.8), (x - r * 1.15, y + r * 0.8)]
            canvas.path(pathData(corners, isClosed: true), style, tip: tip)
        case 3:
            let corners = [(x, y - r * 1.3), (x + r * 1.3, y), (x, y + r * 1.3), (x - r * 1.3, y)]
            canvas.path(pathData(corners, isClosed: true), style, tip: tip)
        case 4:
            let corners = [(x, y + r * 1.25), (x + r * 1.15, y - r * 0.8), (x - r * 1.15, y - r * 0.8)]
            canvas.path(pathData(corners, isClosed: true), style, tip: tip)
        default:
            let (a, b) = (r * 0.4, r * 1.15)
            let corners = [
                (x - a, y - b), (x + a, y - b), (x + a, y - a), (x + b, y - a), (x + b, y + a), (x + a, y + a),
                (x + a, y + b), (x - a, y + b), (x - a, y + a), (x - b, y + a), (x - b, y - a), (x - a, y - a),
            ]
            canvas.path(pathData(corners, isClosed: true), style, tip: tip)
        }
    }
}
