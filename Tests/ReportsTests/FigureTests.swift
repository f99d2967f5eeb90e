import Foundation
import Reports
import Testing

/// What the drawings say, read from their SVG.
@Suite struct FigureTests {
    /// The texts of a drawing in their order.
    private func texts(_ svg: String) -> [String] {
        svg.components(separatedBy: "<text ").dropFirst().map { part in
            let start = part.firstIndex(of: ">").map { part.index(after: $0) } ?? part.startIndex
            return String(part[start...].prefix { $0 != "<" })
        }
    }

    /// An attribute of every element of a kind that has a class.
    private func attributes(_ name: String, of element: String, marked: String, in svg: String) -> [String] {
        svg.components(separatedBy: "<\(element) ").dropFirst().compactMap { part in
            let head = part.prefix { $0 != ">" }
            guard head.contains("class=\"\(marked)\""), let range = head.range(of: "\(name)=\"") else { return nil }
            return String(head[range.upperBound...].prefix { $0 != "\"" })
        }
    }

    private func chart(_ values: [Double?], y: Axis, x: Axis = "x") -> LineChart {
        LineChart(title: "t", xAxis: x, yAxis: y, series: [.init("s", values: values)])
    }

    // MARK: Axes

    @Test func marksAreRoundNumbers() {
        let marks = texts(chart([0, 7], y: "y").svg()).filter { Double($0) != nil }
        #expect(marks.prefix(8) == ["0", "1", "2", "3", "4", "5", "6", "7"])
        let shares = texts(chart([0.012, 0.019], y: "y").svg())
        #expect(shares.contains("0.012") && shares.contains("0.014") && !shares.contains("0.0125"))
        let large = texts(chart([0, 3e7], y: "y").svg())
        #expect(large.contains("2×10⁷"))
        let negative = texts(chart([-3, 5], y: "y").svg())
        #expect(negative.contains("−3") && negative.contains("0") && negative.contains("5"))
    }

    @Test func logarithmicMarksArePowersOfTen() {
        let wide = texts(chart([0.01, 1e7], y: Axis("y", spacing: .logarithmic)).svg())
        #expect(wide.contains("0.01") && wide.contains("10,000") && wide.contains("10⁶") && !wide.contains("10"))
        let narrow = texts(chart([1.2, 30], y: Axis("y", spacing: .logarithmic)).svg())
        #expect(narrow.contains("2") && narrow.contains("5") && narrow.contains("20"))
    }

    @Test func equalValuesAndNoValuesStillHaveAxes() {
        for values in [[5.0, 5, 5], [0], [], [nil], [.nan, .infinity], [-3, -3]] as [[Double?]] {
            for spacing in [Axis.Spacing.linear, .logarithmic, .automatic] {
                let svg = chart(values, y: Axis("y", spacing: spacing)).svg()
                #expect(!svg.contains("nan") && !svg.contains("inf"), "\(values) \(spacing)")
                #expect(texts(svg).contains("y"))
            }
        }
    }

    @Test func layersHaveWholeMarks() throws {
        let areas = try StackedAreas(title: "t", bands: [.init("a", [1, 1, 1])])
        #expect(
            Array(texts(areas.svg()).filter { ["0", "1", "2", "0.5", "1.5"].contains($0) }) == ["0", "0", "1", "2"])
    }

    @Test func unitsStandOnTheAxis() {
        #expect(texts(chart([1, 2], y: Axis("accuracy", unit: "%")).svg()).contains("accuracy (%)"))
        #expect(chart([1], y: Axis("accuracy", unit: "%")).csv() == "series,x,accuracy (%)\ns,0,1\n")
    }

    @Test func ticksOfTheCallerReplaceOthers() {
        let ladder = Axis("rung", ticks: [.init(0, "base"), .init(1, "+ VARD")])
        let svg = texts(chart([1, 2], y: "y", x: ladder).svg())
        #expect(svg.contains("base") && svg.contains("+ VARD"))
    }

    // MARK: Heat maps

    @Test func lightnessGrowsWithTheValue() throws {
        // Through the drawing: cells of a row of growing values.
        let count = 200
        let map = HeatMap(
            title: "t", values: [(0..<count).map { Double($0) }], valueAxis: Axis("v", spacing: .linear))
        let colours = attributes("fill", of: "rect", marked: "cell", in: map.svg()).prefix(count)
        let light = colours.map { code -> Double in
            let value = Int(code.dropFirst(), radix: 16) ?? 0
            func part(_ shift: Int) -> Double { pow(Double(value >> shift & 255) / 255, 2.2) }
            return 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
        }
        #expect(light.count == count)
        #expect(zip(light, light.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
        #expect(try #require(light.last) > 0.7 && light[0] < 0.05)
    }

    @Test func wideRangesAreSpacedByTheLogarithm() {
        let wide = HeatMap(title: "t", values: [[0.01, 1, 100, 1e4]])
        #expect(wide.svg().contains("logarithmic colours"))
        let colours = attributes("fill", of: "rect", marked: "cell", in: wide.svg())
        // Equal ratios, equal distances: the second of four is a third of the way, as in a linear row 0, 1, 2, 3.
        let even = HeatMap(title: "t", values: [[0, 1, 2, 3]])
        #expect(!even.svg().contains("logarithmic"))
        #expect(colours == attributes("fill", of: "rect", marked: "cell", in: even.svg()))
        #expect(!HeatMap(title: "t", values: [[-1, 1, 1000]]).svg().contains("logarithmic"))
        // A head that looks at nothing is no reason to give up the logarithm.
        #expect(HeatMap(title: "t", values: [[0, 0.1, 1000]]).svg().contains("logarithmic"))
    }

    @Test func undefinedCellsAreHatched() {
        let map = HeatMap(title: "t", values: [[1, nil, .infinity], [2]])
        let svg = map.svg()
        #expect(svg.components(separatedBy: "class=\"cell empty\"").count - 1 == 4 + 1)
        #expect(svg.contains("class=\"hatch\"") && svg.contains("undefined"))
        #expect(!HeatMap(title: "t", values: [[1, 2]]).svg().contains("undefined</text>"))
        #expect(
            map.csv() == "layer,query head,VAS\n0,0,1\n0,1,\n0,2,Infinity\n1,0,2\n1,1,\n1,2,\n")
        let nothing = HeatMap(title: "t", values: [[nil, nil]])
        #expect(nothing.svg().contains("No value is defined."))
        #expect(!HeatMap(title: "t", values: []).svg().contains("nan"))
    }

    // MARK: Areas

    @Test func areasStandUponEachOther() throws {
        let areas = try StackedAreas(title: "t", bands: [.init("a", [0.25, 0.25]), .init("b", [0.75, 0.75])])
        let outlines =
            attributes("d", of: "path", marked: "area a0", in: areas.svg())
            + attributes("d", of: "path", marked: "area a1", in: areas.svg())
        let heights = outlines.map { outline in
            outline.dropFirst().dropLast().components(separatedBy: "L").compactMap {
                Double($0.split(separator: " ")[1])
            }
        }
        #expect(heights.count == 2 && heights[0].count == 4)
        // The first has a quarter of the height, the second lies on it and reaches the top.
        let floor = try #require(heights[0].max()), seam = try #require(heights[0].min())
        let roof = try #require(heights[1].min())
        #expect(heights[1].max() == seam)
        #expect(abs((floor - seam) / (floor - roof) - 0.25) < 1e-3)
        #expect(areas.csv() == "layer,a,b\n0,0.25,0.75\n1,0.25,0.75\n")
    }

    @Test func oneLayerIsAColumnAndUndefinedLayersAreGaps() throws {
        let one = try StackedAreas(title: "t", bands: [.init("a", [0.5]), .init("b", [0.5])])
        #expect(attributes("d", of: "path", marked: "area a0", in: one.svg()).count == 1)
        let gap = try StackedAreas(title: "t", bands: [.init("a", [0.5, 0.4, .nan, 0.3, 0.2])])
        #expect(attributes("d", of: "path", marked: "area a0", in: gap.svg()).count == 2)
    }

    @Test func bandsOfUnequalLengthAreRefused() {
        #expect(throws: ReportError.count(what: "'b' in 't'", expected: 2, got: 1)) {
            try StackedAreas(title: "t", bands: [.init("a", [0.5, 0.5]), .init("b", [0.5])])
        }
    }

    // MARK: Curves

    @Test func seriesDifferWithoutColour() {
        let chart = LineChart(
            title: "t", xAxis: "x", yAxis: "y", series: (0..<9).map { .init("s\($0)", values: [1, Double($0)]) })
        let svg = chart.svg()
        let looks = (0..<9).map { index -> String in
            let parts = svg.components(separatedBy: "class=\"curve c\(index % 6)\"").dropFirst()
            // Legend first, then the curve, for each series of that colour.
            let part = Array(parts)[index / 6]
            let head = part.prefix { $0 != "/" }
            return "\(index % 6)"
                + (head.contains("dasharray")
                    ? String(head.components(separatedBy: "dasharray=\"")[1].prefix { $0 != "\"" }) : "solid")
        }
        #expect(Set(looks).count == 9)
    }

    @Test func whatCannotBeDrawnIsCounted() {
        let values: [Double?] = [1, nil, 0, -4, 10, .nan]
        let svg = chart(values, y: Axis("y", spacing: .logarithmic)).svg()
        #expect(texts(svg).contains("4 points are undefined or not positive, not drawn"))
        #expect(texts(chart([1, nil, 2], y: "y").svg()).contains("1 point is undefined, not drawn"))
        #expect(chart(values, y: "y").csv() == "series,x,y\ns,0,1\ns,1,\ns,2,0\ns,3,-4\ns,4,10\ns,5,NaN\n")
    }

    @Test func intervalsAreDrawnAndExported() {
        let chart = LineChart(
            title: "t", xAxis: "x", yAxis: "y",
            series: [.init("s", points: [.init(0, 5, interval: 4...7), .init(1, 6)])])
        #expect(attributes("d", of: "path", marked: "interval c0", in: chart.svg()).count == 1)
        #expect(chart.csv() == "series,x,y,lower,upper\ns,0,5,4,7\ns,1,6,,\n")
        // The axis makes room for the ends.
        #expect(texts(chart.svg()).contains("7.0"))
    }

    // MARK: Points

    @Test func namesDoNotLieOnEachOther() throws {
        let svg = SampleReport.published.svg()
        let names = svg.components(separatedBy: "<text ").dropFirst().filter { $0.contains("class=\"tick name\"") }
        #expect(names.count >= 20)
        let boxes = names.map { part -> (x: Double, y: Double, width: Double) in
            func number(_ name: String) -> Double {
                Double(part.components(separatedBy: "\(name)=\"")[1].prefix { $0 != "\"" }) ?? .nan
            }
            let text = part.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" }
            return (number("x"), number("y"), Double(text.count) * 5.6)
        }
        for (index, a) in boxes.enumerated() {
            for b in boxes[..<index] where abs(a.y - b.y) < 10 {
                #expect(a.x + a.width <= b.x + 4 || b.x + b.width <= a.x + 4)
            }
        }
    }

    @Test func bandsEndWhereTheyAreSaidToEnd() throws {
        let svg = SampleReport.ladder.svg()
        func ends(_ band: Int) throws -> (Double, Double) {
            let x = try #require(
                attributes("x", of: "rect", marked: "band b\(band)", in: svg).first.flatMap { Double($0) })
            let width = try #require(
                attributes("width", of: "rect", marked: "band b\(band)", in: svg).first.flatMap { Double($0) })
            return (x, x + width)
        }
        let (narrow, wide, panoramic) = (try ends(0), try ends(1), try ends(2))
        #expect(abs(narrow.1 - wide.0) < 0.02 && abs(wide.1 - panoramic.0) < 0.02)
        // Twice as far to 10 as from 10 to 15, since the axis begins at 0.
        #expect(abs((narrow.1 - narrow.0) / (wide.1 - wide.0) - 2) < 0.01)
        for name in ["narrow", "wide", "panoramic", "base", "+ VARS"] { #expect(texts(svg).contains(name)) }
        #expect(SampleReport.ladder.csv().hasPrefix("name,VAS,accuracy (%)\nbase,7.5,49.1\n"))
    }

    @Test func theLineGoesThroughItsPoints() throws {
        let chart = Scatter(
            title: "t", xAxis: "x", yAxis: "y", points: [.init("a", x: 0, y: 1), .init("b", x: 10, y: 6)],
            line: .init("fit", slope: 0.5, intercept: 1))
        let svg = chart.svg()
        let line = try #require(attributes("d", of: "path", marked: "fit", in: svg).first)
        let points = line.dropFirst().components(separatedBy: "L").map {
            $0.split(separator: " ").compactMap { Double($0) }
        }
        let circles = svg.components(separatedBy: "<circle cx=\"").dropFirst().map { part in
            [
                Double(part.prefix { $0 != "\"" }) ?? .nan,
                Double(part.components(separatedBy: "cy=\"")[1].prefix { $0 != "\"" }) ?? .nan,
            ]
        }
        #expect(circles.count == 2)
        let (first, last) = (points[0], try #require(points.last))
        for circle in circles {
            let share = (circle[0] - first[0]) / (last[0] - first[0])
            #expect(abs(first[1] + share * (last[1] - first[1]) - circle[1]) < 0.1)
        }
    }
}
