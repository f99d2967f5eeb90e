import Foundation

/// A page about a training: what it was, what to bear in mind, its curves over the steps, its evaluations, its configuration.
public struct TrainingPage: Sendable, Equatable {
    /// Something that went otherwise than it should.
    public struct Warning: Sendable, Equatable {
        /// Steps made when it was noticed; nil if it is about no step.
        public var step: Int?
        /// What was noticed.
        public var text: String

        /// Something that went otherwise than it should.
        /// - Parameters:
        ///   - text: what was noticed.
        ///   - step: steps made when it was noticed; nil if it is about no step.
        public init(_ text: String, step: Int? = nil) {
            self.text = text
            self.step = step
        }
    }

    /// Curves that are read together, since they share a quantity.
    public struct Panel: Sendable, Equatable {
        /// The quantity, as a heading and at the vertical axis.
        public var title: String
        /// Its unit, nil for a plain number.
        public var unit: String?
        /// What a reader must know to read it; may be empty.
        public var caption: String
        /// How values become heights; by their logarithm where they span decades, unless it is said.
        public var spacing: Axis.Spacing
        /// The curves, which need not have their points at the same steps.
        public var series: [LineChart.Series]

        /// Curves that are read together.
        /// - Parameters:
        ///   - title: the quantity, as a heading and at the vertical axis.
        ///   - unit: its unit, nil for a plain number.
        ///   - caption: what a reader must know to read it; may be empty.
        ///   - spacing: how values become heights.
        ///   - series: the curves; those without a point are left out.
        public init(
            title: String, unit: String? = nil, caption: String = "", spacing: Axis.Spacing = .automatic,
            series: [LineChart.Series]
        ) {
            self.title = title
            self.unit = unit
            self.caption = caption
            self.spacing = spacing
            self.series = series
        }

        /// The figure; nil if there is nothing to draw.
        public var chart: LineChart? {
            let curves = series.filter { !$0.points.isEmpty }
            guard !curves.isEmpty else { return nil }
            // Counts have no halves.
            let isInteger = curves.allSatisfy { $0.points.compactMap(\.y).allSatisfy { $0 == $0.rounded() } }
            return LineChart(
                title: title, caption: caption, xAxis: Axis("step", isInteger: true),
                yAxis: Axis(title, unit: unit, spacing: spacing, isInteger: isInteger), series: curves)
        }
    }

    /// The heading of the page.
    public var title: String
    /// A line below the heading; may be empty.
    public var subtitle: String
    /// What the training was: model, data, steps, time.
    public var facts: [Summary.Row]
    /// What went otherwise than it should, in order.
    public var warnings: [Warning]
    /// The curves.
    public var panels: [Panel]
    /// Evaluations, and whatever else has rows.
    public var tables: [Table]
    /// The configuration with every setting in it; empty for none.
    public var configuration: String

    /// A page about a training.
    /// - Parameters:
    ///   - title: the heading of the page.
    ///   - subtitle: a line below the heading; may be empty.
    ///   - facts: what the training was.
    ///   - warnings: what went otherwise than it should, in order.
    ///   - panels: the curves; a panel without a point is left out.
    ///   - tables: evaluations, and whatever else has rows; one without rows is left out.
    ///   - configuration: the configuration with every setting in it; empty for none.
    public init(
        title: String, subtitle: String = "", facts: [Summary.Row], warnings: [Warning] = [], panels: [Panel],
        tables: [Table] = [], configuration: String = ""
    ) {
        self.title = title
        self.subtitle = subtitle
        self.facts = facts
        self.warnings = warnings
        self.panels = panels
        self.tables = tables
        self.configuration = configuration
    }

    /// The page as a report, whose sections have the figures.
    public var report: Report {
        var sections: [Report.Section] = [.summary(Summary(title: "Run", rows: facts, warnings: overview))]
        if !warnings.isEmpty { sections.append(.table(warningTable)) }
        sections += panels.compactMap(\.chart).map { .lineChart($0) }
        sections += tables.filter { !$0.rows.isEmpty }.map { .table($0) }
        if !configuration.isEmpty { sections.append(.listing(Listing(title: "Configuration", text: configuration))) }
        return Report(title: title, subtitle: subtitle, sections: sections)
    }

    /// The page.
    /// - Returns: HTML that needs no other file, the same to the byte for the same page.
    public func html() -> String { report.html() }

    /// Writes the page; a file that was there stays whole until the new one is.
    /// - Parameter url: the file to write.
    /// - Throws: the file system's error.
    public func write(to url: URL) throws { try report.write(to: url) }

    private var overview: [String] {
        switch warnings.count {
        case 0: []
        case 1: [warnings[0].text]
        case let count: ["\(count) warnings, listed below. The last: \(warnings[count - 1].text)"]
        }
    }

    private var warningTable: Table {
        Table(
            title: "Warnings", columns: [Table.Column("step", isNumeric: true), "warning"],
            rows: warnings.map { warning in
                [warning.step.map { .number(Double($0), decimals: 0) } ?? .undefined, .text(warning.text)]
            })
    }
}
