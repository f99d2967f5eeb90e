import Foundation
import HeadlessBrowser
import Reports
import Testing

/// Pages about trainings: long curves, marks, and the page in a browser.
@Suite(.serialized) struct TrainingPageTests {
    /// The corners of every curve in a drawing, the samples of the legend left out.
    private func curves(_ svg: String) -> [[(x: Double, y: Double)]] {
        svg.components(separatedBy: "<path d=\"").dropFirst().compactMap { part in
            guard part.prefix(while: { $0 != ">" }).contains("class=\"curve c") else { return nil }
            return part.prefix { $0 != "\"" }.dropFirst().components(separatedBy: "L").map { corner in
                let numbers = corner.split(separator: " ").compactMap { Double($0) }
                return (numbers[0], numbers[1])
            }
        }
    }

    /// The middles of all rings.
    private func rings(_ svg: String) -> [(x: Double, y: Double)] {
        svg.components(separatedBy: "<circle cx=\"").dropFirst().compactMap { part in
            let head = part.prefix { $0 != ">" }
            guard head.contains("r=\"8\"") else { return nil }
            let parts = head.components(separatedBy: "\"")
            return Double(parts[0]).flatMap { x in Double(parts[2]).map { (x, $0) } }
        }
    }

    private func chart(_ values: [Double?], marks: [LineChart.Mark] = []) -> LineChart {
        LineChart(
            title: "t", xAxis: Axis("step", isInteger: true), yAxis: "y",
            series: [.init("s", steps: values.enumerated().map { ($0, $1) }, marks: marks)])
    }

    // MARK: Long curves

    @Test func longCurvesKeepTheirExtremes() throws {
        var values: [Double?] = (0..<50_000).map { 1 + 0.2 * SampleReport.noise($0, 61) }
        values[31_337] = 9
        values[12_345] = -6
        let chart = chart(values, marks: [.highest, .lowest])
        let svg = chart.svg()
        let curve = try #require(curves(svg).first)
        #expect(curves(svg).count == 1 && curve.count > 1000 && curve.count <= 2000)
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.x <= $1.x })
        // The rings stand where the extremes are, and the curve goes there.
        let marked = rings(svg).suffix(2)
        #expect(marked.map(\.y) == [curve.map(\.y).max(), curve.map(\.y).min()])
        for ring in marked { #expect(curve.contains { $0 == ring }) }
        #expect(svg.contains("50,000 points drawn by their extremes"))
        #expect(svg.utf8.count < 400_000)
        #expect(chart.csv().split(separator: "\n").count == 50_001)
        // As many as are all drawn.
        let whole = self.chart(Array(values.prefix(2000))).svg()
        #expect(curves(whole).map(\.count) == [2000] && !whole.contains("by their extremes"))
    }

    @Test func everyColumnKeepsItsOwn() throws {
        // A jump in every 500th place: each is drawn to its full height.
        let values = (0..<50_000).map { $0 % 500 == 250 ? 7.0 : 1 }
        let curve = try #require(curves(chart(values).svg()).first)
        let top = try #require(curve.map(\.y).min())
        #expect(curve.count { $0.y == top } == 100)
    }

    @Test func gapsOutliveThinning() {
        var values: [Double?] = (0..<30_000).map { Double($0 % 97) }
        for index in 10_000..<14_000 { values[index] = nil }
        values[20_000] = .nan
        let parts = curves(chart(values).svg())
        #expect(parts.count == 3)
        #expect(zip(parts, parts.dropFirst()).allSatisfy { $0[$0.count - 1].x < $1[0].x })
    }

    // MARK: Marks

    @Test func marksAreNamedWithTheirValuesAndSteps() {
        let svg = chart([3, 0.5, 8, 0.5, 8, nil], marks: [.last, .lowest, .highest]).svg()
        #expect(svg.contains(">lowest 0.5 at 1<") && svg.contains(">highest 8 at 2<") && svg.contains(">last 8 at 4<"))
        // Once in the legend, once on the curve.
        #expect(rings(svg).count == 6)
        #expect(chart([3, 1], marks: [.last, .lowest]).svg().contains(">lowest and last 1 at 1<"))
        #expect(rings(chart([nil, .nan], marks: [.last, .lowest]).svg()).isEmpty)
        #expect(rings(chart([1, 2]).svg()).isEmpty)
        #expect(chart([3, 1], marks: [.last]).csv() == chart([3, 1]).csv())
    }

    // MARK: Page

    @Test func whatIsEmptyIsLeftOut() {
        let page = TrainingPage(
            title: "t", facts: [.init("Steps", "0")],
            panels: [.init(title: "Loss", series: [.init("training", steps: [])])],
            tables: [Table(title: "Evaluations", columns: ["step"], rows: [])])
        #expect(page.report.sections.count == 1)
        #expect(!page.html().contains("Loss") && !page.html().contains("Warnings"))
    }

    @Test func warningsStandFirst() {
        let page = SampleTraining.page
        let html = page.html()
        #expect(html.contains("3 warnings, listed below. The last: The evaluation loss has not fallen"))
        #expect(html.contains("above 0.999 &amp; cannot grow"))
        guard case .table(let table) = page.report.sections[1] else { return #expect(Bool(false)) }
        #expect(table.rows.map(\.[0]) == [.number(812, decimals: 0), .number(4000, decimals: 0), .undefined])
        let one = TrainingPage(title: "t", facts: [], warnings: [.init("It stopped.")], panels: [])
        #expect(one.html().contains("role=\"note\">It stopped.</p>"))
    }

    @Test func decadesAreSpacedByTheLogarithm() throws {
        let charts = SampleTraining.page.panels.compactMap(\.chart)
        #expect(charts.map(\.title).last == "Memory" && charts.count == 9)
        let norm = try #require(charts.first { $0.title == "Gradient norm" })
        #expect(norm.svg().contains(">0.1</text>") && norm.svg().contains(">10</text>"))
        let loss = try #require(charts.first { $0.title == "Loss" })
        #expect(loss.csv().hasPrefix("series,step,Loss (nats)\ntraining,10,"))
        #expect(loss.svg().contains(">2.0</text>"))
        // Heads are counted: nothing is marked between two of them.
        let heads = try #require(charts.first { $0.title == "Saturated heads" })
        #expect(heads.svg().contains(">3</text>") && !heads.svg().contains(">2.5</text>"))
    }

    @Test(.timeLimit(.minutes(4)), arguments: [1400, 420], [false, true])
    func opensFromDisk(width: Int, dark: Bool) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString).html")
        try SampleTraining.page.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let browser = try Browser()
        try browser.open(file, width: width, dark: dark)
        func extent(_ what: String) throws -> Int? { try browser.evaluate("\(what).scrollWidth") as? Int }
        #expect(try extent("document.documentElement") == width)
        let outside = """
            [...document.querySelectorAll('svg.chart')].filter(e => e.getBoundingClientRect().width > 0)
            .flatMap(svg => { const box = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter(t => { const b = t.getBoundingClientRect();
            return b.left < box.left - 1 || b.right > box.right + 1 || b.bottom > box.bottom + 1; })
            .map(t => t.textContent); })
            """
        #expect(try browser.evaluate(outside) as? [String] == [])
        // The configuration is folded, unfolds at a click, is whole, and scrolls in its own place.
        let shown = "document.querySelector('pre').checkVisibility()"
        #expect(try browser.evaluate(shown) as? Bool == false)
        #expect(try browser.evaluate("document.querySelector('summary').textContent") as? String == "34 lines")
        try browser.click("summary")
        #expect(try browser.evaluate(shown) as? Bool == true)
        let text = try browser.evaluate("document.querySelector('pre').textContent") as? String
        #expect(text == SampleTraining.page.configuration)
        #expect(try extent("document.documentElement") == width)
        #expect(try #require(try extent("document.querySelector('pre')")) > width)
        if width > 640 {
            let loss = try #require(SampleTraining.page.panels[0].chart)
            let numbers = try browser.download("section:nth-of-type(3) button[data-file='loss.csv']")
            #expect(String(decoding: numbers.data, as: UTF8.self) == loss.csv())
        }
        #expect(browser.complaints == [])
    }
}
