import Foundation

/// A prompt with named places, `{question}` and the like; `{{` and `}}` stand for braces themselves.
public struct PromptText: Sendable, Equatable {
    /// What can stand in a place.
    public enum Placeholder: String, Sendable, CaseIterable {
        /// The question as the data have it, its options included.
        case question
        /// The known answer.
        case answer
        /// The options with their letters, a line each; empty if there are none.
        case options
        /// What the first stage wrote.
        case description
        /// What the second stage wrote.
        case reasoning
    }

    private enum Piece: Sendable, Equatable {
        case text(String)
        case place(Placeholder)
    }

    /// What the user wrote, or the default.
    public let text: String
    private let pieces: [Piece]

    /// Reads a prompt.
    /// - Parameters:
    ///   - text: the prompt.
    ///   - stage: decides which places it may and must have.
    ///   - name: what errors call it.
    /// - Throws: ``SynthesisError/prompt(name:problem:)`` about a place that does not exist, with the nearest that
    ///   does, or about one that is missing.
    public init(_ text: String, for stage: Stage, name: String) throws {
        self.text = text
        pieces = try Self.pieces(text, stage, name)
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw SynthesisError.prompt(name: name, problem: "is empty")
        }
        for needed in stage.required where !pieces.contains(.place(needed)) {
            throw SynthesisError.prompt(
                name: name, problem: "has no place {\(needed.rawValue)}, which the stage \(stage.rawValue) needs")
        }
    }

    /// The prompt with everything in its place; braces in what is put there mean nothing.
    /// - Parameter values: what is known; what is not is left empty.
    /// - Returns: the text that is sent.
    public func filled(_ values: [Placeholder: String]) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .place(let place): values[place] ?? ""
            }
        }.joined()
    }

    private static func pieces(_ text: String, _ stage: Stage, _ name: String) throws -> [Piece] {
        var (pieces, plain, rest) = ([Piece](), "", text[...])
        while let character = rest.first {
            if rest.hasPrefix("{{") || rest.hasPrefix("}}") {
                plain.append(character)
                rest = rest.dropFirst(2)
            } else if character == "{", let word = placeName(rest) {
                guard let place = Placeholder(rawValue: word), stage.allowed.contains(place) else {
                    throw SynthesisError.prompt(name: name, problem: unknown(word, stage))
                }
                if !plain.isEmpty { pieces.append(.text(plain)) }
                pieces.append(.place(place))
                plain = ""
                rest = rest.dropFirst(word.count + 2)
            } else {
                plain.append(character)
                rest = rest.dropFirst()
            }
        }
        return plain.isEmpty ? pieces : pieces + [.text(plain)]
    }

    /// The name in braces at the beginning; nil if there is none, as in a formula.
    private static func placeName(_ text: Substring) -> String? {
        guard let end = text.firstIndex(of: "}") else { return nil }
        let word = text[text.index(after: text.startIndex)..<end]
        guard !word.isEmpty, word.allSatisfy({ $0.isLetter || $0 == "_" }) else { return nil }
        return String(word)
    }

    private static func unknown(_ word: String, _ stage: Stage) -> String {
        let known = stage.allowed.map(\.rawValue)
        let nearest = known.min { ($0.distance(to: word), $0) < ($1.distance(to: word), $1) } ?? ""
        return
            "has the place {\(word)}, which the stage \(stage.rawValue) does not know; the nearest is {\(nearest)}; "
            + "write {{\(word)}} for the word in braces"
    }
}

extension Stage {
    /// The places that a prompt may have.
    var allowed: [PromptText.Placeholder] {
        switch self {
        case .description: [.question, .options]
        case .reasoning: [.question, .options, .answer, .description]
        case .anchors: PromptText.Placeholder.allCases
        }
    }

    /// The places without which a prompt makes no sense.
    var required: [PromptText.Placeholder] {
        switch self {
        case .description: []
        case .reasoning: [.question, .description]
        case .anchors: [.question, .reasoning]
        }
    }
}

extension String {
    /// How many letters must be changed, added or taken away to make another word (Levenshtein).
    func distance(to other: String) -> Int {
        let (a, b) = (Array(self), Array(other))
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let change = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = Swift.min(row[j] + 1, row[j + 1] + 1, change)
            }
        }
        return row[b.count]
    }
}
