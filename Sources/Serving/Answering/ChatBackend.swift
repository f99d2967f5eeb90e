/// What answers: a model, or something that stands for one.
///
/// The server reads and checks requests, queues them, applies stop texts, cuts UTF-8 at borders of characters, sends
/// answers whole or as they are written, and counts tokens. A backend sees one ``ChatRequest`` per call and tells
/// tokens as they come. At most ``ServingSettings/concurrent`` calls are at work at a time.
public protocol ChatBackend: Sendable {
    /// The models that can be asked for; clients must name one of them.
    var models: [ServedModel] { get }

    /// Refuses what the backend cannot answer, before the request waits in the queue.
    ///
    /// It must be quick: it runs on the threads that serve all connections.
    /// - Parameter request: what is asked, with a model that is served.
    /// - Throws: ``Refusal`` for the client.
    func check(_ request: ChatRequest) throws

    /// Answers a request.
    ///
    /// Work that blocks a thread for long belongs on a thread of its own: Swift's tasks have as many threads as there are
    /// cores.
    ///
    /// `emit` may be called from any thread, never waits, and takes the events of several choices in any order. It
    /// returns false once the choice of the event has enough (a stop text was written): its further tokens are dropped,
    /// and the backend should write no more of it. It throws `CancellationError` once nobody wants the answer, because
    /// the client has gone or the server stops; the task is cancelled as well.
    /// - Parameters:
    ///   - request: what is asked, with a model that is served.
    ///   - emit: takes what there is to tell. ``ChatEvent/prompt(tokens:)`` comes once; every choice, from 0 to
    ///     `request.choices - 1`, ends with ``ChatEvent/finish(choice:reason:visualAttention:)`` unless `emit` returned
    ///     false for it.
    /// - Throws: ``Refusal`` for the client; anything else is told to it as an error of the server, without its text.
    func answer(_ request: ChatRequest, emit: @escaping @Sendable (ChatEvent) throws -> Bool) async throws
}

extension ChatBackend {
    /// Refuses nothing.
    /// - Parameter request: what is asked.
    /// - Throws: nothing.
    public func check(_ request: ChatRequest) throws {}
}

/// A model in the list of `/v1/models`.
public struct ServedModel: Sendable, Equatable {
    /// The name by which it is asked for.
    public var id: String
    /// Who owns it, in words.
    public var owner: String
    /// When it was made, in seconds since 1970.
    public var created: Int

    /// A model.
    /// - Parameters:
    ///   - id: the name by which it is asked for.
    ///   - owner: who owns it, in words.
    ///   - created: when it was made, in seconds since 1970.
    public init(id: String, owner: String, created: Int) {
        (self.id, self.owner, self.created) = (id, owner, created)
    }
}

/// What a backend tells of its answer.
public enum ChatEvent: Sendable {
    /// How many tokens the prompt has.
    case prompt(tokens: Int)
    /// The next token of a choice, choices counted from 0.
    case token(choice: Int, AnswerToken)
    /// A choice is whole.
    ///
    /// `visualAttention` is for backends that know it only at the end: one entry for each token that was told, which
    /// replaces what the tokens said.
    case finish(choice: Int, reason: AnswerEnd, visualAttention: [TokenVisualAttention]? = nil)
}

/// Why an answer ends.
public enum AnswerEnd: String, Sendable, Encodable {
    /// It is whole, or a stop text was written.
    case stop
    /// It has as many tokens as it may.
    case length
}

/// A token of an answer, with what the request wants to know of it.
public struct AnswerToken: Sendable {
    /// The number in the vocabulary.
    public var id: Int
    /// The bytes that it adds to the text, which need not be whole characters; none for a mark such as the end's.
    public var bytes: [UInt8]
    /// The natural logarithm of its probability, where the request wants it.
    public var logProbability: Double?
    /// The likeliest tokens in its place, likeliest first, as many as the request wants.
    public var alternatives: [TokenAlternative]
    /// Where it looked, where the request wants it and it is known already.
    public var visualAttention: TokenVisualAttention?

    /// A token.
    /// - Parameters:
    ///   - id: the number in the vocabulary.
    ///   - bytes: the bytes that it adds to the text.
    ///   - logProbability: the natural logarithm of its probability.
    ///   - alternatives: the likeliest tokens in its place.
    ///   - visualAttention: where it looked.
    public init(
        id: Int, bytes: [UInt8], logProbability: Double? = nil, alternatives: [TokenAlternative] = [],
        visualAttention: TokenVisualAttention? = nil
    ) {
        (self.id, self.bytes, self.logProbability) = (id, bytes, logProbability)
        (self.alternatives, self.visualAttention) = (alternatives, visualAttention)
    }
}

/// A token that might have been.
public struct TokenAlternative: Sendable, Equatable {
    /// The bytes that it would have added to the text.
    public var bytes: [UInt8]
    /// The natural logarithm of its probability.
    public var logProbability: Double

    /// A token that might have been.
    /// - Parameters:
    ///   - bytes: the bytes that it would have added to the text.
    ///   - logProbability: the natural logarithm of its probability.
    public init(bytes: [UInt8], logProbability: Double) {
        (self.bytes, self.logProbability) = (bytes, logProbability)
    }
}

/// Where a token looked.
public struct TokenVisualAttention: Sendable, Equatable {
    /// The attention on all visual tokens, averaged over layers and heads, 0 to 1.
    public var imageMass: Double
    /// The Visual Attention Score of the token in the form of the reward: attention on visual tokens over attention on
    /// system tokens; nil where the conversation has no system turn or no picture.
    public var score: Double?

    /// Where a token looked.
    /// - Parameters:
    ///   - imageMass: the attention on all visual tokens, averaged over layers and heads.
    ///   - score: the Visual Attention Score in the form of the reward.
    public init(imageMass: Double, score: Double?) { (self.imageMass, self.score) = (imageMass, score) }
}
