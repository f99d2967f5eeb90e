/// Points with their names, a line through them, and bands that divide the horizontal axis into classes.
public struct Scatter: Figure, Equatable {
    /// A point with its name, such as a model.
    public struct Point: Sendable, Equatable {
        /// What stands beside it.
        public var name: String
        /// What it shares its shape and colour with; nil if groups play no part.
        public var group: String?
        /// Along the horizontal axis.
        public var x: Double
        /// Along the vertical axis.
        public var y: Double

        /// A point.
        /// - Parameters:
        ///   - name: what stands beside it.
        ///   - group: what it shares its shape and colour with.
        ///   - x: along the horizontal axis.
        ///   - y: along the vertical axis.
        public init(_ name: String, group: String? = nil, x: Double, y: Double) {
            self.name = name
            self.group = group
            self.x = x
            self.y = y
        }
    }

    /// A class of values of the horizontal axis.
    public struct Band: Sendable, Equatable {
        /// The band's name, which stands above it.
        public var name: String
        /// Where it begins, nil for no bound.
        public var lower: Double?
        /// Where it ends, nil for no bound.
        public var upper: Double?

        /// A class of values of the horizontal axis.
        /// - Parameters:
        ///   - name: its name.
        ///   - lower: where it begins, nil for no bound.
        ///   - upper: where it ends, nil for no bound.
        public init(_ name: String, from lower: Double? = nil, to upper: Double? = nil) {
            self.name = name
            self.lower = lower
            self.upper = upper
        }
    }

    /// A straight line, `y = intercept + slope x`.
    public struct Line: Sendable, Equatable {
        /// Its name in the legend.
        public var name: String
        /// What y gains when x gains 1.
        public var slope: Double
        /// y where x is 0.
        public var intercept: Double

        /// A straight line.
        /// - Parameters:
        ///   - name: its name in the legend.
        ///   - slope: what y gains when x gains 1.
        ///   - intercept: y where x is 0.
        public init(_ name: String, slope: Double, intercept: Double) {
            self.name = name
            self.slope = slope
            self.intercept = intercept
        }
    }

    /// What is shown, as a heading.
    public var title: String
    /// What a reader must know to read it.
    public var caption: String
    /// What runs from left to right, as a score.
    public var xAxis: Axis
    /// What runs from bottom to top, as an accuracy.
    public var yAxis: Axis
    /// The points, each named once; which is drawn first does not matter.
    public var points: [Point]
    /// Classes of the horizontal axis, from left to right.
    public var bands: [Band]
    /// A line through the points, nil for none.
    public var line: Line?

    /// Points with a line through them.
    /// - Parameters:
    ///   - title: what is shown, as a heading.
    ///   - caption: what a reader must know to read it.
    ///   - xAxis: the horizontal axis.
    ///   - yAxis: the vertical axis.
    ///   - points: the points.
    ///   - bands: classes of the horizontal axis, from left to right.
    ///   - line: a line through the points.
    public init(
        title: String, caption: String = "", xAxis: Axis, yAxis: Axis, points: [Point], bands: [Band] = [],
        line: Line? = nil
    ) {
        self.title = title
        self.caption = caption
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.points = points
        self.bands = bands
        self.line = line
    }

    /// One line per point: name, group if there are groups, x, y.
    public func csv() -> String {
        let hasGroups = points.contains { $0.group != nil }
        let header = ["name"] + (hasGroups ? ["group"] : []) + [xAxis.heading, yAxis.heading]
        return points.reduce(into: Escaping.csvLine(header)) { text, point in
            text += Escaping.csvLine(
                [point.name] + (hasGroups ? [point.group ?? ""] : [])
                    + [NumberText.exact(point.x), NumberText.exact(point.y)])
        }
    }

    /// Groups in the order of their first points.
    var groups: [String] {
        points.compactMap(\.group).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

extension Scatter: Drawing {
    var summary: String {
        let list = points.map { "\($0.name) (\(NumberText.short($0.x)), \(NumberText.short($0.y)))" }
        return "\(yAxis.heading) against \(xAxis.heading) for \(points.count) points: \(list.joined(separator: "; "))."
    }

    func draw(on canvas: inout Canvas) {
        let top = 10 + legend.draw(on: &canvas, x: 12, y: 0, width: canvas.width - 24)
        let inner = bands.flatMap { [$0.lower, $0.upper] }.compactMap { $0 }
        let frame = ChartFrame(
            in: canvas, top: top + (bands.isEmpty ? 0 : 18), height: canvas.size == .wide ? 380 : 280, xAxis: xAxis,
            xValues: points.map(\.x) + inner + (bands.first?.lower == nil && !bands.isEmpty ? lowest(inner) : []),
            yAxis: yAxis, yValues: points.map(\.y), xEnds: .data(beyond: 0.06), yEnds: .data(beyond: 0.08))
        drawBands(in: frame, on: &canvas)
        frame.draw(on: &canvas)
        let fit = fitted(in: frame)
        if fit.count > 1 { canvas.path(pathData(fit), "class=\"fit\"") }
        canvas.height = frame.bottom + ChartFrame.footHeight
        drawPoints(beside: fit, in: frame, on: &canvas)
    }

    /// A linear axis whose first class is open begins at 0, so that the class can be seen.
    private func lowest(_ bounds: [Double]) -> [Double] {
        let all = points.map(\.x) + bounds
        return (all.min() ?? 0) > 0 && !xAxis.isLogarithmic(for: all) ? [0] : []
    }

    private var legend: Legend {
        let groups = groups
        let shapes = groups.indices.map { index in
            Legend.Entry(name: groups[index]) { canvas, x, y in Marker.draw(index, on: &canvas, x: x, y: y) }
        }
        let lines = [line].compactMap { $0 }.map { line in
            Legend.Entry(name: line.name) { canvas, x, y in canvas.line(x - 13, y, x + 13, y, "class=\"fit\"") }
        }
        return Legend(entries: shapes + lines)
    }

    private func drawBands(in frame: ChartFrame, on canvas: inout Canvas) {
        for (index, band) in bands.enumerated() {
            let left = band.lower.map(frame.x.clamped) ?? frame.left
            let right = band.upper.map(frame.x.clamped) ?? frame.right
            guard right > left else { continue }
            canvas.rectangle(
                left, frame.top, right - left, frame.bottom - frame.top, "class=\"band b\(index % Style.bandCount)\"")
            let name = TextWidth.fitting(band.name, within: max(0, right - left - 4), size: 11)
            guard name != "…" else { continue }
            canvas.text(name, (left + right) / 2, frame.top - 6, "class=\"tick\" text-anchor=\"middle\"")
        }
    }

    /// The line within the frame at many places, since a logarithmic axis bends it.
    private func fitted(in frame: ChartFrame) -> [(x: Double, y: Double)] {
        guard let line else { return [] }
        return (0...200).compactMap { step in
            let value = frame.x.value(at: Double(step) / 200)
            guard let x = frame.x(value), let y = frame.y(line.intercept + line.slope * value) else { return nil }
            return (frame.top...frame.bottom).contains(y) ? (x, y) : nil
        }
    }

    private func drawPoints(
        beside fit: [(x: Double, y: Double)], in frame: ChartFrame, on canvas: inout Canvas
    ) {
        let groups = groups
        let placed = points.compactMap { point -> LabelLayout.Item? in
            guard let x = frame.x(point.x), let y = frame.y(point.y) else { return nil }
            let room = canvas.size == .wide ? 220.0 : 120
            return LabelLayout.Item(
                text: TextWidth.fitting(point.name, within: room, size: 11), x: x, y: y,
                group: point.group.flatMap(groups.firstIndex) ?? 0,
                tip: "\(point.name): \(xAxis.label) \(NumberText.short(point.x)), "
                    + "\(yAxis.label) \(NumberText.short(point.y))")
        }
        let layout = LabelLayout(placed, beside: fit, in: frame)
        for label in layout.labels where label.needsLeader {
            canvas.line(label.item.x, label.item.y, label.anchorX, label.anchorY, "class=\"leader\"")
        }
        for item in placed { Marker.draw(item.group, on: &canvas, x: item.x, y: item.y, radius: 5, tip: item.tip) }
        for label in layout.labels {
            canvas.text(label.item.text, label.box.x, label.box.y + 10, "class=\"tick name\"")
        }
        if layout.labels.count < placed.count {
            let count = placed.count - layout.labels.count
            let note = count == 1 ? "1 name left out for want of room" : "\(count) names left out for want of room"
            canvas.text(note, frame.right, canvas.height + 8, "class=\"tick\" text-anchor=\"end\"")
            canvas.height += 16
        }
    }
}
