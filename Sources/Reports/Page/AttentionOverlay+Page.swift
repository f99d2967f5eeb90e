import Foundation

/// The overlay on a page: the pictures, the tokens, and the data for the script.
extension AttentionOverlay {
    func html(identifier: String) -> String {
        """
        <div class="overlay" id="\(identifier)-overlay">
        \(controls(identifier))
        <div class="split\(pictures.count > 1 ? " many" : "")"><div class="looks">
        \(pictures.map(frame).joined(separator: "\n"))
        <div class="scale"><div class="bar" aria-hidden="true"></div><span class="low"></span>\
        <span class="unit">attention weight per visual token</span><span class="high"></span></div>
        <p class="readout" role="status" aria-live="polite"></p></div>
        <div class="words"><p class="hint">Point at a token, or tap it, or move with the arrow keys; \
        Escape returns to the mean over tokens. The deeper its tint, the higher a token’s VAS.</p>
        <div class="tokens" role="listbox" aria-label="Tokens of the answer">\(chips)</div></div></div>
        <noscript><p class="warning">The overlay needs JavaScript; the numbers of this page do not.</p></noscript>
        <script type="application/json" id="\(identifier)-data">\(json)</script></div>
        """
    }

    private func controls(_ identifier: String) -> String {
        let maps = mapNames.enumerated().map { "<option value=\"\($0)\">\(Escaping.markup($1))</option>" }.joined()
        return """
            <div class="controls"><label>Map <select class="map">\(maps)</select></label>\
            <label>Range <select class="range"><option value="own">of the map shown</option>\
            <option value="all">of all tokens</option></select></label>\
            <label>Colours <select class="spacing"><option value="linear">linear</option>\
            <option value="log">logarithmic</option></select></label>\
            <label>Opacity <input class="opacity" type="range" min="0" max="100" value="60"></label></div>
            """
    }

    private func frame(_ picture: Picture) -> String {
        """
        <div class="frame" style="--ratio:\(picture.width)/\(picture.height)">\
        <img alt="\(Escaping.markup(picture.name))" width="\(picture.width)" height="\(picture.height)" \
        src="\(picture.address)"><canvas width="\(picture.columns)" height="\(picture.rows)"></canvas></div>
        """
    }

    // MARK: Tokens

    private var chips: String {
        let tints = Self.tints(tokens.map(\.score))
        return tokens.enumerated().map { index, token in
            let score = token.score.map { NumberText.short($0) } ?? "undefined"
            // A blank before a word stays with it, and the line may break before the blank.
            let (stem, gap) =
                token.text.hasPrefix(" ") ? ("\u{A0}" + token.text.dropFirst(), "<wbr>") : (token.text, "")
            return """
                \(gap)<span class="chip t\(tints[index])" role="option" aria-selected="false" \
                tabindex="\(index == 0 ? 0 : -1)" title="token \(index), VAS \(score)">\(Self.shown(token.text.allSatisfy { $0 == " " } ? token.text : stem))</span>
                """
        }.joined()
    }

    /// Nine steps of tint by the logarithm of the score; none without a score.
    private static func tints(_ scores: [Double?]) -> [Int] {
        let logarithms = scores.map { score in score.flatMap { $0.isFinite && $0 > 0 ? log($0) : nil } }
        let defined = logarithms.compactMap { $0 }
        guard let low = defined.min(), let high = defined.max(), high > low else { return scores.map { _ in 0 } }
        return logarithms.map { $0.map { Int((8 * ($0 - low) / (high - low)).rounded()) } ?? 0 }
    }

    /// Text whose white space can be seen: line breaks break and leave their mark, tabs and lone blanks have marks.
    private static func shown(_ text: String) -> String {
        func mark(_ sign: String) -> String { "<span class=\"space\">\(sign)</span>" }
        if text.isEmpty { return mark("∅") }
        if text.allSatisfy({ $0 == " " }) { return mark(String(repeating: "␣", count: text.count)) }
        return text.unicodeScalars.map { scalar in
            switch scalar {
            case "\n": mark("⏎") + "<br>"
            case "\r": mark("␍")
            case "\t": mark("⇥")
            default: Escaping.markup(String(scalar))
            }
        }.joined()
    }

    // MARK: Data

    /// What the script needs: grids as codes in base64, four significant digits each.
    private var json: String {
        func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }
        let grids = pictures.map {
            "{\"name\":\(Escaping.json($0.name)),\"rows\":\($0.rows),\"columns\":\($0.columns)}"
        }
        let entries = tokens.indices.map { index in
            let token = tokens[index]
            let maps = codes[index].map { "[\($0.exponent),\"\($0.base64)\"]" }
            let score = Escaping.json(token.score.map(NumberText.exact) ?? "")
            return "{\"text\":\(Escaping.json(token.text)),\"vas\":\(score),\"maps\":\(list(maps))}"
        }
        let colours = (0..<256).map { Palette.overlay.code(at: Double($0) / 255).dropFirst() }.joined()
        return "{\"pictures\":\(list(grids)),\"maps\":\(list(mapNames.map(Escaping.json))),"
            + "\"colours\":\"\(colours)\",\"tokens\":\n\(list(entries))}"
    }
}
