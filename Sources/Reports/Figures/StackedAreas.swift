/// Shares of a whole over layers, one area upon another: where attention goes, layer by layer.
public struct StackedAreas: Figure, Equatable {
    /// One part of the whole.
    public struct Band: Sendable, Equatable {
        /// Whose share it is.
        public var name: String
        /// Its share in each layer, in 0...1; not finite where undefined.
        public var shares: [Double]

        /// One part of the whole.
        /// - Parameters:
        ///   - name: whose share it is.
        ///   - shares: its share in each layer, in 0...1.
        public init(_ name: String, _ shares: [Double]) {
            self.name = name
            self.shares = shares
        }
    }

    /// What is shown, as a heading.
    public var title: String
    /// What a reader must know to read it.
    public var caption: String
    /// The parts, from below.
    public let bands: [Band]
    /// What the whole numbers along the horizontal axis are, counted from 0.
    public var xLabel: String
    /// What is shared out.
    public var yLabel: String

    /// Shares over layers.
    /// - Parameters:
    ///   - title: what is shown, as a heading.
    ///   - caption: what a reader must know to read it.
    ///   - bands: the parts, from below, each with a share for every layer.
    ///   - xLabel: what the whole numbers along the horizontal axis are.
    ///   - yLabel: what is shared out.
    /// - Throws: ``ReportError/count(what:expected:got:)`` if a part has more or fewer layers than the first.
    public init(
        title: String, caption: String = "", bands: [Band], xLabel: String = "layer",
        yLabel: String = "share of attention"
    ) throws {
        self.title = title
        self.caption = caption
        self.bands = bands
        self.xLabel = xLabel
        self.yLabel = yLabel
        for band in bands where band.shares.count != layerCount {
            throw ReportError.count(what: "'\(band.name)' in '\(title)'", expected: layerCount, got: band.shares.count)
        }
    }

    private var layerCount: Int { bands.first?.shares.count ?? 0 }

    /// One line per layer, a column per part, shares in 0...1.
    public func csv() -> String {
        (0..<layerCount).reduce(into: Escaping.csvLine([xLabel] + bands.map(\.name))) { text, layer in
            text += Escaping.csvLine(["\(layer)"] + bands.map { NumberText.exact($0.shares[layer]) })
        }
    }
}

extension StackedAreas: Drawing {
    var summary: String {
        let means = bands.map { band in
            let finite = band.shares.filter(\.isFinite)
            let mean = finite.isEmpty ? .nan : finite.reduce(0, +) / Double(finite.count)
            return "\(band.name) \(mean.isFinite ? NumberText.fixed(mean * 100, decimals: 1) + " %" : "undefined")"
        }
        return "\(yLabel) over \(layerCount) values of \(xLabel); means: \(means.joined(separator: ", "))."
    }

    func draw(on canvas: inout Canvas) {
        let legend = Legend(
            entries: bands.indices.map { band in
                Legend.Entry(name: bands[band].name) { canvas, x, y in
                    canvas.rectangle(x - 13, y - 7, 26, 14, "class=\"area a\(band % Style.areaCount)\"")
                    let lines = Self.hatch(band).lines(x: x - 13, y: y - 7, width: 26, height: 14)
                    canvas.path(lines, "class=\"p\(Self.hatch(band).rawValue)\"")
                }
            })
        let top = 8 + legend.draw(on: &canvas, x: 12, y: 0, width: canvas.width - 24)
        let whole = (0..<layerCount).map { layer in bands.reduce(0) { $0 + max(0, $1.shares[layer]) } }
        let frame = ChartFrame(
            in: canvas, top: top, height: canvas.size == .wide ? 300 : 240,
            xAxis: Axis(xLabel, isInteger: true), xValues: (0..<layerCount).map(Double.init),
            yAxis: Axis(yLabel, unit: "%"), yValues: [0, 100] + whole.map { $0 > 1.000_001 ? $0 * 100 : 100 },
            xEnds: .data(beyond: 0))
        for run in definedRuns { draw(run, in: frame, on: &canvas) }
        frame.draw(on: &canvas)
        canvas.height = frame.bottom + ChartFrame.footHeight
    }

    /// Neighbouring layers in which every share is defined; between them the chart stays empty.
    private var definedRuns: [Range<Int>] {
        var runs: [Range<Int>] = []
        for layer in 0..<layerCount where bands.allSatisfy({ $0.shares[layer].isFinite }) {
            if let last = runs.last, last.upperBound == layer {
                runs[runs.count - 1] = last.lowerBound..<layer + 1
            } else {
                runs.append(layer..<layer + 1)
            }
        }
        return runs
    }

    private func draw(_ run: Range<Int>, in frame: ChartFrame, on canvas: inout Canvas) {
        // A layer alone becomes a column.
        let half = layerCount == 1 ? (frame.right - frame.left) / 2 : 3
        let places = run.count > 1 ? run.map { frame.x.clamped(Double($0)) } : []
        let middle = frame.x.clamped(Double(run.lowerBound))
        let x = places.isEmpty ? [max(frame.left, middle - half), min(frame.right, middle + half)] : places
        let layers = places.isEmpty ? [run.lowerBound, run.lowerBound] : Array(run)
        var floor = layers.map { _ in 0.0 }
        var labels: [(band: Int, x: Double, y: Double)] = []
        for (index, band) in bands.enumerated() {
            let roof = zip(floor, layers).map { $0 + max(0, band.shares[$1]) * 100 }
            let upper = zip(x, roof).map { (x: $0, y: frame.y.clamped($1)) }
            let lower = zip(x, floor).map { (x: $0, y: frame.y.clamped($1)) }
            let outline = pathData(upper + lower.reversed(), isClosed: true)
            canvas.path(outline, "class=\"area a\(index % Style.areaCount)\"", tip: band.name)
            drawHatch(index, outline: outline, corners: upper + lower, from: run.lowerBound, on: &canvas)
            if let place = labelPlace(upper, lower, name: band.name, in: frame) {
                labels.append((index, place.x, place.y))
            }
            floor = roof
        }
        for label in labels {
            canvas.text(
                bands[label.band].name, label.x, label.y + 4,
                "class=\"direct d\(label.band % Style.areaCount)\" text-anchor=\"middle\"")
        }
    }

    private func drawHatch(
        _ band: Int, outline: String, corners: [(x: Double, y: Double)], from layer: Int, on canvas: inout Canvas
    ) {
        let (x, y) = (corners.map(\.x), corners.map(\.y))
        guard let left = x.min(), let right = x.max(), let top = y.min(), let bottom = y.max() else { return }
        let lines = Self.hatch(band).lines(x: left, y: top, width: right - left, height: bottom - top)
        guard !lines.isEmpty else { return }
        let clip = "\(canvas.prefix)-clip\(layer)-\(band)"
        canvas.raw("<clipPath id=\"\(clip)\"><path d=\"\(outline)\"/></clipPath>")
        canvas.path(
            lines, "class=\"p\(Self.hatch(band).rawValue)\" clip-path=\"url(#\(clip))\" pointer-events=\"none\"")
    }

    /// Where a name fits into its area with room above and below along its whole width; the roomiest place, nil if none.
    private func labelPlace(
        _ upper: [(x: Double, y: Double)], _ lower: [(x: Double, y: Double)], name: String, in frame: ChartFrame
    ) -> (x: Double, y: Double)? {
        let half = TextWidth.of(name) / 2 + 4
        var best: (x: Double, y: Double, room: Double)?
        guard let first = upper.first?.x, let last = upper.last?.x, last - first > 2 * half else { return nil }
        for step in 0...40 {
            let x = first + half + (last - first - 2 * half) * Double(step) / 40
            let samples = [-1.0, -0.5, 0, 0.5, 1].map { x + half * $0 }
            let ceiling = samples.map { Self.height(upper, at: $0) }.max() ?? 0
            let ground = samples.map { Self.height(lower, at: $0) }.min() ?? 0
            if ground - ceiling > max(16, (best?.room ?? 0) + 0.5) {
                best = (x, (ground + ceiling) / 2, ground - ceiling)
            }
        }
        return best.map { ($0.x, $0.y) }
    }

    private static func height(_ line: [(x: Double, y: Double)], at x: Double) -> Double {
        guard let next = line.firstIndex(where: { $0.x >= x }) else { return line.last?.y ?? 0 }
        guard next > 0 else { return line[next].y }
        let (from, to) = (line[next - 1], line[next])
        return to.x == from.x ? to.y : from.y + (to.y - from.y) * (x - from.x) / (to.x - from.x)
    }

    private static func hatch(_ band: Int) -> Hatch { Hatch(rawValue: band % Hatch.allCases.count) ?? .none }
}
