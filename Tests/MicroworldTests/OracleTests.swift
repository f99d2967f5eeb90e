import Foundation
import Microworld
import Testing

/// The oracle: right answers, texts that are true of their scene, short, and seldom alike.
@Suite struct OracleTests {
    private let oracle = Oracle(seed: 3)

    /// Every split and family, so that nothing is tested on easy scenes alone.
    private func forAll(_ count: Int, hints: HintUse = .some, _ body: (Question) throws -> Void) rethrows {
        for split in Split.allCases {
            for family in Family.allCases {
                let source = QuestionSource(split: split, seed: 21, families: [family], hints: hints, hintRate: 0.5)
                for index in 0..<count { try body(source.question(index)) }
            }
        }
    }

    private func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "?" }.map(String.init)
    }

    private func sentences(_ text: String) -> [String] {
        text.replacingOccurrences(of: "? ", with: "?. ").components(separatedBy: ". ").map {
            $0.hasSuffix(".") ? String($0.dropLast()) : $0
        }
    }

    // MARK: Answers

    @Test func answersAsTheSolverDoes() throws {
        try forAll(300) { question in
            let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(question.scene))
            let solved = Solver(scene: try #require(json as? [String: Any])).answer(question.text)
            #expect(oracle.answer(to: question) == solved && solved == question.answerText, "\(question)")
            #expect(oracle.reply(to: question) == question.answer)
            var blank = question
            (blank.answerText, blank.hint) = ("", nil)
            #expect(oracle.answer(to: blank) == solved, "the key was looked at")
            #expect(
                oracle.response(think: "I see.", question: blank)
                    == "<think>I see.</think><answer>\(question.answer)</answer>")
        }
    }

    @Test func aQueryThatDoesNotFitHasNoAnswer() {
        var question = QuestionSource(split: .test, families: [.bars]).question(0)
        question.query = .thirdAngle
        question.options = []
        #expect(oracle.answer(to: question) == "unknown" && oracle.reply(to: question) == "unknown")
        #expect(oracle.reflection(for: question, variant: 0).contains("unknown"))
    }

    // MARK: Listing

    private static let places: [Int: [String]] = [
        2: ["top left", "top right", "bottom left", "bottom right"],
        3: [
            "top left", "top middle", "top right", "middle left", "center", "middle right", "bottom left",
            "bottom middle",
            "bottom right",
        ],
        4: (1...4).flatMap { row in (1...4).map { "row \(row), column \($0)" } },
    ]

    /// The scene that a listing tells of; what it does not tell is taken from the scene that it was made of.
    private func scene(_ listing: String, like scene: Scene) throws -> Scene {
        let parts = listing.components(separatedBy: "; ")
        switch scene {
        case .shapes(let side, let lines, _):
            let items = try parts.map { part in
                let halves = part.components(separatedBy: ": ")
                let cell = try #require(Self.places[side]?.firstIndex(of: halves[0]), "\(part)")
                let look = halves[1].components(separatedBy: " ")
                let size = try #require(["tiny", "small", "medium", "large"].firstIndex(of: look[0]))
                return Item(
                    kind: try #require(ShapeKind(rawValue: look[2])),
                    color: try #require(SceneColor(rawValue: look[1])),
                    row: cell / side, column: cell % side, size: size + 1)
            }
            return .shapes(side: side, lines: lines, items: items)
        case .chart:
            return .chart(
                bars: try parts.map { part in
                    let halves = part.components(separatedBy: " ")
                    return Bar(
                        color: try #require(SceneColor(rawValue: halves[0])), value: try #require(Int(halves[1])))
                })
        case .triangle(let triangle):
            let numbers = parts.map { Int($0.components(separatedBy: " ")[1]) }
            let left = 180 - numbers.compactMap { $0 }.reduce(0, +)
            return .triangle(
                shape: Triangle(
                    angles: numbers.map { $0 ?? left }, hidden: try #require(numbers.firstIndex(of: nil)),
                    isTurned: parts[2].hasPrefix("bottom"), color: triangle.color))
        }
    }

    @Test func listingsAreReadBack() throws {
        try forAll(75) { question in
            let listing = oracle.listing(of: question.scene)
            let back = try scene(listing, like: question.scene)
            #expect(back == question.scene, "\(listing)")
        }
        let item = Item(kind: .cross, color: .blue, row: 1, column: 1, size: 2)
        let other = Item(kind: .circle, color: .red, row: 0, column: 0, size: 4)
        #expect(
            oracle.listing(of: .shapes(side: 3, lines: false, items: [item, other]))
                == "top left: large red circle; center: small blue cross")
    }

    // MARK: Descriptions

    @Test func descriptionsNameEverything() {
        forAll(100) { question in
            let text = oracle.description(of: question.scene, variant: 1)
            let lower = text.lowercased()
            let count = text.split(separator: " ").count
            switch question.scene {
            case .shapes(let side, _, let items):
                #expect(count <= (side == 4 ? 150 : 110), "\(text)")
                for item in items {
                    let look = "\(item.color.rawValue) \(item.kind.rawValue)"
                    if side < 4 {
                        // A sentence with the place and the look.
                        let place = Self.places[side]?[item.row * side + item.column] ?? ""
                        #expect(sentences(lower).contains { $0.contains(place) && $0.contains(look) }, "\(text)")
                    } else {
                        let row = sentences(lower).first { $0.hasPrefix("row \(item.row + 1)") } ?? ""
                        let column = "\(item.column + 1)"
                        #expect(
                            [
                                "\(look) in column \(column)", "in column \(column) a \(look)",
                                "column \(column) \(look)",
                                "\(look) in \(column)",
                            ].contains { row.contains($0) }, "\(text)")
                    }
                    #expect(lower.contains(["tiny", "small", "medium", "large"][item.size - 1]), "\(text)")
                }
            case .chart(let bars):
                #expect(count <= 110)
                for bar in bars {
                    #expect(
                        sentences(lower).contains {
                            $0.contains("\(bar.color.rawValue) bar") && words($0).contains("\(bar.value)")
                        },
                        "\(text)")
                }
            case .triangle(let triangle):
                #expect(count <= 110 && lower.contains("\(triangle.color.rawValue) triangle"))
                for (index, angle) in triangle.angles.enumerated() {
                    let corner = ["left", "right", triangle.isTurned ? "bottom" : "top"][index]
                    let said = index == triangle.hidden ? "question mark" : "\(angle)"
                    #expect(
                        sentences(lower).contains { $0.contains("\(corner) corner") && $0.contains(said) }, "\(text)")
                }
            }
        }
    }

    // MARK: Chains

    @Test func chainsEndInTheAnswerAndAreShort() {
        forAll(150, hints: .all) { question in
            let brief = oracle.brief(for: question, variant: 2)
            #expect(brief.split(separator: " ").count <= 25, "\(brief)")
            #expect(ends(brief, in: question.answerText), "\(brief)")
            for text in [oracle.reflection(for: question, variant: 2), oracle.anchored(for: question, variant: 2)] {
                #expect(text.split(separator: " ").count <= 90, "\(text)")
                let last = sentences(text).last ?? ""
                #expect(ends(last, in: question.answerText), "\(text)")
                let isLettered = words(last).contains { ["a", "b", "c", "d"].contains($0) }
                #expect(isLettered == !question.options.isEmpty, "\(text)")
                if isLettered { #expect(last.contains(" \(question.answer)"), "\(text)") }
            }
        }
    }

    /// Whether the last thing of the kind of the answer that a text names is the answer.
    private func ends(_ text: String, in answer: String) -> Bool {
        let said = words(text)
        if Int(answer) != nil {
            return said.last { Int($0) != nil } == answer
                || text.hasSuffix("missing from 180.") && said.contains(answer)
        }
        for kind in [SceneColor.allCases.map(\.rawValue), ShapeKind.allCases.map(\.rawValue), ["yes", "no"]]
        where kind.contains(answer) { return said.last { kind.contains($0) } == answer }
        return text.lowercased().contains(answer)
    }

    @Test func nothingSpeaksOfTextsOrOracles() {
        forAll(100, hints: .all) { question in
            for text in texts(question, variant: 4) {
                let lower = text.lowercased()
                for phrase in [
                    "description", "caption", "text", "oracle", "scene", "listing", "  ", "..", " ,", "crosss",
                    "1 lines",
                ]
                where lower.contains(phrase) { Issue.record("\(phrase): \(text)") }
                let said = words(text)
                for (place, word) in said.enumerated().dropFirst(2) {
                    // "1, 0 and 1 circles" is a list, "there are 1 circles" a mistake.
                    let isList = said[place - 2] == "and" || Int(said[place - 2]) != nil
                    let isPlural = ["shapes", "circles", "squares", "triangles", "crosses"].contains(word)
                    #expect(!(said[place - 1] == "1" && isPlural && !isList), "\(text)")
                    let isVowel = word.first.map { "aeiou".contains($0) } ?? false
                    #expect(said[place - 1] != "an" || isVowel, "\(text)")
                    #expect(word == "option" || word == "and" || said[place - 1] != "a" || !isVowel, "\(text)")
                }
            }
        }
    }

    private func texts(_ question: Question, variant: UInt64) -> [String] {
        [
            oracle.description(of: question.scene, variant: variant), oracle.brief(for: question, variant: variant),
            oracle.reflection(for: question, variant: variant), oracle.anchored(for: question, variant: variant),
        ]
    }

    @Test func anchorsLookAtSomethingInThePicture() {
        let named =
            SceneColor.allCases.map(\.rawValue) + [
                "row", "column", "columns", "corner", "corners", "line", "left", "right", "middle", "center",
                "triangle",
                "angles", "both", "others", "circle", "square", "cross", "circles", "squares", "triangles", "crosses",
            ]
        forAll(100) { question in
            let text = oracle.anchored(for: question, variant: 5)
            let anchors = sentences(text).filter { sentence in
                let said = words(sentence)
                return ["look", "looking", "eyes"].contains { said.contains($0) }
                    && named.contains { said.contains($0) }
                    && (sentence.contains(",") || sentence.contains(":"))
            }
            #expect(anchors.count >= 2, "\(text)")
        }
    }

    @Test func hintsAreCheckedAgainstThePicture() {
        var (spoken, all) = (0, 0)
        forAll(100, hints: .all) { question in
            guard let hint = question.hint else { return }
            for text in [oracle.reflection(for: question, variant: 0), oracle.anchored(for: question, variant: 0)] {
                all += 1
                guard
                    let verdict = sentences(text).last(where: { $0.contains("friend") && $0.contains(hint.suggestion) })
                else { continue }
                spoken += 1
                let agrees =
                    verdict.contains("picture agrees") || verdict.contains("is right")
                    || verdict.contains("That agrees")
                #expect(agrees == (hint.suggestion == question.answerText), "\(text)")
            }
        }
        #expect((all * 6 / 10...all * 8 / 10).contains(spoken), "\(spoken) of \(all)")
        forAll(30, hints: .none) { question in
            for text in texts(question, variant: 0) { #expect(!text.contains("friend") && !text.contains("hint")) }
        }
    }

    @Test func everySumIsRight() throws {
        let pattern = try Regex("([0-9]+(?: [-+] [0-9]+)+) = ([0-9]+)")
        var sums = 0
        forAll(150) { question in
            for text in texts(question, variant: 6) {
                for match in text.matches(of: pattern) {
                    let left = String(match.output[1].substring ?? "").replacingOccurrences(of: "- ", with: "-")
                        .replacingOccurrences(of: "+ ", with: "")
                    let total = left.split(separator: " ").compactMap { Int($0) }.reduce(0, +)
                    #expect(total == Int(match.output[2].substring ?? ""), "\(text)")
                    sums += 1
                }
            }
        }
        #expect(sums > 1000)
    }

    /// Clauses of a known form, counted again in the scene; slips are never of these forms.
    @Test func clausesAreTrue() throws {
        let color = "(red|green|blue|yellow|purple|black)"
        let bar = try Regex("[Tt]he \(color) bar (?:ends at|goes up to|has the value) ([0-9]+)")
        let row = try Regex(
            "(top row|middle row|bottom row|[Rr]ow [1-4]) has (no|[0-9])(?: \(color))? (circle|square|triangle|cross|shape)(?:e?s)?\\b"
        )
        let place = try Regex(
            "(?:a|the) (?:tiny |small |medium |large )?\(color) (circle|square|triangle|cross) (?:is )?in the ((?:top|middle|bottom) (?:left|middle|right)|center)(?![a-z ]*row|[a-z ]*column)"
        )
        let size = try Regex("\(color) (?:one|circle|square|triangle|cross) is (tiny|small|medium|large)\\b")
        let corner = try Regex("(left|right|top|bottom) corner (?:is|has|is marked with) ([0-9]+)")
        var found = Array(repeating: 0, count: 5)
        func part(_ match: Regex<AnyRegexOutput>.Match, _ index: Int) -> String {
            String(match.output[index].substring ?? "")
        }
        forAll(100) { question in
            for text in texts(question, variant: 7) {
                switch question.scene {
                case .chart(let bars):
                    for match in text.matches(of: bar) {
                        found[0] += 1
                        #expect(
                            bars.first { $0.color.rawValue == part(match, 1) }?.value == Int(part(match, 2)), "\(text)")
                    }
                case .triangle(let triangle):
                    for match in text.matches(of: corner) {
                        found[1] += 1
                        let index = ["left": 0, "right": 1][part(match, 1)] ?? 2
                        #expect(triangle.angles[index] == Int(part(match, 2)) && index != triangle.hidden, "\(text)")
                    }
                case .shapes(let side, _, let items):
                    for match in text.matches(of: row) {
                        found[2] += 1
                        let name = part(match, 1)
                        let index =
                            name.lowercased().hasPrefix("row")
                            ? (Int(name.suffix(1)) ?? 0) - 1 : ["top row": 0, "bottom row": side - 1][name] ?? 1
                        let (asked, kind) = (part(match, 3), part(match, 4))
                        let count = items.count {
                            $0.row == index && (asked.isEmpty || $0.color.rawValue == asked)
                                && (kind == "shape" || $0.kind.rawValue == kind)
                        }
                        #expect(count == Int(part(match, 2)) ?? 0, "\(text)")
                    }
                    for match in text.matches(of: place) {
                        found[3] += 1
                        let cell = Self.places[side]?.firstIndex(of: part(match, 3)) ?? -1
                        #expect(
                            items.contains {
                                $0.color.rawValue == part(match, 1) && $0.kind.rawValue == part(match, 2)
                                    && $0.row * side + $0.column == cell
                            }, "\(text)")
                    }
                    for match in text.matches(of: size) {
                        found[4] += 1
                        let word = part(match, 2)
                        #expect(
                            items.contains {
                                $0.color.rawValue == part(match, 1)
                                    && ["tiny", "small", "medium", "large"][$0.size - 1] == word
                            }, "\(text)")
                    }
                }
            }
        }
        #expect(found.allSatisfy { $0 > 100 }, "\(found)")
    }

    @Test func slipsAreTakenBackInAQuarter() {
        var (slips, all) = (0, 0)
        let marks = ["At first I", "My first guess", "I first take", "No, wait", "First I", "I nearly say"]
        forAll(100) { question in
            all += 1
            if marks.contains(where: oracle.reflection(for: question, variant: 8).contains) { slips += 1 }
        }
        #expect((all * 20 / 100...all * 30 / 100).contains(slips), "\(slips) of \(all)")
    }

    // MARK: Variety

    /// A text without what differs between scenes.
    private func skeleton(_ text: String) -> String {
        let masked: [(String, Set<String>)] = [
            ("COLOR", Set(SceneColor.allCases.map(\.rawValue))),
            (
                "KIND",
                Set(
                    ShapeKind.allCases.flatMap { [$0.rawValue, $0.rawValue + "s", $0.rawValue + "es"] } + [
                        "shape", "shapes",
                    ])
            ),
            ("PLACE", ["top", "middle", "bottom", "left", "right", "center"]),
            ("SIZE", ["tiny", "small", "medium", "large"]), ("ANSWER", ["yes", "no", "a", "b", "c", "d"]),
        ]
        let names = words(text).map { word in
            Int(word) != nil ? "NUMBER" : masked.first { $0.1.contains(word) }?.0 ?? word
        }
        // Runs of one mask are one: how many there are is the scene's doing.
        return names.enumerated().filter { $0.offset == 0 || names[$0.offset - 1] != $0.element }.map(\.element)
            .joined(separator: " ")
    }

    @Test(arguments: Family.allCases) func textsAreSeldomAlike(_ family: Family) {
        let source = QuestionSource(split: .train, seed: 5, families: [family])
        let questions = (0..<200).map(source.question)
        let reflections = questions.map { oracle.reflection(for: $0, variant: 0) }
        let anchored = questions.map { oracle.anchored(for: $0, variant: 0) }
        let descriptions = questions.map { oracle.description(of: $0.scene, variant: 0) }
        for texts in [reflections, anchored, descriptions] {
            // Triangles of the same angles come again.
            #expect(Set(texts).count >= 185)
            #expect(Set(texts.map(skeleton)).count >= 100, "\(Set(texts.map(skeleton)).count)")
        }
        let briefs = questions.map { oracle.brief(for: $0, variant: 0) }
        #expect(Set(briefs.map(skeleton)).count >= 4)
        let variants = (0..<20).map { oracle.reflection(for: questions[0], variant: $0) }
        #expect(Set(variants).count >= 19)
    }

    @Test func sameSeedSameTexts() {
        forAll(10) { question in
            let again = Oracle(seed: 3)
            #expect(
                again.description(of: question.scene, variant: 1) == oracle.description(of: question.scene, variant: 1))
            #expect(again.brief(for: question, variant: 1) == oracle.brief(for: question, variant: 1))
            #expect(again.reflection(for: question, variant: 1) == oracle.reflection(for: question, variant: 1))
            #expect(again.anchored(for: question, variant: 1) == oracle.anchored(for: question, variant: 1))
        }
        let question = QuestionSource(split: .test).question(0)
        #expect(
            Oracle(seed: 1).reflection(for: question, variant: 0)
                != Oracle(seed: 2).reflection(for: question, variant: 0))
    }
}
