import Foundation

/// The items on a page: controls, and the data for the script.
extension ItemBrowser {
    func write(to page: inout String, identifier: String) {
        let root = "\(identifier)-items"
        page += """
            <div class="browser" id="\(root)">
            <noscript><p class="warning">The items need JavaScript, which puts those on the page that are \
            asked for.</p></noscript>
            \(controls)
            <div class="turning" hidden><p class="count" role="status"></p>\(turning("Pages of items"))</div>
            <p class="active"></p><ol class="items"></ol>
            <div class="turning end" hidden>\(turning("Pages of items, below them"))</div>
            <dialog aria-label="Picture"><div class="bearing"><span></span>\
            <button type="button">Close</button></div><div class="whole" tabindex="0"></div></dialog>

            """
        // An element for each, so that none is read before it is shown; base64 has no letter that could end an element.
        page += "<script type=\"application/json\" id=\"\(root)-index\">\(index)</script>\n"
        let names = Dictionary(uniqueKeysWithValues: textNames.enumerated().map { ($1, $0) })
        for (number, item) in items.enumerated() {
            let json = Self.json(item, names)
            page += "<script type=\"application/json\" id=\"\(root)-item-\(number)\">\(json)</script>\n"
        }
        for (number, picture) in pictures.enumerated() {
            let data = picture.data.base64EncodedString()
            page += "<script type=\"text/plain\" id=\"\(root)-picture-\(number)\">\(data)</script>\n"
        }
        page += "</div>\n"
    }

    private var controls: String {
        let selects = facets.map { facet in
            "<label>\(Escaping.markup(facet.name)) <select autocomplete=\"off\">"
                + "<option value=\"\">all</option></select></label>"
        }
        return """
            <div class="controls" role="search" aria-label="Which items are shown" hidden>\(selects.joined())\
            <label class="search">search <input type="search" autocomplete="off" spellcheck="false" \
            placeholder="in all texts"></label><button type="button" class="clear">Clear all</button></div>
            """
    }

    private func turning(_ label: String) -> String {
        """
        <nav aria-label="\(label)"><button type="button" class="back">‹ Previous</button><span class="place"></span>\
        <button type="button" class="on">Next ›</button></nav>
        """
    }

    // MARK: Data

    private static func list(_ parts: some Sequence<String>) -> String { "[" + parts.joined(separator: ",") + "]" }

    /// What filtering needs: facets with the value of each item, names of texts, kinds and sizes of pictures.
    private var index: String {
        let columns = facets.indices.map { facet in
            let places = Dictionary(values[facet].enumerated().map { ($1, $0) }) { first, _ in first }
            let column = items.map { places[$0.facets[facet]].map(String.init) ?? "null" }
            return """
                {"name":\(Escaping.json(facets[facet].name)),"values":\(Self.list(values[facet].map(Escaping.json))),\
                "items":\(Self.list(column))}
                """
        }
        let sizes = pictures.map { "[\(Escaping.json($0.mediaType)),\($0.width),\($0.height)]" }
        return """
            {"count":\(items.count),"names":\(Self.list(textNames.map(Escaping.json))),"pictures":\(Self.list(sizes)),
            "facets":\(Self.list(columns))}
            """
    }

    /// An item, its texts as pairs of a name's place and the text.
    private static func json(_ item: Item, _ names: [String: Int]) -> String {
        let texts = item.texts.map { text in
            "[\(names[text.name].map(String.init) ?? "null"),\(Escaping.json(text.text))]"
        }
        return """
            {"title":\(Escaping.json(item.title)),"tone":"\(item.tone.rawValue)",\
            "labels":\(list(item.labels.map(Escaping.json))),"pictures":\(list(item.pictures.map(String.init))),\
            "texts":\(list(texts))}
            """
    }
}
