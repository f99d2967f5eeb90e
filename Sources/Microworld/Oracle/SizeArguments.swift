/// Arguments that compare sizes; every shape has a colour of its own.
struct SizeArguments {
    let grid: Grid
    let items: [Item]
    let answer: String

    func argument(for query: Query, _ wording: inout Wording) -> Argument? {
        switch query {
        case .larger(let first, let second): larger(first, second, &wording)
        case .largest: largest(&wording)
        case .countLarger(let color): items.first { $0.color == color }.map { countLarger(than: $0, &wording) }
        default: nil
        }
    }

    private func sight(_ item: Item, isShort: Bool, _ wording: inout Wording) -> Sight {
        let (name, spot) = (item.color.rawValue, grid.spot(item))
        return Sight(
            target: isShort ? "the \(name) one" : "the \(item.words) in \(spot)",
            plain: isShort
                ? "the \(name) one is \(item.sizeWord)"
                : wording.one(
                    "the \(item.words) is \(item.sizeWord)", "the \(name) one in \(spot) is \(item.sizeWord)",
                    "\(spot) has a \(item.sizeWord) \(item.words)", "the size of the \(name) one is \(item.sizeWord)"),
            looked: wording.one("it is \(item.sizeWord)", "its size is \(item.sizeWord)", "it looks \(item.sizeWord)"))
    }

    private func larger(_ first: SceneColor, _ second: SceneColor, _ wording: inout Wording) -> Argument? {
        let pair = [first, second].compactMap { color in items.first { $0.color == color } }.sorted {
            $0.size > $1.size
        }
        guard pair.count == 2 else { return nil }
        let (large, small) = (pair[0], pair[1])
        let (x, y, kind) = (first.rawValue, second.rawValue, large.kind.rawValue)
        let (a, b) = (large.color.rawValue, small.color.rawValue)
        return Argument(
            task: wording.one(
                "see which \(kind) is larger, \(x) or \(y)", "compare the \(x) and the \(y) \(kind)",
                "find the larger of the \(x) and the \(y) \(kind)"),
            sights: wording.order(pair).map { sight($0, isShort: false, &wording) },
            step: wording.one(
                "\(large.sizeWord) is more than \(small.sizeWord).".capitalizedFirst, "So the \(a) one is larger.",
                "The \(a) one is larger than the \(b) one.",
                "\(small.sizeWord) is less than \(large.sizeWord).".capitalizedFirst),
            check: Sight(
                target: "both of them",
                plain: wording.one(
                    "the \(a) one fills more of its cell", "the sizes go tiny, small, medium, large, so \(a) is ahead",
                    "the \(b) one has more space around it", "the \(b) one is smaller than the \(a) one"),
                looked: wording.one(
                    "the \(a) one fills more of its cell", "the \(b) one has more space around it",
                    "the \(a) one reaches nearer to the edge of its cell", "the \(b) one is the smaller of them")),
            slips: [b])
    }

    private func largest(_ wording: inout Wording) -> Argument? {
        let sorted = items.sorted { $0.size > $1.size }
        guard sorted.count > 1 else { return nil }
        let (top, next) = (sorted[0], sorted[1])
        return Argument(
            task: wording.one(
                "find the largest \(top.kind.rawValue)", "name the color of the largest \(top.kind.rawValue)",
                "see which \(top.kind.rawValue) is the largest", "compare all \(top.kind.plural)"),
            sights: wording.order(items).map { sight($0, isShort: items.count > 3, &wording) },
            step: wording.one(
                "Only the \(answer) one is \(top.sizeWord).", "So the \(answer) one is the largest.",
                "The \(answer) one is larger than all others.", "No other one is as large as the \(answer) one."),
            check: Sight(
                target: "the \(next.color.rawValue) one",
                plain: wording.one(
                    "the next is \(next.color.rawValue) with \(next.sizeWord), which is less than \(top.sizeWord)",
                    "\(next.color.rawValue) is only \(next.sizeWord), and only \(answer) is \(top.sizeWord)",
                    "the \(next.color.rawValue) one comes next, and it is only \(next.sizeWord)"),
                looked: wording.one(
                    "it comes next, but it is only \(next.sizeWord)", "it is smaller than the \(answer) one",
                    "it is \(next.sizeWord), less than \(top.sizeWord)")),
            slips: sorted.dropFirst().map(\.color.rawValue))
    }

    private func countLarger(than item: Item, _ wording: inout Wording) -> Argument {
        let others = items.filter { $0 != item }
        let larger = others.filter { $0.size > item.size }
        let rest = others.filter { $0.size <= item.size }.map(\.color.rawValue)
        let (name, n) = (item.color.rawValue, larger.count)
        let names = larger.map(\.color.rawValue).listed
        let step =
            larger.isEmpty
            ? wording.one(
                "None is larger than \(item.sizeWord).", "No one is larger than the \(name) one.",
                "So there is no larger one.", "Nothing here is larger than the \(name) one.")
            : wording.one(
                "Larger than \(item.sizeWord): \(names).", "Larger than the \(name) one: \(names).",
                n == 1 ? "Only \(names) is larger." : "The larger ones are \(names).", "I count \(names), so \(n).")
        let isAre = rest.count == 1 ? "is" : "are"
        let all = n == 1 ? "the other one is" : n == 2 ? "both others are" : "all \(n) others are"
        let check =
            rest.isEmpty
            ? Sight(
                target: "the \(name) one", plain: "\(all) larger than the \(name) one",
                looked: "it is the smallest, so \(all) larger")
            : Sight(
                target: "the others",
                plain: wording.one(
                    "\(rest.listed) \(isAre) not larger, so \(n) of \(others.count)",
                    "\(others.count) others less \(rest.count) that \(isAre) not larger makes \(n)",
                    "not larger \(isAre) \(rest.listed), and \(others.count) - \(rest.count) = \(n)"),
                looked: wording.one(
                    "\(n) of \(others.count) \(n == 1 ? "is" : "are") larger",
                    "\(rest.listed) \(isAre) not larger, so \(n) of \(others.count)",
                    "not larger \(isAre) \(rest.listed), and \(others.count) - \(rest.count) = \(n)"))
        return Argument(
            task: wording.one(
                "count the \(item.kind.plural) larger than the \(name) one", "find what is larger than the \(name) one",
                "see how many are larger than the \(name) one"),
            sights: [sight(item, isShort: items.count > 3, &wording)]
                + wording.order(others).map { sight($0, isShort: items.count > 3, &wording) },
            step: step, check: check, slips: ["\(n + 1)"] + (n > 0 ? ["\(n - 1)"] : []))
    }
}
