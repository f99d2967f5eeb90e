import Foundation
import Reports
import Testing

/// Numbers and words as they come out: seen through the exports and drawings, which is how readers see them.
@Suite struct TextTests {
    private func exported(_ value: Double) -> String {
        let csv = Table(title: "", columns: ["x"], rows: [[.number(value)]]).csv()
        return String(csv.split(separator: "\n", omittingEmptySubsequences: false)[1])
    }

    /// Spelled as ECMA-262 spells numbers, since the page's script writes the same files.
    @Test(
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-2.5, "-2.5"), (123_456, "123456"), (0.1, "0.1"),
            (1.0 / 3, "0.3333333333333333"),
            (1e-5, "0.00001"), (1e-6, "0.000001"), (1.5e-7, "1.5e-7"), (1e-7, "1e-7"), (1e20, "100000000000000000000"),
            (1e21, "1e+21"), (1.25e22, "1.25e+22"), (123_456_789_012_345_683_968, "123456789012345680000"),
            (.leastNonzeroMagnitude, "5e-324"), (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
            (0.000123, "0.000123"),
            (10, "10"), (1e16, "10000000000000000"), (9_007_199_254_740_992, "9007199254740992"), (.nan, "NaN"),
            (.infinity, "Infinity"), (-.infinity, "-Infinity"),
        ])
    func exactNumbers(value: Double, text: String) {
        #expect(exported(value) == text)
    }

    @Test func exactNumbersReadBack() {
        for index in 0..<20_000 {
            let bits = UInt64(SampleReport.noise(index, 1) * 9e15) &* 2048 &+ UInt64(index)
            let value = Double(bitPattern: bits)
            guard value.isFinite else { continue }
            #expect(Double(exported(value)) == value)
        }
    }

    private func shown(_ value: Double, decimals: Int? = nil) -> String {
        let page = Report(
            title: "",
            sections: [
                .table(
                    Table(
                        title: "", columns: [.init("x", isNumeric: true)], rows: [[.number(value, decimals: decimals)]])
                )
            ]
        ).html()
        let start = page.range(of: "<td class=\"number\">")
        let rest = start.map { page[$0.upperBound...] } ?? ""
        return String(rest.prefix { $0 != "<" })
    }

    @Test func numbersForReading() {
        #expect(shown(13.8249) == "13.82")
        #expect(shown(61138.27) == "61138")
        #expect(shown(1.0000001) == "1")
        #expect(shown(0.00012) == "1.2×10⁻⁴")
        #expect(shown(-1e7) == "−1×10⁷")
        #expect(shown(99_999.9) == "1×10⁵")
        #expect(shown(0) == "0")
        #expect(shown(.nan) == "undefined")
        #expect(shown(-.infinity) == "−∞")
        #expect(shown(123_509.125, decimals: 2) == "123,509.12")
        #expect(shown(9999.5, decimals: 1) == "9999.5")
        #expect(shown(-0.04, decimals: 1) == "0.0")
        #expect(shown(-1_234_567, decimals: 0) == "−1,234,567")
        #expect(shown(.infinity, decimals: 2) == "∞")
    }

    @Test func fieldsAreQuotedWhereTheyMustBe() {
        let table = Table(
            title: "", columns: ["a,b", "c"],
            rows: [["say \"hi\"", "two\nlines"], ["plain text", .undefined], ["cr\r", " x"]])
        #expect(
            table.csv() == "\"a,b\",c\n\"say \"\"hi\"\"\",\"two\nlines\"\nplain text,\n\"cr\r\", x\n")
    }

    /// What would break out of an element, an attribute or the script must not, anywhere a caller can put text.
    @Test func textIsEscapedEverywhere() throws {
        let evil = "</script><img src=x onerror=alert(1)>\"'&<!--\u{0}\u{2028}]]>"
        let picture = try Data(
            contentsOf: SampleReport.package.appendingPathComponent("Tests/Fixtures/images/rgb-8.png"))
        let page = Report(
            title: evil, subtitle: evil,
            sections: [
                .summary(
                    Summary(title: evil, rows: [.init(evil, evil, note: evil)], warnings: [evil], paragraphs: [evil])),
                .table(Table(title: evil, caption: evil, columns: [.init(evil)], rows: [[.text(evil)]])),
                .heatMap(HeatMap(title: evil, caption: evil, values: [[1]], valueAxis: Axis(evil), rowLabel: evil)),
                .stackedAreas(
                    try StackedAreas(
                        title: evil, caption: evil, bands: [.init(evil, [1, 1])], xLabel: evil, yLabel: evil)),
                .lineChart(
                    LineChart(
                        title: evil, xAxis: Axis(evil, ticks: [.init(1, evil)]), yAxis: Axis(evil, unit: evil),
                        series: [.init(evil, values: [1, 2]), .init(evil, values: [2, nil])])),
                .scatter(
                    Scatter(
                        title: evil, xAxis: Axis(evil), yAxis: Axis(evil),
                        points: [.init(evil, group: evil, x: 1, y: 2)],
                        bands: [.init(evil)], line: .init(evil, slope: 1, intercept: 0))),
                .overlay(
                    try AttentionOverlay(
                        title: evil, caption: evil,
                        pictures: [.init(name: evil, data: picture, width: 21, height: 13, rows: 1, columns: 1)],
                        mapNames: [evil], tokens: [.init(text: evil, maps: [[[1]]])])),
                .items(
                    try ItemBrowser(
                        title: evil, caption: evil, facets: [.init(evil)],
                        pictures: [.init(mediaType: "image/png", data: picture, width: 21, height: 13)],
                        items: [
                            .init(
                                title: evil, labels: [evil], facets: [evil], pictures: [0], texts: [.init(evil, evil)])
                        ])),
            ]
        ).html()
        #expect(!page.contains("<img src=x"))
        #expect(!page.contains("onerror=alert(1)>"))
        #expect(!page.contains("\u{0}"))
        // Every script element that was opened is closed once, and no comment was opened.
        func count(_ text: String) -> Int { page.components(separatedBy: text).count - 1 }
        #expect(count("<script") == count("</script>") && count("<script") == 14)
        #expect(count("<!--") == 0 && count("]]>") == 0)
    }

    @Test func sameInputSameBytes() throws {
        let first = try SampleReport.report().html()
        #expect(try SampleReport.report().html() == first)
        #expect(first.count > 100_000)
    }

    @Test func writingIsAtomicAndErrorsAreThrown() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)")
        let report = Report(title: "t", sections: [])
        #expect(throws: (any Error).self) { try report.write(to: folder.appendingPathComponent("r.html")) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try report.write(to: folder.appendingPathComponent("r.html"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["r.html"])
        #expect(try String(contentsOf: folder.appendingPathComponent("r.html"), encoding: .utf8) == report.html())
    }
}
