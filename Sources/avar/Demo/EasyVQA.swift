import Foundation
import Images
import QwenVL

/// The questions of easy-VQA as Scripts/easy-vqa/fetch.sh lays them out.
struct EasyVQA {
    /// A question about a picture.
    struct Question: Decodable {
        /// The picture's file, relative to the folder.
        let image: String
        let question: String
        let answer: String
    }

    let questions: [Question]
    private let pictures: [String: RGBImage]

    /// Reads the first questions and their pictures.
    init(folder: URL, limit: Int) throws {
        let file = folder.appendingPathComponent("test.jsonl")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw QwenVLError.missingFile(
                path: file.path, purpose: "the questions of easy-VQA; `make demo` fetches them, and this is said")
        }
        let lines = text.split(separator: "\n").prefix(limit)
        questions = try lines.enumerated().map { number, line in
            guard let question = try? JSONDecoder().decode(Question.self, from: Data(line.utf8)) else {
                throw QwenVLError.configuration(
                    path: file.path, problem: "line \(number + 1) is not an object with image, question and answer")
            }
            return question
        }
        let names = Set(questions.map(\.image))
        pictures = try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try RGBImage(contentsOf: folder.appendingPathComponent($0))) })
    }

    /// A picture of the set.
    func picture(_ name: String) throws -> RGBImage {
        guard let picture = pictures[name] else { throw QwenVLError.input("The set has no picture \(name)") }
        return picture
    }

    /// For each question another one's picture: that of the question 151 places on, or the next after it that differs.
    var shuffledPictures: [String] {
        questions.indices.map { index in
            let own = questions[index].image
            let candidates = (0..<questions.count).lazy.map { questions[(index + 151 + $0) % questions.count].image }
            return candidates.first { $0 != own } ?? own
        }
    }
}
