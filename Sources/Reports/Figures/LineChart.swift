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

    /// A point of a curve that a reader looks for.
    public enum Mark: String, Sendable, Equatable, CaseIterable {
        /// The first of the smallest values.
        case lowest
        /// The first of the largest values.
        case highest
        /// The last value there is.
        case last
    }

    /// A curve with its name; points without a value break it.
    public struct Series: Sendable, Equatable {
        /// Its name in the legend.
        public var name: String
        /// Its points from left to right.
        public var points: [Point]
        /// Points that are ringed, and whose values stand in the legend.
        public var marks: [Mark]

        /// A curve.
        /// - Parameters:
        ///   - name: its name in the legend.
        ///   - points: its points from left to right.
        ///   - marks: points that are ringed, and whose values stand in the legend.
        public init(_ name: String, points: [Point], marks: [Mark] = []) {
            self.name = name
            self.points = points
            self.marks = marks
        }

        /// A curve over the steps of a training.
        /// - Parameters:
        ///   - name: its name in the legend.
        ///   - steps: steps made, rising, and what was measured then, nil where undefined.
        ///   - marks: points that are ringed, and whose values stand in the legend.
        public init(_ name: String, steps: [(step: Int, value: Double?)], marks: [Mark] = []) {
            self.init(name, points: steps.map { Point(Double($0.step), $0.value) }, marks: marks)
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
    /// What runs from left to right: a step, a token, a coefficient.
    public var xAxis: Axis
    /// What runs from bottom to top, the same for all curves.
    public var yAxis: Axis
    /// The curves, in the order of the legend.
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
