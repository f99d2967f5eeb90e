import Foundation

/// Values by layer and head as coloured cells.
///
/// Colours are spaced by the logarithm when the values span a wide range. Undefined values, and infinite ones, are hatched.
public struct HeatMap: Figure, Equatable {
    /// What is shown, as a heading.
    public var title: String
    /// What a reader must know to read it.
    public var caption: String
    /// The values, `[row][column]`, from above and from the left; nil where undefined.
    ///
    /// A short row ends undefined.
    public var values: [[Double?]]
    /// What the colours show, and how they are spaced.
    public var valueAxis: Axis
    /// What the rows are, counted from 0.
    public var rowLabel: String
    /// What the columns are, counted from 0.
    public var columnLabel: String

    /// Values by layer and head.
    /// - Parameters:
    ///   - title: what is shown, as a heading.
    ///   - caption: what a reader must know to read it.
    ///   - values: `[layer][head]`, nil where undefined.
    ///   - valueAxis: what the colours show, and how they are spaced.
    ///   - rowLabel: what the rows are.
    ///   - columnLabel: what the columns are.
    public init(
        title: String, caption: String = "", values: [[Double?]],
        valueAxis: Axis = Axis("VAS", spacing: .automatic), rowLabel: String = "layer",
        columnLabel: String = "query head"
    ) {
        self.title = title
        self.caption = caption
        self.values = values
        self.valueAxis = valueAxis
        self.rowLabel = rowLabel
        self.columnLabel = columnLabel
    }

    /// One line per cell: row, column, value.
    public func csv() -> String {
        var text = Escaping.csvLine([rowLabel, columnLabel, valueAxis.heading])
        for row in values.indices {
            for column in 0..<columnCount {
                text += Escaping.csvLine(["\(row)", "\(column)", value(row, column).map(NumberText.exact) ?? ""])
            }
        }
        return text
    }

    var columnCount: Int { values.map(\.count).max() ?? 0 }

    /// A value, nil where undefined.
    func value(_ row: Int, _ column: Int) -> Double? {
        values[row].indices.contains(column) ? values[row][column] : nil
    }

    /// Values that can have a colour.
    var finiteValues: [Double] { values.joined().compactMap { $0 }.filter(\.isFinite) }

    /// Whether colours are spaced by the logarithm.
    ///
    /// Zeros are no reason against it: they take the lowest colour.
    var isLogarithmic: Bool { valueAxis.isLogarithmic(for: finiteValues.filter { $0 != 0 }) }
}

extension HeatMap: Drawing {
    var summary: String {
        let finite = finiteValues
        let undefined = values.count * columnCount - finite.count
        guard let low = finite.min(), let high = finite.max() else { return "No value is defined." }
        return "\(values.count) × \(columnCount) values (\(rowLabel) by \(columnLabel)) of \(valueAxis.heading), "
            + "from \(NumberText.short(low)) to \(NumberText.short(high)), \(undefined) undefined."
    }

    func draw(on canvas: inout Canvas) {
        let grid = HeatMapGrid(self, in: canvas)
        drawCells(grid, on: &canvas)
        drawLabels(grid, on: &canvas)
        drawColourBar(grid, on: &canvas)
    }

    /// The colours, from the smallest value to the largest.
    fileprivate func scale(from start: Double, to end: Double, spacing: Double) -> Scale {
        let values = finiteValues.filter { !isLogarithmic || $0 > 0 }
        var axis = valueAxis
        axis.spacing = isLogarithmic ? .logarithmic : .linear
        return Scale(axis, values: values, from: start, to: end, spacing: spacing, ends: .data(beyond: 0))
    }

    private func drawCells(_ grid: HeatMapGrid, on canvas: inout Canvas) {
        var hatched = ""
        let scale = scale(from: 0, to: 1, spacing: 0.25)
        for row in values.indices {
            for column in 0..<columnCount {
                let value = value(row, column)
                let (x, y) = (grid.left + Double(column) * grid.cellWidth, grid.top + Double(row) * grid.cellHeight)
                let share = value.flatMap { $0.isFinite ? scale.clamped($0) : nil }
                let fill = share.map { "class=\"cell\" fill=\"\(Palette.values.code(at: $0))\"" }
                if fill == nil { hatched += Self.hatch(x, y, grid.cellWidth, grid.cellHeight) }
                let shown = value.map { NumberText.short($0) } ?? "undefined"
                canvas.rectangle(
                    x, y, grid.cellWidth, grid.cellHeight, fill ?? "class=\"cell empty\"",
                    tip: "\(rowLabel) \(row), \(columnLabel) \(column): \(shown)")
                guard grid.showsValues, let share, let value else { continue }
                let ink = Palette.values.luminance(at: share) > 0.2 ? "onlight" : "ondark"
                canvas.text(
                    NumberText.short(value, digits: 3), x + grid.cellWidth / 2, y + grid.cellHeight / 2 + 4,
                    "class=\"tick \(ink)\" text-anchor=\"middle\"")
            }
        }
        if !hatched.isEmpty { canvas.path(hatched, "class=\"hatch\"") }
    }

    private static func hatch(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
        Hatch.rising.lines(x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1, spacing: 4)
    }

    private func drawLabels(_ grid: HeatMapGrid, on canvas: inout Canvas) {
        for row in stride(from: 0, to: values.count, by: grid.rowStep) {
            let y = grid.top + (Double(row) + 0.5) * grid.cellHeight
            canvas.text("\(row)", grid.left - 6, y + 4, "class=\"tick\" text-anchor=\"end\"")
        }
        for column in stride(from: 0, to: columnCount, by: grid.columnStep) {
            let x = grid.left + (Double(column) + 0.5) * grid.cellWidth
            canvas.text("\(column)", x, grid.bottom + 16, "class=\"tick\" text-anchor=\"middle\"")
        }
        canvas.text(columnLabel, (grid.left + grid.right) / 2, grid.bottom + 35, "text-anchor=\"middle\"")
        canvas.upwards(rowLabel, grid.left - 40, (grid.top + grid.bottom) / 2, "text-anchor=\"middle\"")
    }

    private func drawColourBar(_ grid: HeatMapGrid, on canvas: inout Canvas) {
        let (top, height) = (grid.bottom + 72, 14.0)
        canvas.height = top + height + 30
        let hasUndefined = finiteValues.count < values.count * columnCount
        let left = 16.0
        let right = canvas.width - 28 - (hasUndefined ? 106 : 0)
        canvas.text(
            valueAxis.heading + (isLogarithmic ? ", logarithmic colours" : ""), left, top - 8)
        if hasUndefined {
            canvas.rectangle(right + 30, top, 20, height, "class=\"cell empty\"")
            canvas.path(Self.hatch(right + 30, top, 20, height), "class=\"hatch\"")
            canvas.text("undefined", right + 56, top + 11, "class=\"tick\"")
        }
        guard !finiteValues.isEmpty else { return }
        canvas.colourBar(.values, x: left, y: top, width: right - left, height: height)
        let scale = scale(from: left, to: right, spacing: canvas.size == .wide ? 60 : 38)
        for tick in scale.ticks {
            guard let place = scale(tick.value), (left - 0.5...right + 0.5).contains(place) else { continue }
            canvas.line(place, top + height, place, top + height + 4, "class=\"axis\"")
            let half = TextWidth.of(tick.label, size: 11) / 2
            canvas.text(tick.label, max(place, half), top + height + 16, "class=\"tick\" text-anchor=\"middle\"")
        }
    }
}

/// Where the cells of a heat map lie.
private struct HeatMapGrid {
    let left: Double
    let top = 6.0
    let cellWidth: Double
    let cellHeight: Double
    let right: Double
    let bottom: Double
    let rowStep: Int
    let columnStep: Int
    let showsValues: Bool

    init(_ map: HeatMap, in canvas: Canvas) {
        let (rows, columns) = (Double(max(1, map.values.count)), Double(max(1, map.columnCount)))
        let margin = 54.0
        cellWidth = min((canvas.width - margin - 14) / columns, 64)
        cellHeight = min(max(cellWidth * 0.8, 9), 30, max(640 / rows, 9))
        left = margin + (canvas.width - margin - 14 - cellWidth * columns) / 2
        right = left + cellWidth * columns
        bottom = top + cellHeight * rows
        rowStep = Self.step(14 / cellHeight)
        columnStep = Self.step((TextWidth.of("\(map.columnCount)", size: 11) + 6) / cellWidth)
        showsValues = cellWidth >= 58 && cellHeight >= 16
    }

    /// Every so many cells have a label: 1, 2, 5, 10 and so on.
    private static func step(_ needed: Double) -> Int {
        [1, 2, 5, 10, 20, 50, 100, 200, 500].first { Double($0) >= needed } ?? 1000
    }
}
