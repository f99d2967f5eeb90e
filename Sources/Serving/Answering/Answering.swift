import Synchronization

/// The answers to one request between the backend, which tells events, and the connection, which sends pieces.
final class Answering: Sendable {
    /// What is to be sent.
    enum Piece: Sendable {
        case text(choice: Int, ChoiceWriter.Piece)
        /// The end, with the tokens and their attention where that was told only now.
        case end(choice: Int, AnswerEnd, [AnswerToken], [TokenVisualAttention]?)
    }

    /// An answer that is whole.
    struct Choice: Sendable {
        var text = ""
        var tokens: [AnswerToken] = []
        var end: AnswerEnd?
        var visualAttention: [TokenVisualAttention]?
    }

    private struct State {
        var writers: [ChoiceWriter]
        var choices: [Choice]
        var promptTokens = 0
        var isOver = false
        var task: Task<Void, Never>?
    }

    let request: ChatRequest
    /// What is to be sent, where the answer is sent while it is written; ends with the answer in any case.
    let pieces: AsyncThrowingStream<Piece, any Error>
    private let continuation: AsyncThrowingStream<Piece, any Error>.Continuation
    private let state: Mutex<State>

    init(_ request: ChatRequest) {
        self.request = request
        (pieces, continuation) = AsyncThrowingStream.makeStream()
        let keepsTokens = request.wantsLogProbabilities || request.wantsVisualAttention
        let writer = ChoiceWriter(stops: request.stop, keepsTokens: keepsTokens)
        state = Mutex(
            State(
                writers: Array(repeating: writer, count: request.choices),
                choices: Array(repeating: Choice(), count: request.choices)))
    }

    /// The tokens of the prompt and of all answers.
    var usage: Usage {
        state.withLock { Usage(prompt: $0.promptTokens, completion: $0.writers.reduce(0) { $0 + $1.count }) }
    }

    /// The answers, once they are whole.
    var choices: [Choice] { state.withLock { $0.choices } }

    /// Does the work until it is done or ``end(_:)`` is called.
    func begin(_ work: @escaping @Sendable () async throws -> Void) {
        let task = Task {
            do {
                try await work()
                self.end(nil)
            } catch {
                self.end(error)
            }
        }
        let isOver = state.withLock { (state: inout State) -> Bool in
            if !state.isOver { state.task = task }
            return state.isOver
        }
        if isOver { task.cancel() }
    }

    /// Takes what the backend tells.
    func take(_ event: ChatEvent) throws -> Bool {
        try state.withLock { state in
            if state.isOver { throw CancellationError() }
            switch event {
            case .prompt(let tokens):
                state.promptTokens = tokens
                return true
            case .token(let choice, let token):
                let piece = state.writers[checked: choice].append(token)
                keep(piece, choice, in: &state)
                return endIfOver(choice, isTold: false, in: &state)
            case .finish(let choice, let reason, let visualAttention):
                let piece = state.writers[checked: choice].finish(reason, visualAttention: visualAttention)
                keep(piece, choice, in: &state)
                state.choices[choice].visualAttention = state.writers[choice].visualAttention
                return endIfOver(choice, isTold: true, in: &state)
            }
        }
    }

    private func keep(_ piece: ChoiceWriter.Piece, _ choice: Int, in state: inout State) {
        if piece.isEmpty { return }
        if request.streams { continuation.yield(.text(choice: choice, piece)) }
        if !request.streams { state.choices[choice].text += piece.text }
        if !request.streams || request.wantsVisualAttention { state.choices[choice].tokens += piece.tokens }
    }

    /// Tells the end of a choice once.
    ///
    /// A stop text ends a choice before the backend has told its attention, so its end waits for that.
    private func endIfOver(_ choice: Int, isTold: Bool, in state: inout State) -> Bool {
        guard let end = state.writers[choice].end else { return true }
        if state.choices[choice].end == nil, isTold || !request.wantsVisualAttention {
            state.choices[choice].end = end
            if request.streams {
                let attention = state.writers[choice].visualAttention
                continuation.yield(.end(choice: choice, end, state.choices[choice].tokens, attention))
            }
        }
        return false
    }

    /// Tells the ends that were not told yet.
    /// - Throws: ``ServingError/unfinishedAnswer`` if an answer has none.
    func requireWhole() throws {
        let isWhole = state.withLock { state in
            state.choices.indices.allSatisfy { !endIfOver($0, isTold: true, in: &state) }
        }
        if !isWhole { throw ServingError.unfinishedAnswer }
    }

    /// Ends the answer, and the work if it goes on.
    /// - Parameter error: what the client is told; nil if the answer is whole.
    func end(_ error: (any Error)?) {
        let task = state.withLock { (state: inout State) -> Task<Void, Never>? in
            if state.isOver { return nil }
            state.isOver = true
            defer { state.task = nil }
            return state.task
        }
        continuation.finish(throwing: error)
        if error != nil { task?.cancel() }
    }
}

extension Array {
    /// An element whose index a backend gave.
    fileprivate subscript(checked index: Int) -> Element {
        get {
            precondition(indices.contains(index), "A backend told choice \(index) of \(count).")
            return self[index]
        }
        set {
            precondition(indices.contains(index), "A backend told choice \(index) of \(count).")
            self[index] = newValue
        }
    }
}
