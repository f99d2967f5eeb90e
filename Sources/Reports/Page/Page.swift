/// A report as HTML.
struct Page {
    private(set) var text = ""

    init(_ report: Report) {
        // The policy forbids every request, so that the page can be trusted to ask for nothing.
        text = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
            style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <link rel="icon" href="data:,">
            <title>\(Escaping.markup(report.title))</title>
            <style>
            \(Style.page)
            </style></head><body><main>
            <header><h1>\(Escaping.markup(report.title))</h1>

            """
        if !report.subtitle.isEmpty { text += "<p class=\"subtitle\">\(Escaping.markup(report.subtitle))</p>\n" }
        text += "</header>\n"
        for (index, section) in report.sections.enumerated() { add(section, identifier: "s\(index + 1)") }
        text += "</main>\n<script>\n\(Script.text)\n</script></body></html>\n"
    }

    private mutating func add(_ section: Report.Section, identifier: String) {
        switch section {
        case .summary(let summary): add(summary)
        case .table(let table): add(table, identifier)
        case .listing(let listing): add(listing)
        case .heatMap(let figure): add(figure, identifier)
        case .stackedAreas(let figure): add(figure, identifier)
        case .lineChart(let figure): add(figure, identifier)
        case .scatter(let figure): add(figure, identifier)
        case .overlay(let figure): add(figure, identifier)
        case .items(let browser): add(browser, identifier)
        }
    }

    private mutating func add(_ summary: Summary) {
        text += "<section>\(head(summary.title))\n"
        for warning in summary.warnings {
            text += "<p class=\"warning\" role=\"note\">\(Escaping.markup(warning))</p>\n"
        }
        if !summary.rows.isEmpty {
            text += "<table class=\"facts\"><tbody>\n"
            for row in summary.rows {
                let cells = [row.value, row.note].map { "<td>\(Escaping.markup($0))</td>" }.joined()
                text += "<tr><th scope=\"row\">\(Escaping.markup(row.name))</th>\(cells)</tr>\n"
            }
            text += "</tbody></table>\n"
        }
        for paragraph in summary.paragraphs { text += caption(paragraph) }
        text += "</section>\n"
    }

    private mutating func add(_ table: Table, _ identifier: String) {
        text += "<section>\(head(table.title, buttons: csvButton(identifier, table.title)))\n"
        text += "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>"
        func style(_ column: Int) -> String {
            table.columns.indices.contains(column) && table.columns[column].isNumeric ? " class=\"number\"" : ""
        }
        for (index, column) in table.columns.enumerated() {
            text += "<th scope=\"col\"\(style(index))>\(Escaping.markup(column.title))</th>"
        }
        text += "</tr></thead><tbody>\n"
        for row in table.rows {
            let cells = row.enumerated().map { "<td\(style($0))>\(Escaping.markup($1.shown))</td>" }
            text += "<tr>\(cells.joined())</tr>\n"
        }
        text += "</tbody></table></div>\n\(caption(table.caption))\(csvData(identifier, table.csv()))</section>\n"
    }

    private mutating func add(_ listing: Listing) {
        let count = listing.lineCount == 1 ? "1 line" : "\(listing.lineCount) lines"
        // A line feed right after the tag is no part of the text.
        text += """
            <section>\(head(listing.title))
            <details><summary>\(count)</summary><pre tabindex="0">
            \(Escaping.markup(listing.text))</pre></details></section>

            """
    }

    private mutating func add(_ figure: some Drawing, _ identifier: String) {
        let buttons =
            csvButton(identifier, figure.title)
            + button("SVG", "svg", "\(identifier)-svg", figure.title + ".svg", "drawing")
        text += "<section class=\"figure\">\(head(figure.title, buttons: buttons))\n"
        for size in Canvas.Size.allCases { text += figure.inlineSVG(size: size, prefix: identifier) + "\n" }
        text += caption(figure.caption) + csvData(identifier, figure.csv())
        text += "<script type=\"application/json\" id=\"\(identifier)-svg\">\(Escaping.json(figure.svg()))</script>\n"
        text += "</section>\n"
    }

    private mutating func add(_ overlay: AttentionOverlay, _ identifier: String) {
        let button = button("CSV", "overlay", "\(identifier)-overlay", overlay.title + ".csv", "numbers")
        text += "<section class=\"overlays\">\(head(overlay.title, buttons: button))\n"
        text += overlay.html(identifier: identifier) + "\n\(caption(overlay.caption))</section>\n"
    }

    private mutating func add(_ browser: ItemBrowser, _ identifier: String) {
        let button = button("CSV", "items", "\(identifier)-items", browser.title + ".csv", "items that are filtered")
        text += "<section class=\"browsing\" id=\"\(identifier)\">\(head(browser.title, buttons: button))\n"
        text += caption(browser.caption)
        browser.write(to: &text, identifier: identifier)
        text += "</section>\n"
    }

    // MARK: Parts

    private func head(_ title: String, buttons: String = "") -> String {
        "<div class=\"head\"><h2>\(Escaping.markup(title))</h2>\(buttons)</div>"
    }

    private func caption(_ text: String) -> String {
        text.isEmpty ? "" : "<p class=\"caption\">\(Escaping.markup(text))</p>\n"
    }

    private func csvButton(_ identifier: String, _ title: String) -> String {
        button("CSV", "csv", "\(identifier)-csv", title + ".csv", "numbers")
    }

    /// A button that saves something of the page as a file.
    private func button(_ label: String, _ kind: String, _ source: String, _ file: String, _ what: String) -> String {
        let stem = Escaping.fileName(String(file.dropLast(4)))
        return "<button type=\"button\" data-\(kind)=\"\(source)\" data-file=\"\(stem)\(file.suffix(4))\" "
            + "title=\"Save the \(what) as \(label)\">\(label)</button>"
    }

    private func csvData(_ identifier: String, _ csv: String) -> String {
        "<script type=\"application/json\" id=\"\(identifier)-csv\">\(Escaping.json(csv))</script>\n"
    }
}
