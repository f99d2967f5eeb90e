import RandomNumbers

/// A scene with something to ask, before its split is known and the answer's form is chosen.
struct Draft {
    var scene: Scene
    var query: Query
    var text: String
    var answer: String
    /// One or three wrong answers.
    var others: [String]

    /// Draws a scene and a question of a family.
    static func draw(_ family: Family, isHard: Bool, _ random: inout SplitMix64) -> Draft {
        switch family {
        case .counting: counting(isHard, &random)
        case .position: position(isHard, &random)
        case .bars: bars(isHard, &random)
        case .triangle: triangle(isHard, &random)
        case .comparison: comparison(isHard, &random)
        case .presence: presence(isHard, &random)
        case .puzzle: puzzle(isHard, &random)
        }
    }

    // MARK: Shapes

    /// What a shape looks like, wherever it lies.
    struct Look: Hashable {
        var kind: ShapeKind
        var color: SceneColor
        var size = 3

        static let all = ShapeKind.allCases.flatMap { kind in
            SceneColor.allCases.map { Look(kind: kind, color: $0) }
        }

        var words: String { "\(color.rawValue) \(kind.rawValue)" }
    }

    /// Puts shapes into cells by chance.
    private static func scene(
        _ looks: [Look], side: Int, lines: Bool = false, _ random: inout SplitMix64
    ) -> Scene {
        let cells = random.sample(Array(0..<(side * side)), looks.count)
        let items = zip(looks, cells).map { look, cell in
            Item(kind: look.kind, color: look.color, row: cell / side, column: cell % side, size: look.size)
        }
        return .shapes(
            side: side, lines: lines, items: items.sorted { ($0.row, $0.column) < ($1.row, $1.column) })
    }

    private static func looks(_ count: Int, from: [Look], _ random: inout SplitMix64) -> [Look] {
        (0..<count).map { _ in random.pick(from) }
    }

    private static func counting(_ isHard: Bool, _ random: inout SplitMix64) -> Draft {
        let form = random.below(3)
        let color = form == 1 ? nil : random.pick(SceneColor.allCases)
        let kind = form == 0 ? nil : random.pick(ShapeKind.allCases)
        func isMeant(_ look: Look) -> Bool { (color ?? look.color) == look.color && (kind ?? look.kind) == look.kind }
        let count = isHard ? random.integer(3...7) : random.integer(1...5)
        let rest = isHard ? random.integer(5...7) : random.integer(1...4)
        let all =
            looks(count, from: Look.all.filter(isMeant), &random)
            + looks(rest, from: Look.all.filter { !isMeant($0) }, &random)
        let words = [color?.rawValue, kind?.plural ?? "shapes"].compactMap { $0 }.joined(separator: " ")
        let text = random.pick(["How many \(words) are there?", "Count the \(words)."])
        return Draft(
            scene: scene(all, side: isHard ? 4 : 3, &random), query: .count(color: color, kind: kind), text: text,
            answer: "\(count)", others: near(count, from: 0, &random))
    }

    private static func position(_ isHard: Bool, _ random: inout SplitMix64) -> Draft {
        // No two alike: each can be asked for by its look.
        let all = random.sample(Look.all, isHard ? random.integer(7...9) : random.integer(3...5))
        let scene = scene(all, side: 3, lines: true, &random)
        guard case .shapes(_, _, let items) = scene else { return position(isHard, &random) }
        let item = random.pick(items)
        let grid = Grid(side: 3)
        let place = grid.name(item)
        switch random.below(3) {
        case 0:
            return Draft(
                scene: scene, query: .colorAt(row: item.row, column: item.column),
                text: random.pick(["What color is the shape in the \(place)?", "Name the color of the \(place) shape."]
                ),
                answer: item.color.rawValue, others: otherColors(item.color, preferring: items.map(\.color), &random))
        case 1:
            return Draft(
                scene: scene, query: .kindAt(row: item.row, column: item.column),
                text: random.pick(["What shape is in the \(place)?", "Which shape do you see in the \(place)?"]),
                answer: item.kind.rawValue,
                others: ShapeKind.allCases.filter { $0 != item.kind }.map(\.rawValue))
        default:
            let words = "\(item.color.rawValue) \(item.kind.rawValue)"
            return Draft(
                scene: scene, query: .place(color: item.color, kind: item.kind),
                text: random.pick(["Where is the \(words)?", "In which place is the \(words)?"]), answer: place,
                others: random.sample(grid.names.filter { $0 != place }, 3))
        }
    }

    private static func comparison(_ isHard: Bool, _ random: inout SplitMix64) -> Draft {
        let kind = random.pick(ShapeKind.allCases)
        let count = isHard ? random.integer(4...6) : random.integer(3...4)
        let colors = random.sample(SceneColor.allCases, count)
        let form = random.below(3)
        // Compared shapes differ by two steps; by one at least in hard scenes.
        let step = isHard ? 1 : 2
        var sizes = colors.map { _ in random.integer(1...4) }
        switch form {
        case 0:
            let large = random.integer((1 + step)...4)
            let pair = [large, random.integer(1...(large - step))]
            sizes.replaceSubrange(0..<2, with: random.shuffled(pair))
        case 1: sizes = [4] + sizes.dropFirst().map { min($0, 4 - step) }
        default: sizes[0] = random.integer(1...3)
        }
        let scene = scene(
            zip(colors, sizes).map { Look(kind: kind, color: $0, size: $1) }, side: isHard ? 3 : 2, &random)
        let name = kind.rawValue
        let (a, b) = (colors[0].rawValue, colors[1].rawValue)
        switch form {
        case 0:
            return Draft(
                scene: scene, query: .larger(first: colors[0], second: colors[1]),
                text: random.pick([
                    "Which \(name) is larger, the \(a) one or the \(b) one?",
                    "Is the \(a) or the \(b) \(name) larger?",
                ]), answer: sizes[0] > sizes[1] ? a : b, others: [sizes[0] > sizes[1] ? b : a])
        case 1:
            return Draft(
                scene: scene, query: .largest,
                text: random.pick(["What color is the largest \(name)?", "Name the color of the largest \(name)."]),
                answer: a, others: otherColors(colors[0], preferring: colors, &random))
        default:
            let answer = sizes.count { $0 > sizes[0] }
            return Draft(
                scene: scene, query: .countLarger(than: colors[0]),
                text: random.pick([
                    "How many \(kind.plural) are larger than the \(a) one?",
                    "Count the \(kind.plural) that are larger than the \(a) one.",
                ]), answer: "\(answer)", others: near(answer, from: 0, &random))
        }
    }

    private static func presence(_ isHard: Bool, _ random: inout SplitMix64) -> Draft {
        let all = random.sample(Look.all, isHard ? random.integer(6...8) : random.integer(2...5))
        let isThere = random.chance(0.5)
        // What is not there is plausible: its colour is there, and so is its kind; only not together.
        let absent = Look.all.filter { look in
            !all.contains(look) && all.contains { $0.kind == look.kind } && all.contains { $0.color == look.color }
        }
        guard !absent.isEmpty else { return presence(isHard, &random) }
        let asked = random.pick(isThere ? all : absent)
        return Draft(
            scene: scene(all, side: 3, &random), query: .present(color: asked.color, kind: asked.kind),
            text: random.pick(["Is there a \(asked.words)?", "Does the picture show a \(asked.words)?"]),
            answer: isThere ? "yes" : "no", others: [isThere ? "no" : "yes"])
    }

    private static func puzzle(_ isHard: Bool, _ random: inout SplitMix64) -> Draft {
        let colors = random.sample(SceneColor.allCases, 4)
        let (a, b) = (colors[0], colors[1])
        let form = random.below(3)
        var (first, second) = (random.integer(1...(isHard ? 6 : 4)), random.integer(1...(isHard ? 6 : 4)))
        if form > 0 {
            while first == second { second = random.integer(1...(isHard ? 6 : 4)) }
            if form == 1 { (first, second) = (max(first, second), min(first, second)) }
        }
        let rest = isHard ? random.integer(2...4) : random.integer(0...1)
        let all = [(first, [a]), (second, [b]), (rest, Array(colors[2...]))].flatMap { count, colors in
            looks(count, from: Look.all.filter { colors.contains($0.color) }, &random)
        }
        let scene = scene(all, side: isHard ? 4 : 3, &random)
        let (x, y) = (a.rawValue, b.rawValue)
        switch form {
        case 0:
            return Draft(
                scene: scene, query: .sum(first: a, second: b),
                text: random.pick([
                    "How many \(x) and \(y) shapes are there together?",
                    "Count the \(x) shapes and the \(y) shapes. What is the sum?",
                ]), answer: "\(first + second)", others: near(first + second, from: 1, &random))
        case 1:
            return Draft(
                scene: scene, query: .excess(of: a, over: b),
                text: random.pick([
                    "How many more \(x) shapes than \(y) shapes are there?",
                    "Count the \(x) shapes, then take away the number of \(y) shapes. What is left?",
                ]), answer: "\(first - second)", others: near(first - second, from: 0, &random))
        default:
            return Draft(
                scene: scene, query: .more(first: a, second: b),
                text: random.pick([
                    "Are there more \(x) shapes or more \(y) shapes?",
                    "Of which color are there more shapes, \(x) or \(y)?",
                ]), answer: first > second ? x : y, others: [first > second ? y : x])
        }
    }

    // MARK: Bars and triangles

    private static func bars(_ isHard: Bool, _ random: inout SplitMix64) -> Draft {
        let colors = random.sample(SceneColor.allCases, isHard ? random.integer(4...5) : 3)
        let form = random.below(3)
        var values = colors.map { _ in random.integer(1...10) }
        let gap = isHard ? 1 : 2
        switch form {
        case 0:
            values[0] = random.integer(5...10)
            values = [values[0]] + values.dropFirst().map { min($0, values[0] - gap) }
        case 1: break
        default:
            values[0] = random.integer(2...10)
            values[1] = random.integer(1...(values[0] - 1))
        }
        let order = random.shuffled(Array(colors.indices))
        let scene = Scene.chart(bars: order.map { Bar(color: colors[$0], value: values[$0]) })
        let (a, b) = (colors[0].rawValue, colors[1].rawValue)
        switch form {
        case 0:
            return Draft(
                scene: scene, query: .tallest,
                text: random.pick(["What color is the tallest bar?", "Which bar is the tallest?"]), answer: a,
                others: otherColors(colors[0], preferring: colors, &random))
        case 1:
            return Draft(
                scene: scene, query: .value(of: colors[0]),
                text: random.pick(["What is the value of the \(a) bar?", "How high is the \(a) bar?"]),
                answer: "\(values[0])", others: near(values[0], from: 1, &random))
        default:
            return Draft(
                scene: scene, query: .barDifference(of: colors[0], over: colors[1]),
                text: random.pick([
                    "By how much is the \(a) bar higher than the \(b) bar?",
                    "What is the \(a) bar's value less the \(b) bar's?",
                ]), answer: "\(values[0] - values[1])", others: near(values[0] - values[1], from: 0, &random))
        }
    }

    private static func triangle(_ isHard: Bool, _ random: inout SplitMix64) -> Draft {
        let unit = isHard ? 1 : 5
        let written = (0..<2).map { _ in random.integer((25 / unit)...(95 / unit)) * unit }
        let third = 180 - written[0] - written[1]
        guard (25...115).contains(third) else { return triangle(isHard, &random) }
        let hidden = random.below(3)
        var angles = written
        angles.insert(third, at: hidden)
        let shape = Triangle(
            angles: angles, hidden: hidden, isTurned: random.chance(0.5), color: random.pick(SceneColor.allCases))
        return Draft(
            scene: .triangle(shape: shape), query: .thirdAngle,
            text: random.pick([
                "How many degrees is the angle marked with a question mark?", "What is the missing angle in degrees?",
            ]), answer: "\(third)", others: near(third, from: 5, step: isHard ? random.pick([2, 5, 10]) : 5, &random))
    }

    // MARK: Wrong answers

    /// Three numbers around the right one, which is by chance the least of the four, the largest or between.
    private static func near(_ answer: Int, from least: Int, step: Int = 1, _ random: inout SplitMix64) -> [String] {
        let below = random.integer(0...min(3, (answer - least) / step))
        return (0..<4).map { answer + ($0 - below) * step }.filter { $0 != answer }.map { "\($0)" }
    }

    /// Three other colours, first those that the picture shows.
    private static func otherColors(
        _ color: SceneColor, preferring shown: [SceneColor], _ random: inout SplitMix64
    ) -> [String] {
        let others = random.shuffled(SceneColor.allCases.filter { $0 != color })
        return (others.filter(shown.contains) + others.filter { !shown.contains($0) }).prefix(3).map(\.rawValue)
    }
}
