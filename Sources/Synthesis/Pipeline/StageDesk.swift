import ChatEndpoints
import Foundation
import Requests
import Synchronization

/// Why a request has no answer.
enum RequestFailure: Error {
    /// Repeating it did not help, or the endpoint refuses it: in words.
    case failed(String)
    /// The run is to be stopped.
    case stop(SynthesisSummary.Stop)
}

/// Asks the endpoint of a stage: within its limits, never twice for the same, patiently.
final class StageDesk: Sendable {
    let settings: StageSettings
    private let client: ChatClient
    private let slots: Slots
    private let requestLimit: RateLimit?
    private let tokenLimit: RateLimit?
    private let breaker: CircuitBreaker
    private let recess: Recess
    private let refusals = Refusals()
    private let budget: Budget
    private let price: SynthesisSettings.Price?
    private let store: SynthesisStore
    private let owner: Owner
    private let control: RunControl
    private let report: @Sendable (SynthesisEvent) -> Void
    private let estimate = Mutex(TokenEstimate())

    init(
        _ settings: StageSettings, key: Secret?, breaker: CircuitBreaker, recess: Recess, budget: Budget,
        price: SynthesisSettings.Price?, store: SynthesisStore, owner: Owner, control: RunControl,
        report: @escaping @Sendable (SynthesisEvent) -> Void
    ) {
        self.settings = settings
        client = ChatClient(settings.client(key: key))
        slots = Slots(settings.concurrency)
        requestLimit = settings.requestsPerMinute.map { RateLimit($0) }
        tokenLimit = settings.tokensPerMinute.map { RateLimit($0) }
        (self.breaker, self.budget, self.price, self.store) = (breaker, budget, price, store)
        (self.recess, self.owner, self.control, self.report) = (recess, owner, control, report)
    }

    func shutDown() async { await client.shutDown() }

    /// Says with how many processes the limits are shared.
    func share(with processes: Int) {
        requestLimit?.share(with: processes)
        tokenLimit?.share(with: processes)
    }

    /// The answer to a request: from the store, or asked for and then stored.
    /// - Throws: ``RequestFailure``, ``SynthesisError``, or `CancellationError` if the run is being stopped.
    func answer(to request: StageRequest) async throws -> StoredResponse {
        while true {
            try Task.checkCancellation()
            switch try await store.begin(request.hash, owner) {
            case .answered(let response): return response
            case .others: try await Task.sleep(for: .milliseconds(100))
            case .mine:
                do {
                    let response = try await ask(request)
                    try await store.commit(response, owner)
                    report(
                        .answered(
                            request.stage, seconds: response.seconds,
                            tokens: response.promptTokens + response.newTokens))
                    return response
                } catch {
                    try await store.release(request.hash, owner)
                    throw error
                }
            }
        }
    }

    // MARK: Asking

    private enum Attempt {
        case answered(ChatClient.Answered)
        case failed(Interruption)
        /// The endpoint is left alone at this moment.
        case later(seconds: Double)
    }

    /// Asks until there is an answer.
    private func ask(_ request: StageRequest) async throws -> StoredResponse {
        var (failures, tries) = (0, 0)
        while true {
            try Task.checkCancellation()
            switch try await slots.hold({ try await attempt(request) }) {
            case .answered(let answered): return stored(answered, to: request, tries: tries + 1)
            case .later(let seconds): try await Task.sleep(for: .seconds(min(seconds, 1)))
            case .failed(let interruption):
                tries += 1
                try await store.countFailure(of: request.stage)
                let retries = settings.retries
                if let wait = interruption.retryAfter, wait > retries.longestDelay {
                    throw stop(.endpoint(Self.words(settings.address.host, asksFor: wait)))
                }
                // What fails while the endpoint is down, or only busy, is not the request's fault.
                if !breaker.isOpen, !interruption.saysWhen { failures += 1 }
                guard failures <= retries.limit else {
                    throw RequestFailure.failed(
                        "\(settings.address.host) gave no answer: \(interruption.reason), after \(tries) tries")
                }
                let delay = retries.delay(
                    afterFailure: interruption.saysWhen ? tries : max(failures, 1), interruption)
                report(.retry(request.stage, reason: interruption.reason, seconds: delay / .seconds(1)))
                try await retries.sleep(delay)
            }
        }
    }

    private static func words(_ host: String, asksFor wait: Duration) -> String {
        let seconds = Int((wait / .seconds(1)).rounded(.up))
        let time =
            seconds < 120
            ? "\(seconds) s" : seconds < 7200 ? "\((seconds + 59) / 60) min" : "\((seconds + 3599) / 3600) h"
        return "\(host) asks to come back in \(time)"
    }

    /// Asks once, in a slot.
    private func attempt(_ request: StageRequest) async throws -> Attempt {
        let rest = recess.left
        if rest > 0 { return .later(seconds: rest) }
        let leave = breaker.ask()
        if case .wait(let seconds) = leave { return .later(seconds: seconds) }
        let rough = request.roughTokens
        let most = settings.sampling.maxTokens ?? 4096
        do {
            let message = try request.message()
            // Tokens first: whoever is let in there waits for his turn among the requests for a moment only.
            let likely = try await tokenLimit?.pass {
                self.estimate.withLock { $0.likely(rough: rough, most: most) }
            }
            _ = try await requestLimit?.pass { 1 }
            try Task.checkCancellation()
            // Others may have been told to wait while this one waited for its turn.
            let rest = recess.left
            if rest > 0 {
                tokenLimit?.correct(by: -(likely ?? 0))
                requestLimit?.correct(by: -1)
                breaker.forget(leave)
                return .later(seconds: rest)
            }
            let prompt = estimate.withLock { $0.prompt(rough: rough) }
            let needed = Budget.Estimate(tokens: prompt + most, cost: price?.cost(prompt: prompt, new: most) ?? 0)
            if let cap = budget.take(needed) { throw RequestFailure.stop(.cap(cap)) }
            return try await send(message, request, leave, needed: needed, likely: likely ?? 0)
        } catch {
            breaker.forget(leave)
            throw error
        }
    }

    private func send(
        _ message: ChatRequest, _ request: StageRequest, _ leave: CircuitBreaker.Leave, needed: Budget.Estimate,
        likely: Double
    ) async throws -> Attempt {
        do {
            let answered = try await control.finishing { [client] in try await client.attempt(message) }
            refusals.end()
            try note(breaker.note(success: true, leave))
            let (prompt, new, isCounted) = tokens(of: answered, request)
            if isCounted {
                estimate.withLock { $0.learn(rough: request.roughTokens, prompt: prompt, new: new) }
            }
            tokenLimit?.correct(by: Double(prompt + new) - likely)
            budget.settle(needed, tokens: prompt + new, cost: price?.cost(prompt: prompt, new: new) ?? 0)
            return .answered(answered)
        } catch let interruption as Interruption {
            budget.settle(needed, tokens: 0, cost: 0)
            // A server that refuses has made no tokens; one that falls silent or is cut may have.
            if interruption.status != nil { tokenLimit?.correct(by: -likely) }
            // One that says when to come again is well, only busy, and is left alone by all until then.
            if let wait = interruption.retryAfter {
                if wait > settings.retries.longestDelay {
                    _ = stop(.endpoint(Self.words(settings.address.host, asksFor: wait)))
                } else if interruption.saysWhen {
                    recess.begin(wait / .seconds(1))
                }
            }
            let isWell = interruption.status == 429 && interruption.retryAfter != nil
            try note(breaker.note(success: isWell, leave))
            return .failed(interruption)
        } catch let error as ChatError {
            budget.settle(needed, tokens: 0, cost: 0)
            tokenLimit?.correct(by: -likely)
            let failure = meaning(of: error, request.stage)
            // A refusal is a request as well.
            if error.status != nil { try await store.countFailure(of: request.stage) }
            // It answers, if only to refuse.
            if case .failed = failure { try note(breaker.note(success: true, leave)) }
            throw failure
        } catch is CancellationError {
            budget.settle(needed, tokens: 0, cost: 0)
            throw CancellationError()
        }
    }

    /// Whether a refusal concerns its request alone, or stops the run.
    private func meaning(of error: ChatError, _ stage: Stage) -> RequestFailure {
        if error.concernsAll { return stop(.endpoint(sentence(error))) }
        if let status = error.status, (300...399).contains(status) {
            return stop(.endpoint("\(sentence(error)); give the address that it leads to"))
        }
        if error.status != nil, refusals.add() {
            return stop(.endpoint("\(sentence(error)), as \(Refusals.most) of the stage \(stage.rawValue) in a row"))
        }
        return .failed(sentence(error))
    }

    /// Stops the run before another request takes the slot.
    /// - Returns: what is to be thrown.
    private func stop(_ reason: SynthesisSummary.Stop) -> RequestFailure {
        if control.stop(reason) { report(.stopping(reason.words)) }
        return .stop(reason)
    }

    private func sentence(_ error: ChatError) -> String {
        var words = error.localizedDescription
        if words.hasSuffix(".") { words.removeLast() }
        return words
    }

    private func note(_ change: CircuitBreaker.Change?) throws {
        let host = settings.address.host
        switch change {
        case nil: break
        case .opened(let seconds): report(.opened(host: host, seconds: seconds))
        case .closed: report(.closed(host: host))
        case .gaveUp:
            throw RequestFailure.stop(.endpoint("\(host) has not come back; run again to go on"))
        }
    }

    private func tokens(of answered: ChatClient.Answered, _ request: StageRequest) -> (Int, Int, Bool) {
        let reply = answered.reply
        if let prompt = reply.promptTokens, let new = reply.newTokens, prompt >= 0, new >= 0 {
            return (prompt, new, true)
        }
        let text = reply.choices.first?.text ?? ""
        return (estimate.withLock { $0.prompt(rough: request.roughTokens) }, text.utf8.count / 4 + 1, false)
    }

    private func stored(_ answered: ChatClient.Answered, to request: StageRequest, tries: Int) -> StoredResponse {
        let (prompt, new, isCounted) = tokens(of: answered, request)
        let choice = answered.reply.choices[0]
        return StoredResponse(
            hash: request.hash, stage: request.stage, model: settings.model, attempt: request.attempt,
            request: request.record, text: choice.text, finish: choice.finish, promptTokens: prompt, newTokens: new,
            isCounted: isCounted, cost: price?.cost(prompt: prompt, new: new) ?? 0, tries: tries,
            seconds: answered.seconds)
    }
}

extension Interruption {
    /// Whether the server is only busy, and says when to come again.
    fileprivate var saysWhen: Bool { status == 429 && (retryAfter ?? .zero) > .zero }
}
