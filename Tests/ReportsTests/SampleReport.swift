import Foundation
import Reports

/// A report with every kind of section, as the commands make them: real pictures, invented numbers of real shapes.
enum SampleReport {
    static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func report() throws -> Report {
        Report(
            title: "Visual attention of Qwen2.5-VL-7B <sample> & \"friends\"",
            subtitle: "200 questions, 28 layers, 28 query heads; user's tokens",
            sections: [
                .summary(summary), .table(table), .heatMap(wideHeatMap), .heatMap(smallHeatMap),
                .stackedAreas(try areas), .lineChart(tokensChart), .lineChart(sweep), .scatter(ladder),
                .scatter(published), .overlay(try overlay()), .overlay(try twoPictures()),
                .items(try SampleItems.browser()),
            ])
    }

    static let summary = Summary(
        rows: [
            .init("VAS (paper)", "13.82", note: "mean of the ratios of every head and token; class wide (10 to 15)"),
            .init("VAS (pooled)", "9.41", note: "masses averaged first, then divided"),
            .init("VAS (reward)", "8.97"), .init("VAS (geometric)", "4.10", note: "exp of the mean log ratio"),
            .init("Heads above 1,000", "0.4 %", note: "3 of 784"),
        ],
        warnings: [
            "The forms disagree: paper calls the model wide, pooled narrow. A few heads decide the paper's form."
        ],
        paragraphs: ["Tokens that cannot see a picture are left out: 12 of 4,318."])

    static let table = Table(
        title: "Score by layer", caption: "Shares are means over heads and queries.",
        columns: [
            "layer", .init("system", isNumeric: true), .init("visual", isNumeric: true), .init("VAS", isNumeric: true),
        ],
        rows: [
            ["first", .number(0.3041, decimals: 3), .number(0.2290, decimals: 3), .number(77.95, decimals: 2)],
            [
                "last, \"quoted\"", .number(0.179, decimals: 3), .number(1.0 / 3, decimals: 3),
                .number(123509.12, decimals: 2),
            ],
            ["none", .undefined, .undefined, .undefined],
        ])

    /// A reproducible number in 0..<1.
    static func noise(_ index: Int, _ salt: Int = 0) -> Double {
        var state = UInt64(truncatingIfNeeded: index &* 2_654_435_761 &+ salt &* 40_503 &+ 12_345)
        state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((state ^ (state >> 31)) >> 11) / 9_007_199_254_740_992
    }

    static let wideHeatMap = HeatMap(
        title: "VAS by layer and head", caption: "Mean over 200 samples.",
        values: (0..<28).map { layer in
            (0..<28).map { head in
                if noise(layer * 28 + head, 7) < 0.02 { return nil }
                return pow(10, -2 + 9 * pow(noise(layer * 28 + head), 2.5) * (0.4 + 0.6 * sin(Double(layer) / 9)))
            }
        })

    static let smallHeatMap = HeatMap(
        title: "VAS by layer and head, small model",
        values: [
            [77.95, 12.5, nil, 3.25], [0.5, 61138.27, 843.68, 12], [1e7, 0.01, 3, 4], [0, .infinity, 7.5, 1.25],
        ])

    static var areas: StackedAreas {
        get throws {
            let layers = 28
            func raw(_ salt: Int, _ base: Double, _ wave: Double) -> [Double] {
                (0..<layers).map { base + wave * sin(Double($0) / 5 + Double(salt)) + 0.03 * noise($0, salt) }
            }
            let parts = [
                raw(1, 0.4, 0.15), raw(2, 0.06, 0.02), raw(3, 0.25, 0.12), raw(4, 0.2, 0.08), raw(5, 0.05, 0.03),
            ]
            let totals = (0..<layers).map { layer in parts.reduce(0) { $0 + $1[layer] } }
            let names = ["system", "marker", "visual", "user", "response"]
            return try StackedAreas(
                title: "Attention by role and layer", caption: "Mean over heads and the user's tokens.",
                bands: zip(names, parts).map { name, shares in
                    .init(name, zip(shares, totals).map { $0 / $1 })
                })
        }
    }

    static let tokensChart = LineChart(
        title: "VAS along the answer", caption: "Pooled over layers and heads.",
        xAxis: Axis("token", isInteger: true), yAxis: Axis("VAS", spacing: .logarithmic),
        series: [
            .init("base", values: (0..<160).map { $0 == 40 ? nil : 8 * exp(-Double($0) / 90) * (0.6 + noise($0, 3)) }),
            .init(
                "enhance 0.15, suppress 0.40",
                values: (0..<160).map { 19 * exp(-Double($0) / 300) * (0.7 + noise($0, 4)) }),
        ])

    static let sweep = LineChart(
        title: "Accuracy against the suppressing coefficient", caption: "Bars: 95 % intervals over questions.",
        xAxis: "suppress", yAxis: Axis("accuracy", unit: "%"),
        series: ["scores", "renormalized", "raw"].enumerated().map { index, name in
            .init(
                name,
                points: [0, 0.05, 0.4, 0.6].enumerated().map { place, x in
                    let y = 49.1 + Double(place) * (0.9 - 0.35 * Double(index)) + noise(place, index)
                    return .init(x + Double(index) * 0.004, y, interval: y - 1.4...y + 1.5)
                })
        })

    static let bands: [Scatter.Band] = [
        .init("narrow", to: 10), .init("wide", from: 10, to: 15), .init("panoramic", from: 15),
    ]

    static let ladder = Scatter(
        title: "VAS and accuracy along the ladder", caption: "Published values of the paper.",
        xAxis: "VAS", yAxis: Axis("accuracy", unit: "%"),
        points: [
            .init("base", x: 7.5, y: 49.1), .init("+ VARD", x: 10.1, y: 51), .init("+ AGTO", x: 13.8, y: 52.6),
            .init("+ VARS", x: 18.9, y: 56.1),
        ], bands: bands, line: .init("least squares, r = 0.996", slope: 0.5976, intercept: 44.68))

    static let published = Scatter(
        title: "Many models, crowded", xAxis: Axis("VAS", spacing: .automatic), yAxis: Axis("accuracy", unit: "%"),
        points: (0..<24).map { index in
            let x = 5 + 16 * noise(index, 11)
            return .init(
                "model-\(index)-7B-instruct", group: ["base", "cold-start", "reinforced"][index % 3], x: x,
                y: 44 + 0.6 * x + 3 * noise(index, 12))
        }, bands: bands, line: .init("least squares", slope: 0.6, intercept: 45.5))

    static let answer: [String] = [
        "<think>", "\n", "The", " picture", " shows", " a", " red", " rectangle", ",", " 3", " <", " 4", " &", " \"",
        "wide", "\"",
        ".", "\n\n", "    ", "Look", " back", " at", " the", " \u{1F53A}", " triangle", "\t", "面积", "</script>", "<!--",
        "",
        "</think>", "\n", "<answer>", "red", "</answer>",
    ]

    static func overlay() throws -> AttentionOverlay {
        let data = try Data(contentsOf: package.appendingPathComponent("Examples/AskAboutPicture/red-rectangle.png"))
        let picture = AttentionOverlay.Picture(
            name: "red-rectangle.png", data: data, width: 64, height: 64, rows: 8, columns: 8)
        return try AttentionOverlay(
            title: "Where each token looked", caption: "Rows of attention at the positions of the answer's tokens.",
            pictures: [picture], mapNames: ["mean over all layers and heads", "layer 3, head 5"],
            tokens: answer.enumerated().map { index, text in
                .init(
                    text: text, score: index == 9 ? nil : 4 + 30 * noise(index, 21),
                    maps: (0..<2).map { map in [spot(index, map, rows: 8, columns: 8)] })
            })
    }

    static func twoPictures() throws -> AttentionOverlay {
        let folder = package.appendingPathComponent("Tests/Fixtures/images")
        let first = try Data(contentsOf: folder.appendingPathComponent("progressive-444.jpg"))
        let second = try Data(contentsOf: folder.appendingPathComponent("rgb-8.png"))
        return try AttentionOverlay(
            title: "Two pictures, a long answer",
            pictures: [
                .init(name: "first.jpg", data: first, width: 320, height: 200, rows: 10, columns: 16),
                .init(name: "second.png", data: second, width: 200, height: 200, rows: 12, columns: 12),
            ],
            tokens: (0..<180).map { index in
                .init(
                    text: [" the", " angle", " at", " vertex", " is", " then", ".\n"][index % 7],
                    score: 6 + 20 * noise(index, 31),
                    maps: [[spot(index, 0, rows: 10, columns: 16), spot(index, 1, rows: 12, columns: 12)]])
            })
    }

    /// A bright spot that moves with the token, on faint noise; one cell is undefined, some are vanishingly small.
    private static func spot(_ token: Int, _ map: Int, rows: Int, columns: Int) -> [Float] {
        let (y, x) = (noise(token, 41 + map) * Double(rows), noise(token, 51 + map) * Double(columns))
        return (0..<rows * columns).map { cell in
            if cell == 5, token == 2 { return .nan }
            let (dy, dx) = (Double(cell / columns) - y, Double(cell % columns) - x)
            return Float(0.04 * exp(-(dx * dx + dy * dy) / 4) + 1e-4 * noise(cell, token))
        }
    }
}
