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
        let entries = series.indices.flatMap(legendEntries)
        let legend = Legend(entries: entries)
        let top = 10 + (entries.count > 1 ? legend.draw(on: &canvas, x: 12, y: 0, width: canvas.width - 24) : 0)
        let points = series.flatMap(\.points)
        let ends = points.flatMap { [$0.y, $0.interval?.lowerBound, $0.interval?.upperBound] }.compactMap { $0 }
        let frame = ChartFrame(
            in: canvas, top: top, height: canvas.size == .wide ? 300 : 230, xAxis: xAxis, xValues: points.map(\.x),
            yAxis: yAxis, yValues: ends, xEnds: .data(beyond: points.count > 24 ? 0 : 0.04))
        frame.draw(on: &canvas)
        for index in series.indices { draw(index, in: frame, on: &canvas) }
        for index in series.indices { drawMarks(index, in: frame, on: &canvas) }
        canvas.height = frame.bottom + ChartFrame.footHeight
        drawNotes(in: frame, on: &canvas)
    }

    // MARK: Curves

    /// Dashes differ from curve to curve, and again when the colours come round.
    private static func stroke(_ index: Int) -> String {
        let dashes = ["", "7 4", "2 3", "9 3 2 3", "14 4", "4 2"]
        let dash = dashes[(index + index / Style.seriesCount) % dashes.count]
        return "class=\"curve c\(index % Style.seriesCount)\"" + (dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\"")
    }

    private func draw(_ index: Int, in frame: ChartFrame, on canvas: inout Canvas) {
        let drawn = Thinning.drawn(series[index].points.map { PlacedPoint($0, in: frame) }, on: canvas.size)
        var runs: [[(x: Double, y: Double)]] = [[]]
        var points: [(placed: PlacedPoint, x: Double, y: Double)] = []
        for point in drawn {
            if let x = point.x, let y = point.y {
                runs[runs.count - 1].append((x, y))
                points.append((point, x, y))
            } else {
                runs.append([])
            }
        }
        for point in points { drawInterval(point.placed.point, at: point.x, index, in: frame, on: &canvas) }
        let isDense = points.count > Thinning.tipLimit
        let stroke = Self.stroke(index) + (isDense ? " style=\"stroke-width:1\"" : "")
        for run in runs where run.count > 1 { canvas.path(pathData(run), stroke) }
        // Many points stand too close for shapes: some get one, so that the curve can be told, all that can be pointed at a tip.
        let shapes = (canvas.size == .wide ? 80 : 40) / (isDense ? 4 : 1)
        let every = max(1, points.count * series.count / shapes)
        let alone = Set(runs.filter { $0.count == 1 }.map { $0[0].x })
        let tipped = Set(Thinning.tipped(points.map(\.placed)))
        for (place, point) in points.enumerated() {
            let tip = self.tip(index, point.placed.point)
            if place % every == index % every || alone.contains(point.x) {
                Marker.draw(index, on: &canvas, x: point.x, y: point.y, tip: tip)
            } else if canvas.hasTips, tipped.contains(place) {
                let (x, y) = (NumberText.coordinate(point.x), NumberText.coordinate(point.y))
                canvas.element("circle", "cx=\"\(x)\" cy=\"\(y)\" r=\"4\" class=\"tip\"", tip: tip)
            }
        }
    }

    private func tip(_ index: Int, _ point: Point) -> String {
        "\(series[index].name), \(xAxis.label) \(place(point)): " + NumberText.short(point.y ?? .nan)
    }

    /// Where a point is, in words; the number of a step is whole.
    private func place(_ point: Point) -> String {
        xAxis.isInteger ? NumberText.fixed(point.x, decimals: 0) : NumberText.short(point.x)
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

    // MARK: Marks

    /// The ringed points of a curve, each once, with their names: the lowest may be the last.
    private func marked(_ index: Int) -> [(name: String, point: Point)] {
        let defined = series[index].points.filter { $0.y?.isFinite == true }
        var places: [(place: Int, marks: [Mark])] = []
        for mark in Mark.allCases where series[index].marks.contains(mark) {
            let values = defined.map { $0.y ?? .nan }
            let found =
                switch mark {
                case .lowest: values.indices.min { values[$0] < values[$1] }
                case .highest: values.indices.max { (values[$0], $1) < (values[$1], $0) }
                case .last: values.indices.last
                }
            guard let found else { continue }
            if let known = places.firstIndex(where: { $0.place == found }) {
                places[known].marks.append(mark)
            } else {
                places.append((found, [mark]))
            }
        }
        return places.map { ($0.marks.map(\.rawValue).joined(separator: " and "), defined[$0.place]) }
    }

    private func legendEntries(_ index: Int) -> [Legend.Entry] {
        let curve = Legend.Entry(name: series[index].name) { canvas, x, y in
            canvas.line(x - 13, y, x + 13, y, Self.stroke(index))
            Marker.draw(index, on: &canvas, x: x, y: y)
        }
        let marks = marked(index).map { name, point in
            let value = NumberText.short(point.y ?? .nan)
            return Legend.Entry(name: "\(name) \(value) at \(place(point))") { canvas, x, y in
                Self.ring(index, on: &canvas, x: x, y: y)
            }
        }
        return [curve] + marks
    }

    private func drawMarks(_ index: Int, in frame: ChartFrame, on canvas: inout Canvas) {
        for (name, point) in marked(index) {
            guard let x = frame.x(point.x), let y = point.y.flatMap({ frame.y($0) }) else { continue }
            Self.ring(index, on: &canvas, x: x, y: y, tip: "\(tip(index, point)), \(name)")
        }
    }

    private static func ring(_ index: Int, on canvas: inout Canvas, x: Double, y: Double, tip: String? = nil) {
        let (cx, cy) = (NumberText.coordinate(x), NumberText.coordinate(y))
        canvas.element("circle", "cx=\"\(cx)\" cy=\"\(cy)\" r=\"8\" class=\"curve c\(index % Style.seriesCount)\"")
        Marker.draw(index, on: &canvas, x: x, y: y, tip: tip)
    }

    // MARK: Notes

    /// Says how many points could not be drawn, and which curves are drawn by some of theirs.
    private func drawNotes(in frame: ChartFrame, on canvas: inout Canvas) {
        var notes: [String] = []
        let missing = series.flatMap(\.points).count { point in
            point.y.flatMap { frame.y($0) } == nil || frame.x(point.x) == nil
        }
        if missing > 0 {
            let reason = frame.y.isLogarithmic ? "undefined or not positive" : "undefined"
            let points = missing == 1 ? "1 point is" : "\(missing) points are"
            notes.append("\(points) \(reason), not drawn")
        }
        let most = series.map(\.points.count).max() ?? 0
        if most > Thinning.limit {
            notes.append("\(NumberText.fixed(Double(most), decimals: 0)) points drawn by their extremes")
        }
        for note in notes {
            canvas.text(note, frame.right, canvas.height + 8, "class=\"tick\" text-anchor=\"end\"")
            canvas.height += 16
        }
    }
}
