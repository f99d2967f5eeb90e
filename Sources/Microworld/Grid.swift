/// The names of a grid's cells, rows and columns: the same in questions and in every text about them.
struct Grid {
    let side: Int

    /// The names of the cells, row by row.
    var names: [String] {
        (0..<side).flatMap { row in (0..<side).map { name(row: row, column: $0) } }
    }

    func name(_ item: Item) -> String { name(row: item.row, column: item.column) }

    /// The name without an article: "top left", "center"; "row 1, column 3" where there are more rows than words for them.
    func name(row: Int, column: Int) -> String {
        guard let rows, let columns else { return "row \(row + 1), column \(column + 1)" }
        return side == 3 && row == 1 && column == 1 ? "center" : "\(rows[row]) \(columns[column])"
    }

    /// The name as it stands in a sentence: "the top left".
    func spot(_ item: Item) -> String { spot(row: item.row, column: item.column) }

    func spot(row: Int, column: Int) -> String {
        rows == nil ? name(row: row, column: column) : "the " + name(row: row, column: column)
    }

    func row(_ index: Int) -> String { rows.map { "the \($0[index]) row" } ?? "row \(index + 1)" }

    func column(_ index: Int) -> String { columns.map { "the \($0[index]) column" } ?? "column \(index + 1)" }

    /// How many of some shapes each row holds, from the top.
    func countsByRow(_ items: [Item]) -> [Int] { (0..<side).map { row in items.count { $0.row == row } } }

    /// How many of some shapes each column holds, from the left.
    func countsByColumn(_ items: [Item]) -> [Int] { (0..<side).map { column in items.count { $0.column == column } } }

    private var rows: [String]? { [2: ["top", "bottom"], 3: ["top", "middle", "bottom"]][side] }
    private var columns: [String]? { [2: ["left", "right"], 3: ["left", "middle", "right"]][side] }
}
