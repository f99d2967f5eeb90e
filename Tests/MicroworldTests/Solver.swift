import Foundation
import Testing

/// Answers a question from its words and the scene's JSON alone, with nothing of the library: the key is checked against it.
struct Solver {
    private let shapes: [[String: Any]]
    private let bars: [String: Int]
    private let triangle: [String: Any]?

    /// - Parameter scene: the scene as it stands in data.jsonl.
    init(scene: [String: Any]) {
        shapes = (scene["shapes"] as? [String: Any])?["items"] as? [[String: Any]] ?? []
        let chart = (scene["chart"] as? [String: Any])?["bars"] as? [[String: Any]] ?? []
        var bars: [String: Int] = [:]
        for bar in chart { bars[bar["color"] as? String ?? ""] = bar["value"] as? Int }
        self.bars = bars
        triangle = (scene["triangle"] as? [String: Any])?["shape"] as? [String: Any]
    }

    private static let colors = ["red", "green", "blue", "yellow", "purple", "black"]
    private static let kinds = [
        "circle": "circle", "circles": "circle", "square": "square", "squares": "square", "triangle": "triangle",
        "triangles": "triangle", "cross": "cross", "crosses": "cross",
    ]
    private static let rows = ["top": 0, "middle": 1, "bottom": 2]
    private static let columns = ["left": 0, "middle": 1, "right": 2]

    /// The answer in words, nil if the question is not understood.
    func answer(_ question: String) -> String? {
        let words = question.lowercased().split { !$0.isLetter }.map(String.init)
        let colors = words.filter(Self.colors.contains)
        let kind = words.compactMap { Self.kinds[$0] }.first
        let said = Set(words)
        if let triangle { return third(triangle) }
        if !bars.isEmpty { return chart(colors, said) }
        if said.contains("larger") || said.contains("largest") { return sizes(colors, said) }
        if words.starts(with: ["is", "there"]) || said.contains("does") {
            return number(colors.first, kind) > 0 ? "yes" : "no"
        }
        return rest(words, colors, kind, said)
    }

    private func third(_ triangle: [String: Any]) -> String? {
        guard let angles = triangle["angles"] as? [Int], let hidden = triangle["hidden"] as? Int else { return nil }
        var left = 180
        for (index, angle) in angles.enumerated() where index != hidden { left -= angle }
        return "\(left)"
    }

    private func chart(_ colors: [String], _ said: Set<String>) -> String? {
        let values = colors.compactMap { bars[$0] }
        if said.contains("tallest") {
            let top = bars.values.max()
            let tallest = bars.filter { $0.value == top }
            return tallest.count == 1 ? tallest.first?.key : nil
        }
        if values.count == 2 { return "\(values[0] - values[1])" }
        return values.first.map { "\($0)" }
    }

    private func sizes(_ colors: [String], _ said: Set<String>) -> String? {
        func size(_ color: String) -> Int? {
            let found = shapes.filter { $0["color"] as? String == color }
            return found.count == 1 ? found[0]["size"] as? Int : nil
        }
        let all = shapes.compactMap { $0["size"] as? Int }
        if said.contains("largest") {
            let top = shapes.filter { $0["size"] as? Int == all.max() }
            return top.count == 1 ? top[0]["color"] as? String : nil
        }
        if colors.count == 2 {
            guard let a = size(colors[0]), let b = size(colors[1]), a != b else { return nil }
            return a > b ? colors[0] : colors[1]
        }
        guard let color = colors.first, let size = size(color) else { return nil }
        return "\(all.filter { $0 > size }.count)"
    }

    private func number(_ color: String?, _ kind: String?) -> Int {
        var count = 0
        for shape in shapes {
            if let color, shape["color"] as? String != color { continue }
            if let kind, shape["kind"] as? String != kind { continue }
            count += 1
        }
        return count
    }

    private func rest(_ words: [String], _ colors: [String], _ kind: String?, _ said: Set<String>) -> String? {
        // Two colours: counts are put together.
        if colors.count == 2 {
            let (a, b) = (number(colors[0], nil), number(colors[1], nil))
            if said.contains("together") || said.contains("sum") { return "\(a + b)" }
            if said.contains("many") || said.contains("away") { return a > b ? "\(a - b)" : nil }
            return a == b ? nil : a > b ? colors[0] : colors[1]
        }
        if said.contains("how") || said.contains("count") { return "\(number(colors.first, kind))" }
        if said.contains("where") || said.contains("place") { return place(colors.first, kind) }
        let cell = words.lastIndex(of: "center").map { _ in (1, 1) } ?? cell(words)
        guard let cell else { return nil }
        let found = shapes.filter { $0["row"] as? Int == cell.0 && $0["column"] as? Int == cell.1 }
        guard found.count == 1 else { return nil }
        return found[0][said.contains("color") ? "color" : "kind"] as? String
    }

    private func cell(_ words: [String]) -> (Int, Int)? {
        for (first, second) in zip(words, words.dropFirst()) {
            if let row = Self.rows[first], let column = Self.columns[second] { return (row, column) }
        }
        return nil
    }

    private func place(_ color: String?, _ kind: String?) -> String? {
        let found = shapes.filter { $0["color"] as? String == color && $0["kind"] as? String == kind }
        guard found.count == 1, let row = found[0]["row"] as? Int, let column = found[0]["column"] as? Int else {
            return nil
        }
        if row == 1, column == 1 { return "center" }
        let rowName = Self.rows.first { $0.value == row }?.key
        let columnName = Self.columns.first { $0.value == column }?.key
        return [rowName, columnName].compactMap { $0 }.joined(separator: " ")
    }
}
