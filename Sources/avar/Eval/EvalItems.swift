import Evaluation
import Foundation
import Reports
import Samples
import Scoring

/// Every answer of a run with its question and pictures, to be leafed through and filtered.
struct EvalItems {
    /// The most answers on a page; more are in answers.jsonl.
    private static let most = 5000

    let session: EvalSession
    /// Whose verdict counts.
    let reading: String
    /// The longer side of pictures in pixels; 0 for no pictures.
    let pictureSize: Int

    /// The section of a page; nil without answers.
    func browser() throws -> ItemBrowser? {
        var (items, pictures, places, left) = ([ItemBrowser.Item](), [ItemBrowser.Picture](), [String: Int](), 0)
        for (set, _) in session.sources.bySet {
            var stored: [StoredItem] = []
            try session.store.forEachItem(of: set.rawValue) { item in
                guard session.counts(item.answer.key) else { return }
                if items.count + stored.count < Self.most { stored.append(item) } else { left += 1 }
            }
            try add(picturesOf: stored, to: &pictures, &places)
            items += stored.map { item(of: $0, set, pictures: item($0, places)) }
        }
        guard !items.isEmpty else { return nil }
        var caption =
            "The verdict is that of the reading \(reading). Prompts are as they were put; [picture] is where one stood."
        if left > 0 { caption += " \(left) more answers are in answers.jsonl." }
        return try ItemBrowser(
            title: "Every question and answer", caption: caption,
            facets: [
                .init("verdict", values: ["right", "wrong", "unparsed", "no answer"]), .init("set"),
                .init("category"), .init("readings", values: ["agree", "differ"]),
                .init("length", values: ["whole", "cut"]),
            ], pictures: pictures, items: items)
    }

    // MARK: Words

    private func item(of item: StoredItem, _ set: BenchmarkSet, pictures: [Int]) -> ItemBrowser.Item {
        let (question, answer) = (item.question, item.answer)
        func verdict(_ name: String) -> Judgement? { item.verdicts.first { $0.reading == name }?.judgement }
        let judgement = verdict(reading)
        let word =
            answer.reply == nil
            ? "no answer" : judgement?.isCorrect == true ? "right" : judgement?.extracted == nil ? "unparsed" : "wrong"
        let isCut = answer.reply?.finish == .length
        let differ =
            verdict(EvaluationStore.ReadingName.strict)?.isCorrect
            != verdict(EvaluationStore.ReadingName.reference)?.isCorrect
        let columns = Dictionary(
            question.columns.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let category = ["category", "task", "subject"].lazy.compactMap { columns[$0] ?? nil }.first ?? ""
        var failure: String?
        if case .failed(let reason) = answer.outcome { failure = reason }
        var texts: [ItemBrowser.Text] = [
            .init(
                "Prompt",
                question.prompt.replacingOccurrences(of: BenchmarkPrompt.pictureMark, with: "[picture]")),
            .init("Answer", answer.reply?.text ?? "There is none: \(failure ?? "")"),
            .init("Right answer", Self.rightAnswer(question.exercise)),
        ]
        texts += item.verdicts.map { verdict in
            .init(
                "Read by \(verdict.reading)",
                "\(verdict.judgement.extracted.map(\.debugDescription) ?? "nothing"): "
                    + (verdict.judgement.isCorrect ? "right" : "wrong"))
        }
        if let attention = answer.reply?.attention {
            func number(_ value: Double?) -> String { value.map(ReportPages.number) ?? "undefined" }
            texts.append(
                .init(
                    "Attention of the answer's tokens",
                    "VAS pooled \(number(attention.pooled)), paper \(number(attention.paper)); picture "
                        + "\(attention.visualShare?.percent ?? "-"), system \(attention.systemShare?.percent ?? "-")"))
        }
        let number = session.samples > 1 ? ", answer \(answer.key.sample + 1)" : ""
        return ItemBrowser.Item(
            title: "\(set.title) \(question.key.index)\(number)",
            tone: word == "right" ? .good : word == "wrong" ? .bad : .neutral,
            labels: [word] + (isCut ? ["cut"] : []) + (differ ? ["readings differ"] : []),
            facets: [word, set.title, category, differ ? "differ" : "agree", isCut ? "cut" : "whole"],
            pictures: pictures, texts: texts)
    }

    private static func rightAnswer(_ exercise: Exercise) -> String {
        let text = exercise.choices.first { $0.letter == exercise.answer }?.text
        return text.map { "\(exercise.answer). \($0)" } ?? exercise.answer
    }

    // MARK: Pictures

    private func item(_ item: StoredItem, _ places: [String: Int]) -> [Int] {
        item.question.pictures.compactMap { places[$0] }
    }

    /// Adds the pictures that are not there yet, small enough for a page.
    private func add(
        picturesOf items: [StoredItem], to pictures: inout [ItemBrowser.Picture], _ places: inout [String: Int]
    ) throws {
        guard pictureSize > 0 else { return }
        var wanted: [(digests: [String], question: AskedQuestion)] = []
        var seen = Set(places.keys)
        for item in items {
            let new = item.question.pictures.filter { seen.insert($0).inserted }
            guard !new.isEmpty, let question = session.asked[item.question.key] else { continue }
            wanted.append((item.question.pictures, question))
        }
        var waiting = wanted.makeIterator()
        let made = OrderedPrefetch(threads: 2, ahead: 8) {
            waiting.next()
        } make: { [pictureSize] next in
            // A picture that cannot be decoded is told of elsewhere; its item has none.
            zip(next.digests, (try? next.question.prompt().pictures) ?? []).compactMap { digest, picture in
                (try? ReportPages.thumbnail(picture, size: pictureSize)).map { (digest, $0) }
            }
        }
        while let found = try made.next()?.get() {
            for (digest, picture) in found where places[digest] == nil {
                places[digest] = pictures.count
                pictures.append(picture)
            }
        }
    }
}
