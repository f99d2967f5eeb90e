/// Places for names beside points, so that they lie neither on each other nor on points where that can be had.
struct LabelLayout {
    /// A point and its name.
    struct Item {
        let text: String
        let x: Double
        let y: Double
        let group: Int
        let tip: String
    }

    /// A rectangle.
    struct Box {
        var x: Double
        var y: Double
        var width: Double
        var height: Double

        /// The area two rectangles share.
        func overlap(_ other: Box) -> Double {
            let across = min(x + width, other.x + other.width) - max(x, other.x)
            let down = min(y + height, other.y + other.height) - max(y, other.y)
            return max(0, across) * max(0, down)
        }
    }

    /// A name in its place.
    struct Label {
        let item: Item
        let box: Box
        /// Whether it stands so far off that a line must lead to it.
        let needsLeader: Bool
        /// Where that line ends.
        let anchorX: Double
        let anchorY: Double
    }

    /// The names that have a place.
    let labels: [Label]

    private static let lineHeight = 13.0

    /// Places the names one by one, those with the most neighbours first.
    /// - Parameters:
    ///   - items: the points.
    ///   - line: places of a line that had better stay clear.
    ///   - frame: what no name may leave.
    init(_ items: [Item], beside line: [(x: Double, y: Double)], in frame: ChartFrame) {
        let strokes = line.map { Box(x: $0.x - 2, y: $0.y - 2, width: 4, height: 4) }
        let points = items.map { Box(x: $0.x - 6, y: $0.y - 6, width: 12, height: 12) }
        let order = items.indices.sorted { a, b in
            let (first, second) = (Self.neighbours(of: a, items), Self.neighbours(of: b, items))
            return first != second ? first > second : a < b
        }
        var taken: [Int: Label] = [:]
        for index in order {
            var best: (label: Label, cost: Double)?
            for candidate in Self.candidates(items[index]) {
                let box = candidate.box
                guard box.x > frame.left, box.x + box.width <= frame.right, box.y >= frame.top,
                    box.y + box.height <= frame.bottom
                else { continue }
                let covered =
                    taken.values.reduce(0) { $0 + $1.box.overlap(box) }
                    + points.indices.reduce(0) { $0 + points[$1].overlap(box) }
                let crossed = strokes.reduce(0) { $0 + $1.overlap(box) }
                let cost = covered * 10 + crossed * 0.6 + candidate.cost
                if cost < best?.cost ?? .infinity { best = (candidate.label(items[index]), cost) }
            }
            // A name that could only stand on others says less than none: its point still has a tip.
            if let best, best.cost < 300 { taken[index] = best.label }
        }
        labels = items.indices.compactMap { taken[$0] }
    }

    private static func neighbours(of index: Int, _ items: [Item]) -> Int {
        items.count { abs($0.x - items[index].x) < 80 && abs($0.y - items[index].y) < 26 }
    }

    private struct Candidate {
        let box: Box
        let cost: Double
        let isFar: Bool

        func label(_ item: Item) -> Label {
            let anchorX = min(max(item.x, box.x), box.x + box.width)
            let anchorY = box.y > item.y ? box.y + 1 : min(item.y, box.y + box.height - 1)
            return Label(item: item, box: box, needsLeader: isFar, anchorX: anchorX, anchorY: anchorY)
        }
    }

    /// Right, left, above, below, the corners, and the same further off.
    private static func candidates(_ item: Item) -> [Candidate] {
        let width = TextWidth.of(item.text, size: 11)
        let height = lineHeight
        return [0.0, 12, 24, 40, 58].enumerated().flatMap { ring, distance in
            let gap = 8 + distance
            let places: [(Double, Double)] = [
                (item.x + gap, item.y - height / 2), (item.x - gap - width, item.y - height / 2),
                (item.x - width / 2, item.y - gap - height), (item.x - width / 2, item.y + gap),
                (item.x + gap * 0.7, item.y - gap * 0.7 - height), (item.x + gap * 0.7, item.y + gap * 0.7),
                (item.x - gap * 0.7 - width, item.y - gap * 0.7 - height),
                (item.x - gap * 0.7 - width, item.y + gap * 0.7),
            ]
            return places.enumerated().map { index, place in
                Candidate(
                    box: Box(x: place.0, y: place.1, width: width, height: height),
                    cost: Double(ring) * 30 + Double(index) * 2, isFar: ring > 0)
            }
        }
    }
}
