/// Rows and columns.
public struct Table: Sendable, Equatable {
    /// What stands in one place.
    public enum Cell: Sendable, Equatable, ExpressibleByStringLiteral {
        /// Text, shown and exported as it is.
        case text(String)
        /// A number, shown with so many decimals or, without, four significant digits; exported whole.
        case number(Double, decimals: Int? = nil)
        /// Nothing was measured.
        case undefined

        /// A cell of text.
        public init(stringLiteral value: String) { self = .text(value) }

        var shown: String {
            switch self {
            case .text(let text): text
            case .number(let value, let decimals):
                if let decimals, value.isFinite {
                    NumberText.fixed(value, decimals: decimals)
                } else {
                    NumberText.short(value)
                }
            case .undefined: "–"
            }
        }

        var exported: String {
            switch self {
            case .text(let text): text
            case .number(let value, _): NumberText.exact(value)
            case .undefined: ""
            }
        }
    }

    /// A column's heading, and on which side its cells stand.
    public struct Column: Sendable, Equatable, ExpressibleByStringLiteral {
        /// Its heading.
        public var title: String
        /// Whether it holds numbers, which are set flush right.
        public var isNumeric: Bool

        /// A column.
        /// - Parameters:
        ///   - title: its heading.
        ///   - isNumeric: whether it holds numbers, which are set flush right.
        public init(_ title: String, isNumeric: Bool = false) {
            self.title = title
            self.isNumeric = isNumeric
        }

        /// A column of words.
        public init(stringLiteral value: String) { self.init(value) }
    }

    /// The heading above the table.
    public var title: String
    /// A paragraph below the table; may be empty.
    public var caption: String
    /// Columns in their order.
    public var columns: [Column]
    /// Rows in their order, each with a cell per column.
    public var rows: [[Cell]]

    /// Rows and columns.
    /// - Parameters:
    ///   - title: the heading.
    ///   - caption: a paragraph below the table.
    ///   - columns: columns in their order.
    ///   - rows: rows in their order, each with a cell per column.
    public init(title: String, caption: String = "", columns: [Column], rows: [[Cell]]) {
        self.title = title
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }

    /// The table, numbers at full precision: RFC 4180 with a header, lines ended by a line feed.
    public func csv() -> String {
        rows.reduce(into: Escaping.csvLine(columns.map(\.title))) { text, row in
            text += Escaping.csvLine(row.map(\.exported))
        }
    }
}
