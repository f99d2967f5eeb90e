import Foundation

/// A page of results: one HTML file that needs nothing else, neither a network nor a server nor a folder beside it.
public struct Report: Sendable {
    /// One part of a page, under a heading of its own.
    public enum Section: Sendable {
        /// Names, values and notes, with warnings above them.
        case summary(Summary)
        /// Rows and columns.
        case table(Table)
        /// Lines of text, folded.
        case listing(Listing)
        /// Values by layer and head.
        case heatMap(HeatMap)
        /// Shares by layer.
        case stackedAreas(StackedAreas)
        /// Curves over steps, tokens or coefficients.
        case lineChart(LineChart)
        /// Points, with a line through them.
        case scatter(Scatter)
        /// Pictures under the attention of tokens.
        case overlay(AttentionOverlay)
        /// Questions with their pictures, answers and verdicts, to be filtered and leafed through.
        case items(ItemBrowser)
    }

    /// The heading of the page and the name of its window.
    public var title: String
    /// A line below the heading: the model, the data, the date.
    public var subtitle: String
    /// The parts in their order.
    public var sections: [Section]

    /// A page.
    /// - Parameters:
    ///   - title: the heading of the page and the name of its window.
    ///   - subtitle: a line below the heading, empty for none.
    ///   - sections: the parts in their order.
    public init(title: String, subtitle: String = "", sections: [Section]) {
        self.title = title
        self.subtitle = subtitle
        self.sections = sections
    }

    /// The page.
    /// - Returns: HTML, the same to the byte for the same report.
    public func html() -> String {
        Page(self).text
    }

    /// Writes the page; a file that was there stays whole until the new one is.
    /// - Parameter url: the file to write.
    /// - Throws: the file system's error.
    public func write(to url: URL) throws {
        try Data(html().utf8).write(to: url, options: .atomic)
    }
}

/// A drawing with the numbers it shows.
public protocol Figure: Sendable {
    /// What is shown, as a heading.
    var title: String { get }
    /// What a reader must know to read it, below the drawing; may be empty.
    var caption: String { get }
    /// The drawing as an SVG document on a white ground, which needs no other file.
    func svg() -> String
    /// The numbers drawn, at full precision: RFC 4180 with a header, in UTF-8, lines ended by a line feed.
    func csv() -> String
}

extension Report.Section {
    /// The drawing, if the section is one.
    public var figure: (any Figure)? {
        switch self {
        case .summary, .table, .listing, .items: nil
        case .heatMap(let figure): figure
        case .stackedAreas(let figure): figure
        case .lineChart(let figure): figure
        case .scatter(let figure): figure
        case .overlay(let figure): figure
        }
    }
}
