extension Scene {
    /// A scan of the whole, the elements in an order by chance, how they relate, and a summary.
    func description(_ wording: inout Wording) -> String {
        let parts =
            switch self {
            case .shapes(let side, _, let items): Self.shapes(Grid(side: side), items, &wording)
            case .chart(let bars): Self.chart(bars, &wording)
            case .triangle(let triangle): Self.triangle(triangle, &wording)
            }
        return parts.map(\.capitalizedFirst).joined(separator: " ")
    }

    // MARK: Shapes

    private static func shapes(_ grid: Grid, _ items: [Item], _ wording: inout Wording) -> [String] {
        let (n, side) = (items.count, grid.side)
        var parts = [
            wording.one(
                "The picture shows \(n) shapes in a grid of \(side) by \(side) cells.",
                "I see \(n) shapes in \(side) rows and \(side) columns.",
                "There are \(n) shapes in this picture, in a grid of \(side) by \(side).",
                "The whole picture is a grid of \(side) by \(side) with \(n) shapes in it.",
                "In \(side) rows of \(side) cells there are \(n) shapes.")
        ]
        let sizes = Set(items.map(\.size))
        if sizes.count == 1, let word = items.first?.sizeWord {
            parts.append(
                wording.one(
                    "All are \(word).", "All shapes are \(word).", "Each shape is \(word).", "Every one is \(word).",
                    "They are all \(word)."))
        }
        parts += elements(grid, items, isSized: sizes.count > 1, &wording)
        parts += sizes.count > 1 ? order(items, &wording) : links(grid, items, &wording)
        return parts + [summary(items, &wording)]
    }

    /// Every shape with its place.
    private static func elements(_ grid: Grid, _ items: [Item], isSized: Bool, _ wording: inout Wording) -> [String] {
        func look(_ item: Item) -> String { isSized ? "\(item.sizeWord) \(item.words)" : item.words }
        if grid.side > 3 {
            // Four words for each shape where there are many.
            let isLong = items.count < 11
            let way = wording.pick(isLong ? [0, 1, 2] : [2, 3])
            return (0..<grid.side).map { index in
                let row = items.filter { $0.row == index }
                if row.isEmpty { return wording.one("Row \(index + 1) is empty.", "Row \(index + 1) has no shape.") }
                let said = row.map { item in
                    switch way {
                    case 0: "a \(look(item)) in column \(item.column + 1)"
                    case 1: "in column \(item.column + 1) a \(look(item))"
                    case 2: "column \(item.column + 1) \(look(item))"
                    default: "\(look(item)) in \(item.column + 1)"
                    }
                }
                return "Row \(index + 1)\(way == 0 ? " has" : way == 3 ? ", by columns:" : ":") \(said.listed)."
            }
        }
        let ordered: [Item]
        switch wording.pick([0, 1, 2]) {
        case 0: ordered = items
        case 1: ordered = items.sorted { ($0.column, $0.row) < ($1.column, $1.row) }
        default: ordered = wording.order(items)
        }
        if items.count > 5 {
            let isBare = wording.chance(0.5)
            return ordered.map { "\(grid.name($0)): \(isBare ? "" : "a ")\(look($0))." }
        }
        return ordered.map { item in
            wording.one(
                "A \(look(item)) is in \(grid.spot(item)).", "In \(grid.spot(item)) is a \(look(item)).",
                "There is a \(look(item)) in \(grid.spot(item)).", "\(grid.spot(item)) holds a \(look(item)).",
                "In \(grid.spot(item)) I see a \(look(item)).")
        }
    }

    /// How two shapes lie to each other.
    private static func links(_ grid: Grid, _ items: [Item], _ wording: inout Wording) -> [String] {
        let unique = items.filter { item in items.count { $0.words == item.words } == 1 }
        let pairs = unique.flatMap { first in
            unique.filter { $0 != first && ($0.row == first.row || $0.column == first.column) }.map { (first, $0) }
        }
        guard grid.side < 4, !pairs.isEmpty else {
            let counts = grid.countsByRow(items).listed
            return [
                wording.one(
                    "The rows have \(counts) shapes.", "Row by row there are \(counts) shapes.",
                    "From the top the rows hold \(counts) shapes.", "By rows that is \(counts).")
            ]
        }
        let (a, b) = wording.pick(pairs)
        let relation =
            a.row == b.row
            ? (a.column < b.column ? "left of" : "right of") : a.row < b.row ? "above" : "below"
        return [
            wording.one(
                "The \(a.words) is \(relation) the \(b.words).", "I see the \(a.words) \(relation) the \(b.words).",
                "\(relation) the \(b.words) is the \(a.words).",
                a.row == b.row
                    ? "The \(a.words) and the \(b.words) are in the same row."
                    : "The \(a.words) and the \(b.words) are in the same column.")
        ]
    }

    /// The sizes in their order.
    private static func order(_ items: [Item], _ wording: inout Wording) -> [String] {
        let sorted = items.sorted { $0.size < $1.size }
        guard let least = sorted.first, let most = sorted.last else { return [] }
        var parts = [
            wording.one(
                "The \(most.words) is larger than the \(least.words).",
                "The \(least.words) is smaller than the \(most.words).",
                "Compared with the \(most.words), the \(least.words) is smaller.",
                "The \(most.words) fills more of its cell than the \(least.words).")
        ]
        let top = items.filter { $0.size == most.size }
        if top.count == 1 {
            parts.append(
                wording.one(
                    "No other is as large as the \(most.color.rawValue) one.",
                    "The \(most.color.rawValue) one is the largest.", "The largest is \(most.color.rawValue)."))
        }
        return parts
    }

    /// How many there are of each colour, or of each kind.
    private static func summary(_ items: [Item], _ wording: inout Wording) -> String {
        let colors = SceneColor.allCases.compactMap { color in
            let count = items.count { $0.color == color }
            return count == 0 ? nil : "\(count) \(color.rawValue)"
        }
        let kinds = ShapeKind.allCases.compactMap { kind in
            let count = items.count { $0.kind == kind }
            return count == 0 ? nil : Kindred(kind: kind).quantity(count)
        }
        let said = wording.order(wording.chance(0.5) ? colors : kinds).listed
        return wording.one(
            "In all: \(said).", "So I count \(said).", "Together: \(said).", "In short, the picture has \(said).",
            "That makes \(said).")
    }

    // MARK: Bars and triangles

    private static func chart(_ bars: [Bar], _ wording: inout Wording) -> [String] {
        let n = bars.count
        let colors = bars.map(\.color.rawValue).listed
        var parts = [
            wording.one(
                "The picture is a bar chart with \(n) bars over an axis from 0 to 10.",
                "I see a chart of \(n) bars, and the axis goes from 0 to 10.",
                "There are \(n) bars in this chart with lines from 0 to 10.",
                "The whole picture is a chart: \(n) bars and an axis up to 10."),
            wording.one(
                "From left to right they are \(colors).", "The colors from the left are \(colors).",
                "In order from the left: \(colors).", "Their order from the left is \(colors)."),
        ]
        for bar in wording.chance(0.5) ? bars : wording.order(bars) {
            let (name, value) = (bar.color.rawValue, bar.value)
            parts.append(
                wording.one(
                    "The \(name) bar ends at \(value).", "The top of the \(name) bar is at \(value).",
                    "The \(name) bar goes up to \(value).", "The \(name) bar has the value \(value).",
                    "At \(value) the \(name) bar ends."))
        }
        let pair = wording.order(bars).prefix(2).sorted { $0.value > $1.value }
        let (a, b) = (pair[0].color.rawValue, pair[1].color.rawValue)
        let gap = pair[0].value - pair[1].value
        parts.append(
            gap == 0
                ? wording.one(
                    "The \(a) bar is as high as the \(b) bar.", "The \(a) and the \(b) bar are equally high.",
                    "The \(a) bar and the \(b) bar end at the same line.")
                : wording.one(
                    "The \(a) bar is higher than the \(b) bar by \(gap).",
                    "The \(b) bar ends \(gap) below the \(a) bar.",
                    "Between the \(b) bar and the \(a) bar there is a step of \(gap).",
                    "The \(a) bar is taller than the \(b) bar."))
        let top = bars.filter { $0.value == bars.map(\.value).max() }.map(\.color.rawValue)
        parts.append(
            top.count == 1
                ? wording.one(
                    "The tallest bar is \(top[0]).", "So the \(top[0]) bar is the tallest.",
                    "In short, \(top[0]) is the tallest.", "No bar is as tall as the \(top[0]) one.")
                : wording.one(
                    "The tallest bars are \(top.listed).", "So \(top.listed) are the tallest.",
                    "In short, \(top.listed) are the tallest."))
        return parts
    }

    private static func triangle(_ triangle: Triangle, _ wording: inout Wording) -> [String] {
        let color = triangle.color.rawValue
        let (third, base) = (triangle.corner(2), triangle.isTurned ? "top" : "bottom")
        var elements = triangle.written.map { index in
            let (corner, angle) = (triangle.corner(index), triangle.angles[index])
            return wording.one(
                "The angle at the \(corner) corner is \(angle) degrees.",
                "At the \(corner) corner I see \(angle) degrees.",
                "The number at the \(corner) corner is \(angle).", "The \(corner) corner is marked with \(angle).",
                "\(angle) is written at the \(corner) corner.")
        }
        let hidden = triangle.corner(triangle.hidden)
        elements.append(
            wording.one(
                "At the \(hidden) corner there is a question mark.", "The \(hidden) corner has a question mark.",
                "A question mark is at the \(hidden) corner.",
                "The angle at the \(hidden) corner is not given, only a question mark."))
        let (a, b) = (triangle.angles[triangle.written[0]], triangle.angles[triangle.written[1]])
        let corners = triangle.written.map { triangle.corner($0) }
        return [
            wording.one(
                "The picture shows a \(color) triangle.", "I see one \(color) triangle.",
                "There is a \(color) triangle here.",
                "The whole picture is a \(color) triangle with three corners."),
            wording.one(
                "One side is flat at the \(base), and one corner is at the \(third).",
                "It has a corner at the left, one at the right and one at the \(third).",
                "Its third corner points to the \(third).", "The flat side is at the \(base)."),
        ] + wording.order(elements) + [
            a == b
                ? wording.one(
                    "The two written angles are equal.", "Both written angles are \(a).",
                    "The \(corners.listed) corners have the same angle.")
                : wording.one(
                    "The angle of \(max(a, b)) is larger than the one of \(min(a, b)).",
                    "Of the two numbers, \(max(a, b)) is larger.",
                    "The \(corners[a > b ? 0 : 1]) corner is wider than the \(corners[a > b ? 1 : 0]) corner."),
            wording.one(
                "So two angles are given and one is missing.", "In short: \(a), \(b) and one open angle.",
                "Together the two angles make \(a + b).", "So only the angle at the \(hidden) corner is open."),
        ]
    }
}
