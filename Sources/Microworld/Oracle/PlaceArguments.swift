/// Arguments about what lies in a cell, and in which cell a shape lies.
struct PlaceArguments {
    let grid: Grid
    let items: [Item]
    let answer: String

    func argument(for query: Query, _ wording: inout Wording) -> Argument? {
        switch query {
        case .colorAt(let row, let column), .kindAt(let row, let column):
            let asksColor = if case .colorAt = query { true } else { false }
            return items.first { $0.row == row && $0.column == column }.map {
                look(at: $0, asksColor: asksColor, &wording)
            }
        case .place(let color, let kind):
            return Kindred(color: color, kind: kind).members(items).first.map { find($0, &wording) }
        default: return nil
        }
    }

    private func look(at item: Item, asksColor: Bool, _ wording: inout Wording) -> Argument {
        let spot = grid.spot(item)
        var sights = [
            Sight(
                target: spot,
                plain: wording.one(
                    "a \(item.words) is in \(spot)", "\(spot) has a \(item.words)",
                    "in \(spot) there is a \(item.words)",
                    "\(spot) holds a \(item.words)"),
                looked: wording.one(
                    "there is a \(item.words)", "I find a \(item.words)", "a \(item.words) is there",
                    "it has a \(item.words)"))
        ]
        // Another shape for contrast.
        let others = items.filter { $0 != item }
        if !others.isEmpty, wording.chance(0.6) {
            let other = wording.pick(others)
            sights.append(
                Sight(
                    target: grid.spot(other), plain: "the \(other.words) is in \(grid.spot(other)), not here",
                    looked: "the \(other.words) is another shape"))
        }
        let step =
            asksColor
            ? wording.one(
                "So the color is \(answer).", "The \(item.kind.rawValue) there is \(answer).",
                "That shape is \(answer).",
                "The color in \(spot) is \(answer).")
            : wording.one(
                "So the shape is a \(answer).", "The \(item.color.rawValue) shape there is a \(answer).",
                "Its form is a \(answer).",
                "The shape in \(spot) is a \(answer).")
        let task =
            asksColor
            ? wording.one(
                "name the color in \(spot)", "find the color of the shape in \(spot)", "say which color \(spot) has",
                "see what color is in \(spot)")
            : wording.one(
                "name the shape in \(spot)", "find what shape is in \(spot)", "say which shape \(spot) has",
                "see what is in \(spot)")
        let slips =
            asksColor
            ? items.map(\.color.rawValue).filter { $0 != answer }
            : ShapeKind.allCases.map(\.rawValue).filter { $0 != answer }
        return Argument(task: task, sights: sights, step: step, check: reading(item, &wording), slips: slips)
    }

    private func find(_ item: Item, _ wording: inout Wording) -> Argument {
        let name = "the \(item.words)"
        let (row, column) = (grid.row(item.row), grid.column(item.column))
        let sights = [
            Sight(
                target: name, plain: wording.one("\(name) is in \(row)", "\(row) holds \(name)", "\(row) has \(name)"),
                looked: wording.one("it is in \(row)", "it lies in \(row)", "its row is \(row)")),
            Sight(
                target: column,
                plain: wording.one("\(name) is in \(column)", "\(column) holds \(name)", "\(column) has \(name)"),
                looked: wording.one("\(name) is there", "I find \(name) there", "it holds \(name)")),
        ]
        return Argument(
            task: wording.one(
                "find \(name)", "say where \(name) is", "name the place of \(name)", "look for \(name)"),
            sights: wording.order(sights),
            step: wording.one(
                "\(row) and \(column) make the \(answer).".capitalizedFirst, "That place is the \(answer).",
                "So \(name) is in the \(answer).", "Where they meet is the \(answer)."),
            check: reading(item, &wording), slips: items.filter { $0 != item }.map(grid.name))
    }

    /// The row or the column of a shape, cell by cell.
    private func reading(_ item: Item, _ wording: inout Wording) -> Sight {
        let isRow = wording.chance(0.5)
        let cells = (0..<grid.side).map { index in
            items.first {
                isRow ? ($0.row, $0.column) == (item.row, index) : ($0.row, $0.column) == (index, item.column)
            }
        }
        let said = cells.map { $0.map { "a \($0.words)" } ?? "no shape" }.listed
        let target = isRow ? grid.row(item.row) : grid.column(item.column)
        let start = isRow ? "left" : "top"
        return Sight(
            target: target,
            plain: wording.one("\(target) from the \(start) has \(said)", "from the \(start), \(target) holds \(said)"),
            looked: wording.one("from the \(start) it has \(said)", "it shows \(said) from the \(start)"))
    }
}
