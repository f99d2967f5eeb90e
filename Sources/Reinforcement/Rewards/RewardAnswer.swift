import Foundation
import Requests

/// Reads what a user's own reward answers: a JSON list of numbers, or of objects with the number `overall`.
enum RewardAnswer {
    /// The most further numbers of a rollout that are logged.
    private static let mostDetails = 32

    /// The values, if every single one can be used.
    /// - Throws: `Interruption` that says of the first that cannot why.
    static func values(_ answer: Data, for batch: RewardBatch, range: ClosedRange<Double>?) throws -> RewardValues {
        let items = try items(answer)
        let wanted = batch.inputs.count
        guard items.count == wanted else {
            throw Interruption(reason: RewardWords.lengths(items.count, "value", wanted))
        }
        var details: [String: [Double?]] = [:]
        let values = try items.enumerated().map { index, item in
            var item = item
            if case .object(let members) = item {
                guard let overall = members["overall"] else {
                    throw Interruption(reason: "value \(index + 1) has no 'overall'")
                }
                item = overall
                for (key, value) in members.sorted(by: { $0.key < $1.key }) where key != "overall" {
                    guard case .number(let number) = value, number.isFinite else { continue }
                    guard details[key] != nil || details.count < mostDetails else { continue }
                    details[key, default: [Double?](repeating: nil, count: wanted)][index] = number
                }
            }
            guard case .number(let number) = item, number.isFinite else {
                throw Interruption(reason: "value \(index + 1) is \(item.words), not a number")
            }
            let allowed = range ?? -RewardMix.largestValue...RewardMix.largestValue
            guard allowed.contains(number) else {
                throw Interruption(
                    reason: "value \(index + 1) is \(number), not from \(allowed.lowerBound) to \(allowed.upperBound)")
            }
            return number
        }
        return RewardValues(values, details: details)
    }

    private static func items(_ answer: Data) throws -> [Item] {
        let decoder = JSONDecoder()
        do {
            return try decoder.decode([Item].self, from: answer)
        } catch {
            // Python writes NaN and Infinity, which are no JSON; the message is to say which value it is.
            if let items = try? decoder.decode([Item].self, from: quoted(answer)) { return items }
        }
        let words = RewardWords.beginning(String(decoding: answer.prefix(1000), as: UTF8.self))
        throw Interruption(
            reason: words.isEmpty ? "it answered nothing" : "it answered what is no JSON list of numbers (“\(words)”)")
    }

    /// The answer with NaN and infinities as strings.
    private static func quoted(_ answer: Data) -> Data {
        let words = ["-Infinity", "Infinity", "NaN", "-inf", "inf", "nan"].map { Array($0.utf8) }
        let bytes = Array(answer)
        var (result, place, isText) = (Data(), 0, false)
        while place < bytes.count {
            if !isText, let word = words.first(where: { bytes[place...].starts(with: $0) }) {
                result += [UInt8(ascii: "\"")] + word + [UInt8(ascii: "\"")]
                place += word.count
                continue
            }
            if bytes[place] == UInt8(ascii: "\""), !isText || !isEscaped(place, bytes) { isText.toggle() }
            result.append(bytes[place])
            place += 1
        }
        return result
    }

    private static func isEscaped(_ place: Int, _ bytes: [UInt8]) -> Bool {
        let backslashes = bytes[..<place].reversed().prefix { $0 == UInt8(ascii: "\\") }
        return backslashes.count % 2 == 1
    }

    /// A value of JSON.
    private enum Item: Decodable {
        case number(Double)
        case text(String)
        case boolean(Bool)
        case null
        case object([String: Item])
        case list
        case unreadable

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if let boolean = try? value.decode(Bool.self) {
                self = .boolean(boolean)
            } else if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if let members = try? value.decode([String: Item].self) {
                self = .object(members)
            } else {
                self = (try? decoder.unkeyedContainer()) == nil ? .unreadable : .list
            }
        }

        var words: String {
            switch self {
            case .number(let number): "\(number)"
            case .text(let text) where ["nan", "inf", "-inf", "infinity", "-infinity"].contains(text.lowercased()): text
            case .text(let text): "the text “\(RewardWords.beginning(text))”"
            case .boolean(let boolean): "\(boolean)"
            case .null: "null"
            case .object: "an object"
            case .list: "a list"
            case .unreadable: "too large"
            }
        }
    }
}
