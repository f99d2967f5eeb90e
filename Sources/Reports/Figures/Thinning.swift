/// A point of a curve and its place on a drawing.
struct PlacedPoint {
    let point: LineChart.Point
    /// Where it is, nil if it has no place there.
    let x: Double?
    let y: Double?

    init(_ point: LineChart.Point, in frame: ChartFrame) {
        self.point = point
        x = frame.x(point.x)
        y = x == nil ? nil : point.y.flatMap { frame.y($0) }
    }
}

/// Fewer points that draw the same curve.
///
/// The drawing is divided into columns about as wide as the pen. Of each the first, the last, the lowest and the highest point are
/// kept, and a gap if there is one, so that no peak is lost, however short.
enum Thinning {
    /// A curve of more points than this is drawn by some of them.
    static let limit = 2000
    /// More points than this stand so close that they cannot be pointed at one by one.
    static let tipLimit = 480

    /// The points of a curve that are drawn, in their order.
    static func drawn(_ points: [PlacedPoint], on size: Canvas.Size) -> [PlacedPoint] {
        guard points.count > limit else { return points }
        return kept(points, columns: limit / (size == .wide ? 5 : 10)).map { points[$0] }
    }

    /// The places of the points that have a tip.
    static func tipped(_ points: [PlacedPoint]) -> [Int] {
        points.count > tipLimit ? kept(points, columns: tipLimit / 4) : Array(points.indices)
    }

    private static func kept(_ points: [PlacedPoint], columns: Int) -> [Int] {
        let places = points.compactMap(\.x)
        guard let left = places.min(), let right = places.max(), right > left else { return Array(points.indices) }
        var kept: [Int] = []
        var start = 0
        var column = 0
        func close(before end: Int) {
            let own = start..<end
            let defined = own.filter { points[$0].y != nil }
            func height(_ index: Int) -> Double { points[index].y ?? 0 }
            let chosen = [
                defined.first, defined.last, defined.min { height($0) < height($1) },
                defined.max { height($0) < height($1) }, own.first { points[$0].y == nil },
            ]
            kept += Set(chosen.compactMap { $0 }).sorted()
            start = end
        }
        for (index, point) in points.enumerated() {
            // What has no place stays with the point before it.
            guard let x = point.x else { continue }
            let next = min(columns - 1, Int((x - left) / (right - left) * Double(columns)))
            if next != column {
                close(before: index)
                column = next
            }
        }
        close(before: points.count)
        return kept
    }
}
