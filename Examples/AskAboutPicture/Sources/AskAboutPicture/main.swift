// Asks a model about a picture, and tells how much of the question's attention the picture got:
//
//     AskAboutPicture CHECKPOINT PICTURE QUESTION
import Foundation
import Images
import VisualAttention

guard CommandLine.arguments.count == 4 else {
    print("usage: AskAboutPicture CHECKPOINT PICTURE QUESTION")
    exit(64)
}
let files = CommandLine.arguments[1...2].map { URL(fileURLWithPath: $0) }
do {
    let assistant = try VisualAssistant(folder: files[0])
    let answer = try assistant.ask(CommandLine.arguments[3], about: [RGBImage(contentsOf: files[1])])
    print("answer: \(answer.text)")
    if let attention = try answer.questionAttention() {
        let share = attention.share(of: .visual)
        print("share of the question's attention on the picture: \(Int((100 * share).rounded())) %")
    }
} catch {
    print(error.localizedDescription)
    exit(1)
}
