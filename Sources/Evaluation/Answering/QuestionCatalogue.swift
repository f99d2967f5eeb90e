import Crypto
import Foundation
import Samples
import Scoring

/// A question of a run, whose words and pictures are read when they are wanted.
public struct AskedQuestion: Sendable {
    /// The set's name and the question's `index` in it.
    public let key: QuestionKey
    /// For messages: `Row 3 of MMStar.tsv`.
    public var place: String { entry.place }
    /// How long its prompt is, in tokens or whatever the run measures by.
    public let length: Int
    /// How it is put.
    public let style: PromptStyle

    private let entry: BenchmarkEntry

    init(_ key: QuestionKey, _ entry: BenchmarkEntry, length: Int, style: PromptStyle) {
        (self.key, self.entry, self.length, self.style) = (key, entry, length, style)
    }

    /// What the model is given; the file is read again.
    /// - Returns: the prompt, its pictures not yet decoded.
    /// - Throws: `SampleError.entry`, which says where and what is wrong.
    public func prompt() throws -> BenchmarkPrompt { try entry.question().prompt(style) }

    /// Says of what goes wrong where the question lies.
    /// - Parameter body: does something with this question.
    /// - Returns: what `body` returns.
    /// - Throws: `SampleError.entry` with what `body` throws.
    public func naming<Result>(_ body: () throws -> Result) throws -> Result {
        try SampleError.naming(place, body)
    }
}

/// A question that cannot be put, and why.
public struct BadQuestion: Sendable, Equatable, Codable {
    /// Where it lies.
    public var place: String
    /// What is wrong with it.
    public var reason: String
}

/// The questions of a run, each by its name: where they lie, and not what is in them, however large their files are.
public struct QuestionCatalogue: Sendable {
    /// Which questions of a file are asked.
    public struct Selection: Sendable {
        /// The first questions only, this many of each source; nil for all.
        public var limit: Int?
        /// Questions of this split only (MMMU's `dev` and `validation`), where the file says one; nil for all.
        public var split: String?

        /// Which questions are asked.
        public init(limit: Int? = nil, split: String? = nil) { (self.limit, self.split) = (limit, split) }
    }

    /// What the files have beside the questions that are asked.
    public struct Remainder: Sendable, Equatable, Codable {
        /// Rows without a picture.
        public var withoutPicture = 0
        /// Rows of other versions of the benchmark.
        public var ofOtherVersions = 0
        /// Questions of other splits.
        public var ofOtherSplits = 0
    }

    /// The questions by their names.
    public private(set) var questions: [QuestionKey: AskedQuestion] = [:]
    /// The names in the order of the files.
    public private(set) var keys: [QuestionKey] = []
    /// Questions that cannot be put, which are left out.
    public private(set) var bad: [BadQuestion] = []
    /// What else the files have, by their names.
    public private(set) var remainders: [String: Remainder] = [:]

    /// Goes through files and notes their questions.
    /// - Parameters:
    ///   - sources: the files, or questions that are made; several may be of one set.
    ///   - style: how questions are put.
    ///   - selection: which of them are asked.
    ///   - store: notes the questions, and refuses those that were put differently before.
    ///   - skipsBad: whether questions that cannot be read are left out, instead of ending the work.
    ///   - threads: how many read at once.
    ///   - isStopped: asked after every question; true ends the work with `CancellationError`.
    ///   - length: how long a prompt is, called on several threads; what it throws is the question's fault.
    /// - Throws: `SampleError.entry` for a bad question, ``StoreError``, `CancellationError`, or what is wrong with a file.
    public init(
        _ sources: [any BenchmarkSource], style: PromptStyle, selection: Selection = Selection(),
        store: EvaluationStore, skipsBad: Bool = false, threads: Int = 2, isStopped: () -> Bool = { false },
        length: @escaping @Sendable (BenchmarkPrompt) throws -> Int = { _ in 0 }
    ) throws {
        for source in sources {
            try add(
                source, style: style, selection, to: store, skipsBad: skipsBad, threads: threads, isStopped, length)
        }
    }

    /// A question with what is stored of it.
    private struct Read {
        var asked: AskedQuestion
        var stored: StoredQuestion
        var split: String?
    }

    /// How many questions are noted in one transaction.
    private static let together = 100

    private mutating func add(
        _ source: any BenchmarkSource, style: PromptStyle, _ selection: Selection, to store: EvaluationStore,
        skipsBad: Bool, threads: Int, _ isStopped: () -> Bool,
        _ length: @escaping @Sendable (BenchmarkPrompt) throws -> Int
    ) throws {
        let (questions, set) = (try source.questions(), source.set)
        var (remainder, count, noted) = (Remainder(), 0, [StoredQuestion]())
        let read = OrderedPrefetch(threads: threads, ahead: 4 * threads) {
            questions.next()
        } make: { entry in
            (entry.place, Result { try Self.read(entry, set: set, style: style, length) })
        }
        while count < selection.limit ?? .max, let (place, found) = try read.next()?.get() {
            if isStopped() { throw CancellationError() }
            do {
                let found = try found.get()
                if let wanted = selection.split, let split = found.split, split != wanted {
                    remainder.ofOtherSplits += 1
                    continue
                }
                count += 1
                guard self.questions.updateValue(found.asked, forKey: found.asked.key) == nil else {
                    throw SampleError.entry(
                        place: place,
                        cause: BenchmarkError.content(
                            "The index '\(found.asked.key.index)' stands in another row as well"))
                }
                keys.append(found.asked.key)
                noted.append(found.stored)
            } catch SampleError.entry(let place, let cause) where skipsBad {
                bad.append(BadQuestion(place: place, reason: cause.localizedDescription))
            }
            if noted.count >= Self.together {
                try store.add(noted)
                noted.removeAll()
            }
        }
        try store.add(noted)
        remainder.withoutPicture = questions.withoutPicture
        remainder.ofOtherVersions = questions.ofOtherVersions
        remainders[source.name] = remainder
    }

    private static func read(
        _ entry: BenchmarkEntry, set: BenchmarkSet, style: PromptStyle,
        _ length: (BenchmarkPrompt) throws -> Int
    ) throws -> Read {
        let question = try entry.question()
        let prompt = try question.prompt(style)
        return try question.naming {
            let key = QuestionKey(benchmark: set.rawValue, index: question.index)
            let stored = StoredQuestion(
                key: key, prompt: prompt.text, pictures: try prompt.pictures.map { try $0.digest() },
                exercise: question.exercise, columns: question.tableColumns)
            let asked = AskedQuestion(key, entry.kept, length: try length(prompt), style: style)
            return Read(asked: asked, stored: stored, split: question.metadata["split"])
        }
    }
}

extension PictureReference {
    /// SHA-256 of the bytes, in hexadecimal.
    func digest() throws -> String {
        SHA256.hash(data: try bytes()).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
