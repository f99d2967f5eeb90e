/// Arguments that count shapes, of one colour or kind or of two, or find that there are none.
struct CountArguments {
    let grid: Grid
    let items: [Item]
    let answer: String

    func argument(for query: Query, _ wording: inout Wording) -> Argument? {
        switch query {
        case .count(let color, let kind): count(Kindred(color: color, kind: kind), &wording)
        case .present(let color, let kind): presence(color, kind, &wording)
        case .sum(let first, let second), .excess(let first, let second), .more(let first, let second):
            pair(query, first, second, &wording)
        default: nil
        }
    }

    // MARK: One count

    private func count(_ kindred: Kindred, _ wording: inout Wording) -> Argument {
        let members = kindred.members(items)
        let n = members.count
        let isByPlace = grid.side < 4 && (1...4).contains(n) && wording.chance(0.6)
        let sights = isByPlace ? wording.order(members).map { sight($0, &wording) } : rows(kindred, &wording)
        let counts = grid.countsByRow(members)
        let step =
            isByPlace
            ? wording.one(
                "That makes \(n).", "So I count \(n).", "Counted together that is \(n).",
                n == 1 ? "That is the only one." : "I count them up to \(n).", "In all that is \(n).")
            : wording.one(
                "\(counts.summed) = \(n).", "Together that is \(counts.summed) = \(n).",
                "The rows make \(counts.summed) = \(n).", "That makes \(n).", "In all I count \(n).")
        return Argument(
            task: wording.one(
                "count the \(kindred.plural)", "find out how many \(kindred.plural) there are",
                "find all \(kindred.plural)", "say how many \(kindred.plural) I see"),
            sights: sights, step: step, check: columns(members, &wording),
            slips: ["\(n + 1)"] + (n > 0 ? ["\(n - 1)"] : []))
    }

    private func sight(_ item: Item, _ wording: inout Wording) -> Sight {
        let spot = grid.spot(item)
        return Sight(
            target: spot,
            plain: wording.one(
                "a \(item.words) is in \(spot)", "\(spot) has a \(item.words)", "there is a \(item.words) in \(spot)",
                "\(spot) holds a \(item.words)"),
            looked: wording.one(
                "there is a \(item.words)", "I find a \(item.words)", "a \(item.words) is there",
                "it is a \(item.words)"))
    }

    private func rows(_ kindred: Kindred, _ wording: inout Wording) -> [Sight] {
        let members = kindred.members(items)
        return (0..<grid.side).map { row in
            let found = members.filter { $0.row == row }
            let quantity = kindred.quantity(found.count)
            let looked =
                found.isEmpty || grid.side < 4
                ? kindred.existence(found.count)
                : kindred.existence(found.count) + ", in column\(found.count == 1 ? "" : "s") "
                    + found.map { $0.column + 1 }.listed
            return Sight(target: grid.row(row), plain: "\(grid.row(row)) has \(quantity)", looked: looked)
        }
    }

    private func columns(_ members: [Item], _ wording: inout Wording) -> Sight {
        let counts = grid.countsByColumn(members)
        let said = counts.listed
        return Sight(
            target: "the columns",
            plain: wording.one(
                "by columns there are \(said), which makes \(members.count) again",
                "the columns have \(said), and \(counts.summed) = \(members.count)",
                "column by column I count \(said), so \(members.count)",
                "from the left the columns give \(said), so \(members.count) is right"),
            looked: wording.one(
                "they have \(said), which makes \(members.count) again",
                "I count \(said), and that is \(members.count)",
                "from the left there are \(said), so \(members.count)",
                "they give \(counts.summed) = \(members.count)"))
    }

    // MARK: Presence

    private func presence(_ color: SceneColor, _ kind: ShapeKind, _ wording: inout Wording) -> Argument {
        let name = color.rawValue
        let same = Kindred(color: color).members(items)
        let others = Kindred(kind: kind).members(items).map(\.color.rawValue)
        let isThere = answer == "yes"
        let step =
            isThere
            ? wording.one(
                same.count == 1
                    ? "That is the \(name) \(kind.rawValue)." : "One of them is the \(name) \(kind.rawValue).",
                "I have found the \(name) \(kind.rawValue).",
                "So a \(name) \(kind.rawValue) is there.", "So there is one.")
            : wording.one(
                same.count == 1 ? "That one is not a \(kind.rawValue)." : "None of them is a \(kind.rawValue).",
                "No other shape is \(name), so there is no \(name) \(kind.rawValue).",
                "So no \(name) shape is a \(kind.rawValue).", "There is no \(kind.rawValue) in \(name).")
        let end = isThere ? "so one is \(name)" : "and none is \(name)"
        let check =
            switch others.count {
            case 0:
                Sight(
                    target: "the whole picture", plain: "there are no \(kind.plural)",
                    looked: "there are no \(kind.plural)")
            case 1:
                Sight(
                    target: "the only \(kind.rawValue)",
                    plain: "the only \(kind.rawValue) is \(others[0])\(isThere ? "" : ", not \(name)")",
                    looked: "it is \(others[0])\(isThere ? "" : ", not \(name)")")
            default:
                Sight(
                    target: "the \(kind.plural)", plain: "the \(kind.plural) are \(others.listed), \(end)",
                    looked: "they are \(others.listed), \(end)")
            }
        return Argument(
            task: wording.one(
                "see if there is a \(name) \(kind.rawValue)", "look for a \(name) \(kind.rawValue)",
                "find out if a \(name) \(kind.rawValue) is there", "say if I see a \(name) \(kind.rawValue)"),
            sights: wording.order(same).map { sight($0, &wording) }, step: step, check: check,
            slips: [isThere ? "no" : "yes"])
    }

    // MARK: Two counts

    private func pair(
        _ query: Query, _ first: SceneColor, _ second: SceneColor, _ wording: inout Wording
    ) -> Argument {
        let (x, y) = (first.rawValue, second.rawValue)
        let (a, b) = (Kindred(color: first).members(items), Kindred(color: second).members(items))
        let (m, n) = (a.count, b.count)
        let sights = [total(first, a, &wording), total(second, b, &wording)]
        let (task, step, arithmetic): (String, String, String)
        switch query {
        case .sum:
            task = wording.one(
                "add the \(x) and the \(y) shapes", "count \(x) and \(y) shapes together",
                "find the sum of \(x) and \(y) shapes")
            step = wording.one(
                "\(m) + \(n) = \(answer).", "Together \(m) + \(n) = \(answer).", "The sum is \(m) + \(n) = \(answer).")
            arithmetic = "\(answer) - \(n) = \(m)"
        case .excess:
            task = wording.one(
                "find how many more \(x) than \(y) shapes there are", "take the \(y) count from the \(x) count",
                "compare the \(x) count with the \(y) count")
            step = wording.one(
                "\(m) - \(n) = \(answer).", "I take away: \(m) - \(n) = \(answer).",
                "What is left is \(m) - \(n) = \(answer).")
            arithmetic = "\(n) + \(answer) = \(m)"
        default:
            task = wording.one(
                "see if there are more \(x) or more \(y) shapes", "compare the \(x) and the \(y) shapes",
                "find the color with more shapes, \(x) or \(y)")
            let (more, less) = (max(m, n), min(m, n))
            step = wording.one(
                "\(more) is more than \(less), so \(answer) has more.",
                "\(answer) has more, as \(more) is above \(less).".capitalizedFirst,
                "There are more \(answer) shapes, \(more) against \(less).")
            arithmetic = "\(more) - \(less) = \(more - less), so \(answer) is ahead"
        }
        let (p, q) = (grid.countsByColumn(a).listed, grid.countsByColumn(b).listed)
        let columns = "\(x) has \(p), and \(y) has \(q), so \(m) and \(n)"
        // One colour is enough for a second look: both take too many words.
        let looked = wording.one(
            "\(x) has \(p), which is \(m) again", "\(y) has \(q), which is \(n) again",
            "\(x) has \(p), so \(m) is right",
            "they give \(q) for \(y), so \(n)")
        let check = Sight(
            target: "the columns", plain: wording.one("by columns \(columns)", arithmetic, "\(arithmetic), which fits"),
            looked: looked)
        let slips: [String]
        if let number = Int(answer) {
            slips = ["\(number + 1)", "\(max(0, number - 1))"].filter { $0 != answer }
        } else {
            slips = [answer == x ? y : x]
        }
        return Argument(
            task: task, sights: wording.order(sights), step: step, check: check, slips: slips)
    }

    /// All shapes of a colour at once.
    private func total(_ color: SceneColor, _ members: [Item], _ wording: inout Wording) -> Sight {
        let (name, n) = (color.rawValue, members.count)
        if grid.side < 4, (1...3).contains(n), wording.chance(0.6) {
            let places = members.map(grid.spot).listed
            if n == 1 {
                return Sight(
                    target: "the only \(name) shape", plain: "the only \(name) shape is in \(places)",
                    looked: "it is in \(places)")
            }
            return Sight(
                target: "the \(name) shapes", plain: "the \(name) shapes are in \(places), so \(n)",
                looked: "they are in \(places), so \(n)")
        }
        let rows = grid.countsByRow(members).listed
        return Sight(
            target: "the \(name) shapes",
            plain: wording.one("the rows have \(rows) \(name) shapes, so \(n)", "\(name) by rows is \(rows), so \(n)"),
            looked: wording.one("the rows have \(rows), so \(n)", "by rows I count \(rows), so \(n)"))
    }
}
