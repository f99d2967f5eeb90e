import DurableFiles
import Foundation

/// Why a run's database cannot be used.
public enum StoreError: Error, Equatable, LocalizedError {
    /// There is none in the folder.
    case absent(path: String)
    /// It holds a run of other settings.
    case otherRun(path: String, differences: [String])
    /// A question is put differently than before.
    case otherQuestion(path: String, index: String, difference: String)
    /// Another process works in the folder.
    case inUse(path: String)
    /// It is not what was written.
    case damaged(path: String, reason: String)
    /// It is some other program's, or of a later version.
    case foreign(path: String, problem: String)
    /// An answer is there already.
    case answeredTwice(path: String, key: AnswerKey)
    /// An answer or verdict belongs to no question that is there.
    case unknownQuestion(path: String, key: QuestionKey)
    /// A file or folder cannot be read or written.
    case file(path: String, action: String, reason: String)

    /// One sentence: what was wrong, where, and what to do.
    public var errorDescription: String? {
        switch self {
        case .absent(let path):
            "\(path) holds no evaluation; give the folder of one, as avar eval --output made it."
        case .otherRun(let path, let differences):
            "\(path) holds an evaluation of other settings: \(differences.joined(separator: "; ")). Give another --output."
        case .otherQuestion(let path, let index, let difference):
            "\(path) holds question \(index) with \(difference); the data is not what it was, so give another --output."
        case .inUse(let path):
            "\(path) is in use by another avar; wait for it, or give another --output."
        case .damaged(let path, let reason):
            "\(path) is damaged (\(reason)); put back a copy of it, or give another --output."
        case .foreign(let path, let problem):
            "\(path) \(problem); give another --output."
        case .answeredTwice(let path, let key):
            "\(path) holds an answer \(key.sample) to question \(key.question.index) of \(key.question.benchmark) already."
        case .unknownQuestion(let path, let key):
            "\(path) holds no question \(key.index) of \(key.benchmark)."
        case .file(let path, let action, let reason):
            "\(path) cannot be \(action): \(reason)."
        }
    }

    /// What the system refused.
    init(_ failure: FileFailure) {
        self = .file(path: failure.path, action: failure.action, reason: failure.reason)
    }
}
