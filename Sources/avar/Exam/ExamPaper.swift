import Foundation
import Images
import Microworld
import QwenVL
import Samples
import VisualAttention

/// The questions of an exam, put under any condition.
protocol ExamPaper {
    /// What the questions are of.
    var data: any SampleData { get }
    /// The conditions that make sense for them.
    var conditions: [ExamCondition] { get }
    /// How many questions the shuffled pictures depend on; nil if they are the same for any number.
    var shuffledAmong: Int? { get }

    /// Whether a question can be put under a condition.
    func allows(_ condition: ExamCondition, number: Int) -> Bool
    /// A question under a condition.
    func conversation(_ entry: SampleEntry, under condition: ExamCondition) throws -> [Message]
    /// What an answer is worth.
    func verdict(on text: String, to entry: SampleEntry) throws -> Verdict
    /// The name of a question, and what it is counted with.
    func label(_ entry: SampleEntry) throws -> (id: String?, family: String?)
}

/// Questions of the microworld.
struct MicroworldPaper: ExamPaper {
    let world: MicroworldData

    var data: any SampleData { world }
    var conditions: [ExamCondition] { ExamCondition.allCases }
    var shuffledAmong: Int? { nil }

    func allows(_ condition: ExamCondition, number: Int) -> Bool {
        !condition.isOfHints || world.question(number).hint != nil
    }

    func conversation(_ entry: SampleEntry, under condition: ExamCondition) throws -> [Message] {
        let question = world.question(entry.number)
        let (asked, shown) =
            switch condition {
            case .picture: (question, question as Microworld.Question?)
            case .shuffled: (question, world.question(partner(of: entry.number)))
            case .blind: (question, nil)
            case .hintRemoved: (question.withoutHint, question)
            case .hintReversed: (question.withReversedHint ?? question, question)
            case .hintRight: (question.withRightHint ?? question, question)
            case .hintWrong: (question.withMisleadingHint ?? question, question)
            }
        return [.user(asked.prompt, images: try shown.map { [try world.picture($0).image()] } ?? [])]
    }

    func verdict(on text: String, to entry: SampleEntry) -> Verdict { Verdict(text, of: world.question(entry.number)) }

    func label(_ entry: SampleEntry) -> (id: String?, family: String?) {
        let question = world.question(entry.number)
        return (question.id, question.family.rawValue)
    }

    /// Whose picture a question gets when pictures are shuffled: neighbours of a family exchange theirs, so that no
    /// question keeps its own, and each has the same one however many are asked.
    func partner(of number: Int) -> Int {
        let families = world.questions.families.count
        let (place, family) = (number - 1).quotientAndRemainder(dividingBy: families)
        return (place ^ 1) * families + family + 1
    }

    /// Whether the answer to a question is also right for the picture that it gets when pictures are shuffled.
    func isRightWhenShuffled(_ number: Int) -> Bool {
        let question = world.question(number)
        return question.query.answer(in: world.question(partner(of: number)).scene) == question.answerText
    }
}

/// Questions of a data file.
struct FilePaper: ExamPaper {
    let data: any SampleData
    let shuffledAmong: Int?
    private let samples: OpenedOnce<[Int: Sample]>
    private let numbers: [Int]

    /// How many places further the picture is taken from when pictures are shuffled, as in
    /// Scripts/microworld/reference.py.
    private static let shift = 151

    /// The questions with some numbers, in their order.
    init(_ data: any SampleData, numbers: [Int]) {
        (self.data, self.numbers, shuffledAmong) = (data, numbers, numbers.count)
        samples = OpenedOnce {
            // A malformed sample is reported when its turn comes.
            try Dictionary(
                uniqueKeysWithValues: data.entries().prefix(numbers.count).compactMap { entry in
                    (try? entry.sample()).map { (entry.number, $0) }
                })
        }
    }

    var conditions: [ExamCondition] { ExamCondition.allCases.filter { !$0.isOfHints } }

    func allows(_ condition: ExamCondition, number: Int) -> Bool { !condition.isOfHints }

    func conversation(_ entry: SampleEntry, under condition: ExamCondition) throws -> [Message] {
        var sample = try entry.sample()
        guard !sample.pictures.isEmpty else { throw MeasurementError.noPicture }
        if condition == .shuffled { sample = try sample.showing(otherPictures(than: sample, number: entry.number)) }
        if condition == .blind { sample = sample.showing([]) }
        return try sample.messages()
    }

    func verdict(on text: String, to entry: SampleEntry) throws -> Verdict {
        guard let verdict = try data.verdict(on: text, to: entry.sample(), number: entry.number) else {
            throw SampleError.content("The sample has no answer to compare with")
        }
        return verdict
    }

    func label(_ entry: SampleEntry) throws -> (id: String?, family: String?) { (try entry.sample().id, nil) }

    /// The pictures of the sample some places on, or of the next after it that has others which can be read.
    private func otherPictures(than sample: Sample, number: Int) throws -> [PictureReference] {
        let place = (numbers.firstIndex(of: number) ?? 0) + Self.shift
        let samples = try self.samples()
        let others = numbers.indices.lazy.compactMap { samples[numbers[(place + $0) % numbers.count]]?.pictures }
        let found = others.first { other in
            // One that cannot be read is its own sample's fault, not this one's.
            other.count == sample.pictures.count && other != sample.pictures
                && other.allSatisfy { (try? $0.image()) != nil }
        }
        guard let found else { throw SampleError.content("No other sample has a picture to exchange with this one") }
        return found
    }
}

extension Sample {
    /// The same conversation about other pictures, none of them without a place; an empty list takes all away.
    fileprivate func showing(_ pictures: [PictureReference]) -> Sample {
        var (sample, rest) = (self, pictures[...])
        for turn in turns.indices {
            sample.turns[turn].content = turns[turn].content.compactMap { content in
                guard case .picture = content else { return content }
                return rest.popFirst().map { .picture($0) }
            }
        }
        return sample
    }
}
