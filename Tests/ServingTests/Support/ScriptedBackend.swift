import Foundation
import Serving
import Synchronization

/// A backend that does what a test says.
struct ScriptedBackend: ChatBackend {
    var models = [ServedModel(id: "scripted", owner: "tests", created: 1)]
    var script: @Sendable (ChatRequest, @escaping @Sendable (ChatEvent) throws -> Bool) async throws -> Void

    func answer(_ request: ChatRequest, emit: @escaping @Sendable (ChatEvent) throws -> Bool) async throws {
        try await script(request, emit)
    }

    /// Says the same pieces to every choice of every request.
    static func saying(_ pieces: [[UInt8]], end: AnswerEnd = .stop, pause: Duration? = nil) -> ScriptedBackend {
        ScriptedBackend { request, emit in
            _ = try emit(.prompt(tokens: 7))
            for choice in 0..<request.choices {
                var goesOn = true
                for (index, piece) in pieces.enumerated() where goesOn {
                    if let pause { try await Task.sleep(for: pause) }
                    let token = AnswerToken(
                        id: index, bytes: piece, logProbability: -0.5,
                        alternatives: [TokenAlternative(bytes: piece, logProbability: -0.5)],
                        visualAttention: TokenVisualAttention(imageMass: 0.25, score: 2))
                    goesOn = try emit(.token(choice: choice, token))
                }
                if goesOn { _ = try emit(.finish(choice: choice, reason: end)) }
            }
        }
    }

    static func saying(_ pieces: String..., end: AnswerEnd = .stop) -> ScriptedBackend {
        saying(pieces.map { Array($0.utf8) }, end: end)
    }
}

/// A number that several tasks count.
final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add(_ number: Int = 1) { count.withLock { $0 += number } }
}

/// Waits until something is so.
/// - Returns: false if it was not so in time.
func eventually(within seconds: Double = 5, _ isSo: @Sendable () throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while try !isSo() {
        if ContinuousClock.now > end { return false }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return true
}
