import Foundation
import Images
import QwenVL
import Reports
import VisualAttention

/// The page of `avar generate --report`: an answer, and where its tokens looked.
struct AnswerPage {
    let answers: [Answer]
    let conversation: [Message]
    let times: AnswerReport.Times
    let model: String
    /// The intervention in words, nil for none.
    let modulation: String?
    let views: [MapView]
    let processor: QwenVLProcessor

    /// Writes the page.
    func write(to path: String) throws {
        try report().write(toPath: path)
    }

    private func report() throws -> Report {
        let images = conversation.images
        var sections: [Report.Section] = [.summary(try summary())]
        for (index, answer) in answers.enumerated() {
            let name = answers.count == 1 ? "answer" : "answer \(index + 1)"
            if let overlay = try ReportPages.overlay(
                answer.looks(), of: name, images: images, input: answer.input, views: views, processor: processor)
            {
                sections.append(overlay)
            }
            guard let mass = try answer.answerAttention() else { continue }
            sections.append(ReportPages.along(mass.queryScores.map { $0.isFinite ? $0 : nil }, of: name))
            sections += try attention(mass, of: name)
        }
        if let mass = try answers.first?.questionAttention() { sections += try attention(mass, of: "question") }
        return Report(
            title: "An answer, and where it looked", subtitle: modulation.map { "\(model), \($0)" } ?? model,
            sections: sections)
    }

    private func attention(_ mass: AttentionMass, of name: String) throws -> [Report.Section] {
        guard let score = VisualAttentionScore(mass) else { return [] }
        return [
            ReportPages.heatMap(mass.headScores, of: name), try ReportPages.shares(mass.layers(score), of: name),
        ]
    }

    private func summary() throws -> Summary {
        var rows: [Summary.Row] = []
        if let question = conversation.last(where: { $0.role == .user }) {
            rows.append(Summary.Row("Question", question.words))
        }
        for (index, answer) in answers.enumerated() {
            rows.append(Summary.Row(answers.count == 1 ? "Answer" : "Answer \(index + 1)", answer.text))
        }
        if let input = answers.first?.input {
            rows.append(
                Summary.Row(
                    "Prompt", "\(input.inputIDs.count) tokens",
                    note: "\(input.roles.count { $0 == .image }) of them visual"))
        }
        if let speed = times.decodeTokensPerSecond {
            rows.append(
                Summary.Row(
                    "Speed", "\(speed.fixed(1)) tokens/s", note: "first token after \(times.prefillSeconds.fixed(2)) s")
            )
        }
        var warnings: [String] = []
        for (name, mass) in try [
            ("question", answers.first?.questionAttention()), ("answer", answers.first?.answerAttention()),
        ] {
            guard let mass, let score = VisualAttentionScore(mass),
                let without = VisualAttentionScore(mass, countsFirstToken: false)
            else { continue }
            rows += ReportPages.rows(name, score, without: without)
            if score.extremeHeads > 0 {
                warnings.append(
                    "\(score.extremeHeads.percent) of the heads have a ratio above 1,000 over the \(name) and decide the "
                        + "paper's form; read the other forms beside it.")
            }
            if mass.queriesWithoutSystemMass > 0 {
                warnings.append(
                    "\(mass.queriesWithoutSystemMass) tokens of the \(name) have a head that gives the system turn nothing; "
                        + "\(score.undefinedRatios) ratios are left out.")
            }
        }
        return Summary(rows: rows, warnings: warnings)
    }
}

extension Report {
    /// Writes the page, or says in a sentence why not.
    func write(toPath path: String) throws {
        do {
            try write(to: URL(fileURLWithPath: path))
        } catch {
            throw QwenVLError.unwritable(path: path, reason: JSONFile.reason(of: error))
        }
    }
}

extension [Message] {
    /// The pictures in their order.
    var images: [RGBImage] {
        flatMap(\.content).compactMap { piece in
            if case .image(let image) = piece { return image }
            return nil
        }
    }
}

extension Message {
    /// What is said, without the pictures.
    fileprivate var words: String {
        content.compactMap { piece in
            if case .text(let text) = piece { return text }
            return nil
        }.joined()
    }
}
