/// Curves: a score along the tokens of an answer, or over the settings of a sweep.
public struct LineChart: Figure, Equatable {
    /// A point of a curve.
    public struct Point: Sendable, Equatable {
        /// Along the horizontal axis.
        public var x: Double
        /// Along the vertical axis; nil where undefined, which leaves a gap.
        public var y: Double?
        /// The ends of an interval about `y`, nil for none.
        public var interval: ClosedRange<Double>?

        /// A point of a curve.
        /// - Parameters:
        ///   - x: along the horizontal axis.
        ///   - y: along the vertical axis, nil where undefined.
        ///   - interval: the ends of an interval about `y`.
        public init(_ x: Double, _ y: Double?, interval: ClosedRange<Double>? = nil) {
            self.x = x
            self.y = y
            self.interval = interval
        }
    }

    /// A curve.
    public struct Series: Sendable, Equatable {
        /// Its name in the legend.
        public var name: String
        /// Its points from left to right.
        public var points: [Point]

        /// A curve.
        /// - Parameters:
        ///   - name: its name in the legend.
        ///   - points: its points from left to right.
        public init(_ name: String, points: [Point]) {
            self.name = name
            self.points = points
        }

        /// A curve over 0, 1, 2 and so on.
        /// - Parameters:
        ///   - name: its name in the legend.
        ///   - values: one per place, nil where undefined.
        public init(_ name: String, values: [Double?]) {
            self.init(name, points: values.enumerated().map { Point(Double($0), $1) })
        }
    }

    /// What is shown, as a heading.
    public var title: String
    /// What a reader must know to read it.
    public var caption: String
    /// The horizontal axis.
    public var xAxis: Axis
    /// The vertical axis.
    public var yAxis: Axis
    /// The curves.
    public var series: [Series]

    /// Curves.
    /// - Parameters:
    ///   - title: what is shown, as a heading.
    ///   - caption: what a reader must know to read it.
    ///   - xAxis: the horizontal axis.
    ///   - yAxis: the vertical axis.
    ///   - series: the curves.
    public init(title: String, caption: String = "", xAxis: Axis, yAxis: Axis, series: [Series]) {
        self.title = title
        self.caption = caption
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.series = series
    }

    private var hasIntervals: Bool { series.contains { $0.points.contains { $0.interval != nil } } }

    /// One line per point: series, x, y, and the ends of the interval if any point has one.
    public func csv() -> String {
        var text = Escaping.csvLine(
            ["series", xAxis.heading, yAxis.heading] + (hasIntervals ? ["lower", "upper"] : []))
        for series in series {
            for point in series.points {
                let ends = [point.interval?.lowerBound, point.interval?.upperBound]
                let numbers = [point.x, point.y] + (hasIntervals ? ends : [])
                text += Escaping.csvLine([series.name] + numbers.map { $0.map(NumberText.exact) ?? "" })
            }
        }
        return text
    }
}

extension LineChart: Drawing {
    var summary: String {
        let parts = series.map { series in
            let values = series.points.compactMap(\.y).filter(\.isFinite)
            guard let low = values.min(), let high = values.max() else { return "\(series.name): nothing defined" }
            return "\(series.name): \(values.count) points from \(NumberText.short(low)) to \(NumberText.short(high))"
        }
        return "\(yAxis.heading) against \(xAxis.heading). \(parts.joined(separator: "; "))."
    }

    func draw(on canvas: inout Canvas) {
        let legend = Legend(
            entries: series.indices.map { index in
                Legend.Entry(name: series[index].name) { canvas, x, y in
                    canvas.line(x - 13, y, x + 13, y, Self.stroke(index))
                    Marker.draw(index, on: &canvas, x: x, y: y)
                }
            })
        let top = 10 + (series.count > 1 ? legend.draw(on: &canvas, x: 12, y: 0, width: canvas.width - 24) : 0)
        let points = series.flatMap(\.points)
        let ends = points.flatMap { [$0.y, $0.interval?.lowerBound, $0.interval?.upperBound] }.compactMap { $0 }
        let frame = ChartFrame(
            in: canvas, top: top, height: canvas.size == .wide ? 300 : 230, xAxis: xAxis, xValues: points.map(\.x),
            yAxis: yAxis, yValues: ends, xEnds: .data(beyond: points.count > 24 ? 0 : 0.04))
        frame.draw(on: &canvas)
        for index in series.indices { draw(index, in: frame, on: &canvas) }
        canvas.height = frame.bottom + ChartFrame.footHeight
        drawNote(in: frame, on: &canvas)
    }

    /// Dashes differ from curve to curve, and again when the colours come round.
    private static func stroke(_ index: Int) -> String {
        let dashes = ["", "7 4", "2 3", "9 3 2 3", "14 4", "4 2"]
        let dash = dashes[(index + index / Style.seriesCount) % dashes.count]
        return "class=\"curve c\(index % Style.seriesCount)\"" + (dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\"")
    }

    private func draw(_ index: Int, in frame: ChartFrame, on canvas: inout Canvas) {
        var runs: [[(x: Double, y: Double)]] = [[]]
        var marks: [(point: Point, x: Double, y: Double)] = []
        for point in series[index].points {
            if let value = point.y, let x = frame.x(point.x), let y = frame.y(value) {
                runs[runs.count - 1].append((x, y))
                marks.append((point, x, y))
            } else {
                runs.append([])
            }
        }
        for mark in marks { drawInterval(mark.point, at: mark.x, index, in: frame, on: &canvas) }
        for run in runs where run.count > 1 { canvas.path(pathData(run), Self.stroke(index)) }
        // Many points stand too close for shapes: some get one, so that the curve can be told, all of them a tip.
        let every = max(1, marks.count * series.count / (canvas.size == .wide ? 80 : 40))
        let alone = Set(runs.filter { $0.count == 1 }.map { $0[0].x })
        for (place, mark) in marks.enumerated() {
            let tip =
                "\(series[index].name), \(xAxis.label) \(NumberText.short(mark.point.x)): "
                + NumberText.short(mark.point.y ?? .nan)
            if place % every == index % every || alone.contains(mark.x) {
                Marker.draw(index, on: &canvas, x: mark.x, y: mark.y, tip: tip)
            } else if canvas.hasTips {
                let (x, y) = (NumberText.coordinate(mark.x), NumberText.coordinate(mark.y))
                canvas.element("circle", "cx=\"\(x)\" cy=\"\(y)\" r=\"4\" class=\"tip\"", tip: tip)
            }
        }
    }

    private func drawInterval(
        _ point: Point, at x: Double, _ index: Int, in frame: ChartFrame, on canvas: inout Canvas
    ) {
        guard let interval = point.interval else { return }
        let (low, high) = (frame.y.clamped(interval.lowerBound), frame.y.clamped(interval.upperBound))
        let ends = "M\(NumberText.coordinate(x - 4)) \(NumberText.coordinate(high))h8m-4 0"
        canvas.path(
            "\(ends)V\(NumberText.coordinate(low))m-4 0h8", "class=\"interval c\(index % Style.seriesCount)\"")
    }

    /// Says how many points could not be drawn.
    private func drawNote(in frame: ChartFrame, on canvas: inout Canvas) {
        let missing = series.flatMap(\.points).count { point in
            point.y.flatMap { frame.y($0) } == nil || frame.x(point.x) == nil
        }
        guard missing > 0 else { return }
        let reason = frame.y.isLogarithmic ? "undefined or not positive" : "undefined"
        let note = missing == 1 ? "1 point is \(reason), not drawn" : "\(missing) points are \(reason), not drawn"
        canvas.text(note, frame.right, canvas.height + 8, "class=\"tick\" text-anchor=\"end\"")
        canvas.height += 16
    }
}
