/// The rectangle of a chart with its two axes.
struct ChartFrame {
    let left: Double
    let top: Double
    let right: Double
    let bottom: Double
    let x: Scale
    let y: Scale
    private let xAxis: Axis
    private let yAxis: Axis

    /// Pixels below the frame for the marks and the heading of the horizontal axis.
    static let footHeight = 46.0

    /// A frame in the full width of a canvas.
    /// - Parameters:
    ///   - canvas: what it is drawn on.
    ///   - top: where it begins.
    ///   - height: of the frame without marks and headings.
    ///   - xAxis: the horizontal axis.
    ///   - xValues: all that must have a place on it.
    ///   - yAxis: the vertical axis.
    ///   - yValues: all that must have a place on it.
    ///   - xEnds: where the horizontal axis begins and ends.
    ///   - yEnds: where the vertical axis begins and ends.
    init(
        in canvas: Canvas, top: Double, height: Double, xAxis: Axis, xValues: [Double], yAxis: Axis, yValues: [Double],
        xEnds: Scale.Ends, yEnds: Scale.Ends = .marked
    ) {
        self.top = top
        bottom = top + height
        self.xAxis = xAxis
        self.yAxis = yAxis
        y = Scale(yAxis, values: yValues, from: bottom, to: top, spacing: 44, ends: yEnds)
        let marks = y.ticks.map { TextWidth.of($0.label, size: 11) }.max() ?? 0
        left = 24 + marks + 8
        right = canvas.width - 18
        x = Scale(xAxis, values: xValues, from: left, to: right, spacing: canvas.size == .wide ? 72 : 52, ends: xEnds)
    }

    /// Draws the grid, the marks and the headings.
    func draw(on canvas: inout Canvas) {
        drawHorizontalLines(on: &canvas)
        drawVerticalLines(on: &canvas)
        canvas.line(left, bottom, right, bottom, "class=\"axis\"")
        canvas.line(left, top, left, bottom, "class=\"axis\"")
        let xHeading = TextWidth.fitting(xAxis.heading, within: right - left)
        canvas.text(xHeading, (left + right) / 2, bottom + 38, "text-anchor=\"middle\"")
        let yHeading = TextWidth.fitting(yAxis.heading, within: bottom - top + 20)
        canvas.upwards(yHeading, 14, (top + bottom) / 2, "text-anchor=\"middle\"")
    }

    private func drawHorizontalLines(on canvas: inout Canvas) {
        for tick in y.ticks {
            guard let place = y(tick.value), (top - 0.5...bottom + 0.5).contains(place) else { continue }
            canvas.line(left, place, right, place, "class=\"grid\"")
            canvas.text(tick.label, left - 6, place + 4, "class=\"tick\" text-anchor=\"end\"")
        }
    }

    private func drawVerticalLines(on canvas: inout Canvas) {
        var taken = -Double.infinity
        for tick in x.ticks {
            guard let place = x(tick.value), (left - 0.5...right + 0.5).contains(place) else { continue }
            let half = TextWidth.of(tick.label, size: 11) / 2
            canvas.line(place, top, place, bottom, "class=\"grid\"")
            canvas.line(place, bottom, place, bottom + 4, "class=\"axis\"")
            // A label that would lie on the one before, or outside the drawing, moves or is left out.
            let center = min(max(place, half + 2), canvas.width - half - 2)
            guard center - half > taken + 4 else { continue }
            canvas.text(tick.label, center, bottom + 18, "class=\"tick\" text-anchor=\"middle\"")
            taken = center + half
        }
    }
}
