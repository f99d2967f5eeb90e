extension Query {
    /// The shortest way to the answer, nil if the scene has nothing of the kind.
    func brief(in scene: Scene, _ wording: inout Wording) -> String? {
        guard let answer = answer(in: scene) else { return nil }
        switch scene {
        case .shapes(let side, _, let items): return brief(Grid(side: side), items, answer, &wording)
        case .chart(let bars): return brief(bars, answer, &wording)
        case .triangle(let triangle):
            let (a, b) = (triangle.angles[triangle.written[0]], triangle.angles[triangle.written[1]])
            return wording.one(
                "180 - \(a) - \(b) = \(answer).", "\(a) + \(b) = \(a + b), and 180 - \(a + b) = \(answer).",
                "The angles make 180, so 180 - \(a + b) = \(answer).",
                "\(a) and \(b) make \(a + b), so \(answer) is missing from 180.")
        }
    }

    private func brief(_ bars: [Bar], _ answer: String, _ wording: inout Wording) -> String? {
        func value(_ color: SceneColor) -> Int { bars.first { $0.color == color }?.value ?? 0 }
        switch self {
        case .tallest:
            let values = bars.map { "\($0.color.rawValue) \($0.value)" }.listed
            let top = bars.map(\.value).max() ?? 0
            return wording.one(
                "\(values), so \(answer) is the tallest.", "The bars are \(values). The tallest is \(answer).",
                "\(answer) ends at \(top), above all the others, so \(answer).",
                "From the left: \(values). \(top) is the most, so \(answer).")
        case .value(let color):
            let name = color.rawValue
            return wording.one(
                "The \(name) bar ends at \(answer).", "\(name) ends at the line of \(answer), so \(answer).",
                "The top of the \(name) bar is at \(answer).", "On the axis the \(name) bar is at \(answer).")
        case .barDifference(let first, let second):
            let (a, b) = (value(first), value(second))
            let (x, y) = (first.rawValue, second.rawValue)
            return wording.one(
                "\(x) is \(a), \(y) is \(b), and \(a) - \(b) = \(answer).", "\(x) \(a), \(y) \(b), so \(answer).",
                "\(x) ends at \(a) and \(y) at \(b), so \(a) - \(b) = \(answer).",
                "From \(b) for \(y) up to \(a) for \(x) it is \(answer).")
        default: return nil
        }
    }

    private func brief(_ grid: Grid, _ items: [Item], _ answer: String, _ wording: inout Wording) -> String? {
        switch self {
        case .count(let color, let kind):
            let kindred = Kindred(color: color, kind: kind)
            let members = kindred.members(items)
            // Places of many cells are too many words.
            if grid.side > 3 {
                let counts = grid.countsByRow(members)
                return wording.one(
                    "\(kindred.plural) by rows: \(counts.listed), so \(answer).",
                    "Row by row I count \(counts.listed), so \(answer).", "\(counts.summed) = \(answer).",
                    "The rows have \(counts.listed) \(kindred.plural), which makes \(answer).")
            }
            let places = members.map(grid.name).listed
            return wording.one(
                "\(kindred.singular) at \(places), so \(answer).", "At \(places), so \(answer).",
                "\(kindred.plural): \(places). That makes \(answer).", "I count \(places): \(answer).")
        case .colorAt(let row, let column), .kindAt(let row, let column):
            guard let item = items.first(where: { $0.row == row && $0.column == column }) else { return nil }
            let spot = grid.spot(item)
            return wording.one(
                "In \(spot) is a \(item.words), so \(answer).", "\(grid.name(item)): \(item.words). So \(answer).",
                "A \(item.words) is in \(spot), so \(answer).", "I see a \(item.words) in \(spot): \(answer).")
        case .place(let color, let kind):
            guard let item = Kindred(color: color, kind: kind).members(items).first else { return nil }
            let (row, column) = (grid.row(item.row), grid.column(item.column))
            return wording.one(
                "The \(item.words) is in \(row) and \(column), so \(answer).",
                "The \(item.words) is in the \(answer).", "\(row), \(column): \(answer).".capitalizedFirst,
                "I see the \(item.words) in \(row), in \(column), so \(answer).")
        case .larger(let first, let second):
            let pair = [first, second].compactMap { color in items.first { $0.color == color } }
            guard pair.count == 2 else { return nil }
            let said = pair.map { "\($0.color.rawValue) is \($0.sizeWord)" }
            return wording.one(
                "\(said.listed), so \(answer).", "\(said[1]), \(said[0]): \(answer) is larger.",
                "\(said.listed), so \(answer) is larger.", "The \(answer) one fills more of its cell, so \(answer).")
        case .largest:
            let said = items.map { "\($0.color.rawValue) \($0.sizeWord)" }.listed
            let top = items.first { $0.color.rawValue == answer }?.sizeWord ?? ""
            return wording.one(
                "\(said), so \(answer).", "Only \(answer) is \(top), so \(answer).",
                "\(said). The largest is \(answer).", "\(answer) is \(top), and the others are smaller, so \(answer).")
        case .countLarger(let color):
            guard let item = items.first(where: { $0.color == color }) else { return nil }
            let larger = items.filter { $0.size > item.size }.map(\.color.rawValue)
            let start = "\(color.rawValue) is \(item.sizeWord)"
            if larger.isEmpty {
                return wording.one(
                    "\(start), and no other is larger, so \(answer).",
                    "None is larger than \(item.sizeWord), so \(answer).",
                    "\(start). Nothing is larger: \(answer).", "No one is larger than \(color.rawValue), so \(answer).")
            }
            return wording.one(
                "\(start). Larger: \(larger.listed), so \(answer).",
                "\(start), and larger are \(larger.listed): \(answer).",
                "Larger than \(item.sizeWord): \(larger.listed), so \(answer).",
                "\(larger.listed) \(larger.count == 1 ? "is" : "are") larger, so \(answer).")
        case .present(let color, let kind):
            let same = Kindred(color: color).members(items).map(\.kind.rawValue).listed
            if let item = Kindred(color: color, kind: kind).members(items).first {
                return wording.one(
                    "A \(item.words) is in \(grid.spot(item)), so yes.", "\(grid.name(item)): \(item.words), so yes.",
                    "\(color.rawValue): \(same), so yes.", "I see a \(item.words) in \(grid.spot(item)): yes.")
            }
            let other = Kindred(kind: kind).members(items).map(\.color.rawValue).listed
            return wording.one(
                "\(color.rawValue): \(same), so no.", "\(kind.plural): \(other), none \(color.rawValue), so no.",
                "Of \(color.rawValue) shapes I see: \(same). So no.",
                "I see no \(color.rawValue) \(kind.rawValue), so no.")
        case .sum(let first, let second), .excess(let first, let second), .more(let first, let second):
            let (x, y) = (first.rawValue, second.rawValue)
            let (a, b) = (Kindred(color: first).members(items), Kindred(color: second).members(items))
            let (m, n) = (a.count, b.count)
            let end =
                switch self {
                case .sum: "\(m) + \(n) = \(answer)"
                case .excess: "\(m) - \(n) = \(answer)"
                default: "\(max(m, n)) is more than \(min(m, n)), so \(answer)"
                }
            let (rows, others) = (grid.countsByRow(a).listed, grid.countsByRow(b).listed)
            return wording.one(
                "\(x) \(m), \(y) \(n): \(end).", "I count \(m) \(x) and \(n) \(y), and \(end).",
                "By rows: \(x) \(rows), \(y) \(others). \(end).", "\(n) \(y), \(m) \(x), and \(end).")
        case .tallest, .value, .barDifference, .thirdAngle: return nil
        }
    }
}
