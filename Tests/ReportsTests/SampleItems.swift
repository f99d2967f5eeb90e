import Foundation
import Reports

/// Items as an evaluation makes them: real pictures, some of them shared, invented questions, answers long and hostile.
enum SampleItems {
    static let count = 60
    /// What would break out of an element, an attribute or the script.
    static let evil = "</script><img src=x onerror=alert(1)>\"'&<!--\u{0}\u{7}\u{2028}]]> {{x}}\r\nend"

    static func browser() throws -> ItemBrowser {
        try ItemBrowser(
            title: "Items of <MathVista> & \"friends\"",
            caption: "Every question once. Extracted says what a reading took for the answer.",
            facets: [
                .init("verdict", values: ["right", "wrong", "unparsed"]), .init("category"), .init("readings"),
            ],
            pictures: try pictures(), items: (0..<count).map(item))
    }

    static func verdict(_ index: Int) -> String {
        switch index % 7 {
        case 0, 3, 4: "wrong"
        case 6: "unparsed"
        default: "right"
        }
    }

    static func category(_ index: Int) -> String { ["geometry", "charts, tables", "", "Tür & Tor"][index % 4] }

    /// The answer of a model that thinks aloud.
    static func answer(_ index: Int) -> String {
        switch index {
        case 4: return evil
        case 5: return ""
        default: break
        }
        let steps = (0..<(index % 5) * 9).map {
            "Step \($0 + 1): the angle at vertex \($0) is \(17 * ($0 + index) % 180)°, so 2x + \($0) = \(index)."
        }
        return (["Let me look at the picture."] + steps + ["The answer is \(index % 4 == 1 ? "B" : "\\frac{1}{2}")."])
            .joined(separator: "\n")
    }

    static func item(_ index: Int) -> ItemBrowser.Item {
        let verdict = verdict(index)
        let differ = index.isMultiple(of: 5)
        return ItemBrowser.Item(
            title: index == 4 ? evil : "testmini-\(index)",
            tone: verdict == "right" ? .good : verdict == "wrong" ? .bad : .neutral,
            labels: [verdict] + (index % 5 == 4 ? ["cut"] : []) + (differ ? ["readings differ"] : []),
            facets: [verdict, category(index), differ ? "differ" : "agree"],
            pictures: index % 11 == 10 ? [] : index % 9 == 8 ? [0, 3, 1] : [index / 2 % 5],
            texts: [
                .init("Question", "As shown in the figure, triangle \(index) is similar to the other. Find x."),
                .init(
                    "Prompt",
                    "<image>\nHint: Please answer the question and provide the final value.\nQuestion \(index)"),
                .init("Answer", answer(index)), .init("Right answer", "B"),
                .init("Extracted (strict)", index % 4 == 1 ? "B" : "1/2"), .init("Extracted (reference)", "\(index)"),
            ])
    }

    static func pictures() throws -> [ItemBrowser.Picture] {
        try [
            ("Tests/Fixtures/processor/wide.png", "image/png", 200, 64),
            ("Tests/Fixtures/processor/strongly-downscaled.png", "image/png", 260, 220),
            ("Examples/AskAboutPicture/red-rectangle.png", "image/png", 64, 64),
            ("Tests/Fixtures/images/lossless-37x29.webp", "image/webp", 37, 29),
            ("Tests/Fixtures/images/baseline-444.jpg", "image/jpeg", 35, 27),
        ].map { path, mediaType, width, height in
            let data = try Data(contentsOf: SampleReport.package.appendingPathComponent(path))
            return .init(mediaType: mediaType, data: data, width: width, height: height)
        }
    }
}
