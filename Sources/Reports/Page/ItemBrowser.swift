import Foundation

/// Items of an evaluation, one per question, to be filtered, searched and leafed through.
///
/// An item has pictures, texts and a verdict. A page stays quick with thousands of them: they lie in it as text, and
/// become elements when they are shown.
public struct ItemBrowser: Sendable, Equatable {
    /// A property by which items can be chosen.
    public struct Facet: Sendable, Equatable {
        /// What it is called, such as "verdict" or "category".
        public var name: String
        /// The values in the order in which they are offered; nil for the order in which they first occur.
        public var values: [String]?

        /// A property by which items can be chosen.
        /// - Parameters:
        ///   - name: what it is called; no other facet is called so.
        ///   - values: the values in the order in which they are offered; nil for the order in which they first occur.
        public init(_ name: String, values: [String]? = nil) {
            self.name = name
            self.values = values
        }
    }

    /// A picture, which any number of items may show.
    public struct Picture: Sendable, Equatable {
        /// The kind of file: "image/webp", "image/png", "image/jpeg" or "image/gif".
        public var mediaType: String
        /// The picture's file, which goes into the page as it is.
        public var data: Data
        /// Pixels across.
        public var width: Int
        /// Pixels down.
        public var height: Int

        /// A picture.
        /// - Parameters:
        ///   - mediaType: "image/webp", "image/png", "image/jpeg" or "image/gif".
        ///   - data: the file.
        ///   - width: pixels across.
        ///   - height: pixels down.
        public init(mediaType: String, data: Data, width: Int, height: Int) {
            self.mediaType = mediaType
            self.data = data
            self.width = width
            self.height = height
        }
    }

    /// How an item came out: a colour with a sign beside it.
    public enum Tone: String, Sendable, Equatable, CaseIterable {
        /// A tick: an answer that is right.
        case good
        /// A cross: an answer that is wrong.
        case bad
        /// ○, for what is neither, such as an answer that could not be read.
        case neutral
    }

    /// Something said, under a name.
    public struct Text: Sendable, Equatable {
        /// What it is, such as "Question" or "Answer".
        public var name: String
        /// What was said, letter by letter.
        public var text: String

        /// Something said, under a name.
        /// - Parameters:
        ///   - name: what it is.
        ///   - text: what was said.
        public init(_ name: String, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    /// A question and what became of it.
    public struct Item: Sendable, Equatable {
        /// The question's name.
        public var title: String
        /// How it came out.
        public var tone: Tone
        /// A few short words, the first of which says the tone, such as "wrong" and "cut".
        ///
        /// Without any the tone says its own name.
        public var labels: [String]
        /// A value per facet; the empty string for none.
        public var facets: [String]
        /// Places in ``ItemBrowser/pictures``, in the order of the prompt.
        public var pictures: [Int]
        /// What was asked, answered and made of it, in the order of reading.
        public var texts: [Text]

        /// A question and what became of it.
        /// - Parameters:
        ///   - title: the question's name.
        ///   - tone: how it came out.
        ///   - labels: a few short words, the first of which says the tone.
        ///   - facets: a value per facet, the empty string for none.
        ///   - pictures: places in ``ItemBrowser/pictures``, in the order of the prompt.
        ///   - texts: what was asked, answered and made of it, in the order of reading.
        public init(
            title: String, tone: Tone = .neutral, labels: [String] = [], facets: [String] = [], pictures: [Int] = [],
            texts: [Text]
        ) {
            self.title = title
            self.tone = tone
            self.labels = labels
            self.facets = facets
            self.pictures = pictures
            self.texts = texts
        }
    }

    /// What is shown, as a heading.
    public var title: String
    /// What a reader must know, above the items; may be empty.
    public var caption: String
    /// The properties by which items can be chosen.
    public let facets: [Facet]
    /// Every picture once.
    public let pictures: [Picture]
    /// The items in their order.
    public let items: [Item]
    /// The values of each facet as they are offered.
    let values: [[String]]

    /// Items to be filtered, searched and leafed through.
    /// - Parameters:
    ///   - title: what is shown, as a heading.
    ///   - caption: what a reader must know, above the items; may be empty.
    ///   - facets: the properties by which items can be chosen; several choices hold together.
    ///   - pictures: every picture once.
    ///   - items: the items in their order.
    /// - Throws: ``ReportError`` if two facets have one name, an item has another number of facets, a value that its
    ///   facet does not list or a picture that is not there, or if a picture has no extent or is of a kind that is not
    ///   shown.
    public init(
        title: String, caption: String = "", facets: [Facet] = [], pictures: [Picture] = [], items: [Item]
    ) throws {
        self.title = title
        self.caption = caption
        self.facets = facets
        self.pictures = pictures
        self.items = items
        try Self.check(facets, pictures, items)
        values = facets.indices.map { facet in
            facets[facet].values ?? Self.inOrder(items.lazy.map { $0.facets[facet] })
        }
    }

    private static let mediaTypes: Set = ["image/png", "image/jpeg", "image/webp", "image/gif"]

    private static func check(_ facets: [Facet], _ pictures: [Picture], _ items: [Item]) throws {
        var names: Set<String> = []
        for facet in facets where !names.insert(facet.name).inserted { throw ReportError.facetTwice(name: facet.name) }
        for (index, picture) in pictures.enumerated() {
            guard mediaTypes.contains(picture.mediaType) else {
                throw ReportError.mediaType(picture: index, mediaType: picture.mediaType)
            }
            guard picture.width > 0 else { throw ReportError.empty(what: "The width of picture \(index)") }
            guard picture.height > 0 else { throw ReportError.empty(what: "The height of picture \(index)") }
        }
        let listed = facets.map { $0.values.map { Set($0) } }
        for item in items {
            guard item.facets.count == facets.count else {
                throw ReportError.count(
                    what: "The facets of '\(item.title)'", expected: facets.count, got: item.facets.count)
            }
            if let index = item.pictures.first(where: { !pictures.indices.contains($0) }) {
                throw ReportError.noPicture(item: item.title, index: index, count: pictures.count)
            }
            for (facet, value) in item.facets.enumerated() where listed[facet].map({ !$0.contains(value) }) ?? false {
                throw ReportError.facetValue(facet: facets[facet].name, value: value, item: item.title)
            }
        }
    }

    /// Every word once, where it first occurs.
    static func inOrder(_ words: some Sequence<String>) -> [String] {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }
    }

    /// One line per item: its number from 1, title, labels, a column per facet, a column per name of a text.
    ///
    /// The page's button saves the same lines of those items that are filtered.
    public func csv() -> String {
        let names = textNames
        let header = ["item", "title", "labels"] + facets.map(\.name) + names
        return items.enumerated().reduce(into: Escaping.csvLine(header)) { text, entry in
            let item = entry.element
            let said = Dictionary(item.texts.map { ($0.name, $0.text) }) { "\($0)\n\($1)" }
            let start = ["\(entry.offset + 1)", item.title, item.labels.joined(separator: "; ")]
            text += Escaping.csvLine(start + item.facets + names.map { said[$0] ?? "" })
        }
    }

    /// The names of texts in the order in which they first occur.
    var textNames: [String] { Self.inOrder(items.lazy.flatMap(\.texts).map(\.name)) }
}
