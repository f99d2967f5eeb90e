/// Arguments about bars.
struct ChartArguments {
    let bars: [Bar]
    let answer: String

    func argument(for query: Query, _ wording: inout Wording) -> Argument? {
        func bar(_ color: SceneColor) -> Bar? { bars.first { $0.color == color } }
        switch query {
        case .tallest: return tallest(&wording)
        case .value(let color): return bar(color).map { value($0, &wording) }
        case .barDifference(let first, let second):
            guard let first = bar(first), let second = bar(second) else { return nil }
            return difference(first, second, &wording)
        default: return nil
        }
    }

    private func sight(_ bar: Bar, _ wording: inout Wording) -> Sight {
        let (name, value) = (bar.color.rawValue, bar.value)
        return Sight(
            target: "the \(name) bar",
            plain: wording.one(
                "the \(name) bar ends at \(value)", "the top of the \(name) bar is at \(value)",
                "the \(name) bar goes up to \(value)", "the \(name) bar has the value \(value)"),
            looked: wording.one(
                "it ends at the line of \(value)", "its top is at \(value)", "it goes up to \(value)",
                "it reaches the line of \(value)"))
    }

    private func lines(_ count: Int) -> String { "\(count) line\(count == 1 ? "" : "s")" }

    private func tallest(_ wording: inout Wording) -> Argument? {
        let sorted = bars.sorted { $0.value > $1.value }
        guard sorted.count > 1 else { return nil }
        let (top, next) = (sorted[0], sorted[1])
        let name = next.color.rawValue
        return Argument(
            task: wording.one(
                "find the tallest bar", "see which bar is the tallest", "name the tallest bar", "compare all bars"),
            sights: wording.order(bars).map { sight($0, &wording) },
            step: wording.one(
                "\(top.value) is the most.", "The \(answer) bar is above all others.",
                "So the \(answer) bar is the tallest.",
                "No other bar comes up to \(top.value)."),
            check: Sight(
                target: "the \(name) bar",
                plain: wording.one(
                    "the next is \(name) with \(next.value), and \(next.value) is less than \(top.value)",
                    "the \(name) bar comes next, but it is lower by \(top.value - next.value)",
                    "\(top.value) - \(next.value) = \(top.value - next.value), so \(answer) is above \(name)"),
                looked: wording.one(
                    "it comes next, but \(next.value) is less than \(top.value)",
                    "it ends \(lines(top.value - next.value)) lower than the \(answer) bar",
                    "it is not as tall as the \(answer) bar")),
            slips: sorted.dropFirst().map(\.color.rawValue))
    }

    private func value(_ bar: Bar, _ wording: inout Wording) -> Argument {
        let (name, value) = (bar.color.rawValue, bar.value)
        var sights = [sight(bar, &wording)]
        let others = bars.filter { $0 != bar }
        if !others.isEmpty, wording.chance(0.6) {
            let other = wording.pick(others)
            let relation =
                other.value == value ? "just as high" : other.value < value ? "lower" : "higher"
            sights.append(
                Sight(
                    target: "the \(other.color.rawValue) bar",
                    plain: "the \(other.color.rawValue) bar is \(relation) with \(other.value)",
                    looked: "it is \(relation) with \(other.value)"))
        }
        let check: Sight
        switch value {
        case 5, 10:
            check = Sight(
                target: "the line of \(value)",
                plain: wording.one(
                    "the bar ends just at the line marked \(value)", "the number \(value) is written at that line",
                    "the mark \(value) is at the same height"),
                looked: wording.one("the \(name) bar ends just there", "it is just at the top of the \(name) bar"))
        case 6...:
            check = Sight(
                target: "the line of 5",
                plain: wording.one(
                    "the bar ends \(lines(value - 5)) above 5, and 5 + \(value - 5) = \(value)",
                    "from 5 I count \(lines(value - 5)) up, so \(value)",
                    "it is \(lines(10 - value)) below 10, and 10 - \(10 - value) = \(value)"),
                looked: wording.one(
                    "the bar ends \(lines(value - 5)) above it, and 5 + \(value - 5) = \(value)",
                    "I count \(lines(value - 5)) up from there, so \(value)"))
        default:
            check = Sight(
                target: "the line of 5",
                plain: wording.one(
                    "the bar ends \(lines(5 - value)) below 5, and 5 - \(5 - value) = \(value)",
                    "from 0 I count \(lines(value)) up, so \(value)",
                    "from 5 I count \(lines(5 - value)) down, so \(value)"),
                looked: wording.one(
                    "the bar ends \(lines(5 - value)) below it, and 5 - \(5 - value) = \(value)",
                    "I count \(lines(5 - value)) down from there, so \(value)"))
        }
        return Argument(
            task: wording.one(
                "read the \(name) bar", "find the value of the \(name) bar", "see how high the \(name) bar is",
                "say where the \(name) bar ends"),
            sights: wording.order(sights),
            step: wording.one(
                "So the value is \(value).", "The \(name) bar is at \(value).", "On the axis that is \(value).",
                "That reads as \(value)."),
            check: check, slips: [value + 1, value - 1].filter { (1...10).contains($0) }.map { "\($0)" })
    }

    private func difference(_ first: Bar, _ second: Bar, _ wording: inout Wording) -> Argument {
        let (x, y) = (first.color.rawValue, second.color.rawValue)
        let (a, b) = (first.value, second.value)
        return Argument(
            task: wording.one(
                "see how much higher \(x) is than \(y)", "take the \(y) value from the \(x) value",
                "compare the \(x) bar with the \(y) bar", "find the step from \(y) to \(x)"),
            sights: wording.order([first, second]).map { sight($0, &wording) },
            step: wording.one(
                "\(a) - \(b) = \(a - b).", "I take away: \(a) - \(b) = \(a - b).", "So it is \(a) - \(b) = \(a - b).",
                "The step is \(a) - \(b) = \(a - b)."),
            check: Sight(
                target: "the top of the \(y) bar",
                plain: wording.one(
                    "\(b) + \(a - b) = \(a), which is the \(x) bar", "from \(b) up to \(a) it is \(lines(a - b))",
                    "\(b) + \(a - b) = \(a), so it fits"),
                looked: wording.one(
                    "from there it is \(lines(a - b)) up to \(a)", "\(lines(a - b)) up is the top of the \(x) bar",
                    "\(b) + \(a - b) = \(a), the height of the \(x) bar")),
            slips: [a - b + 1, a - b - 1].filter { $0 > 0 }.map { "\($0)" })
    }
}
