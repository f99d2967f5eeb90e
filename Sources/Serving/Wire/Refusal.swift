import Foundation

/// What a client is told instead of an answer: a status and the standard form of errors.
///
/// `{"error": {"message": ..., "type": ..., "param": ..., "code": ...}}`, which clients of OpenAI's API turn into
/// exceptions by the status. A backend may throw one as well.
public struct Refusal: Error, LocalizedError, Sendable, Equatable {
    /// The status of the reply, 400 or more.
    public var status: Int
    /// One sentence: what was wrong, where, what to do.
    public var message: String
    /// The kind: `invalid_request_error`, `rate_limit_error` or `server_error`.
    public var type: String
    /// The parameter that is wrong, as a path such as `messages[0].content`.
    public var parameter: String?
    /// A word that programs can compare.
    public var code: String?
    /// After how many seconds to try again.
    public var retryAfter: Int?

    /// A refusal.
    /// - Parameters:
    ///   - status: the status of HTTP, 400 or more.
    ///   - message: one sentence.
    ///   - type: the kind; nil for the one that fits the status.
    ///   - parameter: the parameter that is wrong.
    ///   - code: a word that programs can compare.
    ///   - retryAfter: after how many seconds to try again.
    public init(
        status: Int, message: String, type: String? = nil, parameter: String? = nil, code: String? = nil,
        retryAfter: Int? = nil
    ) {
        (self.status, self.message, self.parameter, self.code) = (status, message, parameter, code)
        self.type =
            type ?? (status == 429 ? "rate_limit_error" : status < 500 ? "invalid_request_error" : "server_error")
        self.retryAfter = retryAfter
    }

    /// The message, one sentence that says what was wrong with the request.
    public var errorDescription: String? { message }

    /// A request that cannot be answered as it is (400).
    /// - Parameters:
    ///   - parameter: the parameter that is wrong, if one is.
    ///   - message: one sentence.
    ///   - code: a word that programs can compare.
    /// - Returns: the refusal.
    public static func invalid(_ parameter: String?, _ message: String, code: String? = nil) -> Refusal {
        Refusal(status: 400, message: message, parameter: parameter, code: code)
    }

    /// A model that is not served (404).
    static func unknownModel(_ name: String, served: [String]) -> Refusal {
        let known = served.isEmpty ? "none" : served.joined(separator: ", ")
        return Refusal(
            status: 404, message: "The model `\(name)` is not served here; served: \(known).", parameter: "model",
            code: "model_not_found")
    }

    static let unauthorized = Refusal(
        status: 401, message: "The request needs the header Authorization: Bearer with the token of this server.",
        code: "invalid_api_key")

    static func tooLarge(limit: Int) -> Refusal {
        Refusal(
            status: 413, message: "The body has more than the \(limit) bytes that are read; send smaller pictures.",
            code: "request_too_large")
    }

    static func crowded(retryAfter: Int) -> Refusal {
        Refusal(
            status: 429, message: "All places in the queue are taken; try again in \(retryAfter) s.",
            code: "queue_full", retryAfter: retryAfter)
    }

    static func outOfMemory(retryAfter: Int) -> Refusal {
        Refusal(
            status: 429,
            message: "The requests in work fill the memory set aside for them; try again in \(retryAfter) s.",
            code: "memory_full", retryAfter: retryAfter)
    }

    static func waitedTooLong(seconds: Double, retryAfter: Int) -> Refusal {
        Refusal(
            status: 503, message: "The request waited \(Int(seconds.rounded())) s in the queue and was given up.",
            code: "queue_timeout", retryAfter: retryAfter)
    }

    static let stopping = Refusal(
        status: 503, message: "The server is shutting down.", code: "shutting_down", retryAfter: 5)

    static let broken = Refusal(status: 500, message: "The answer failed inside the server.", code: "internal_error")
}

/// The standard form of an error.
struct ErrorReply: Encodable {
    struct Body: Encodable {
        let refusal: Refusal

        enum CodingKeys: String, CodingKey { case message, type, param, code }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(refusal.message, forKey: .message)
            try container.encode(refusal.type, forKey: .type)
            // Null rather than absent, as clients expect.
            try container.encode(refusal.parameter, forKey: .param)
            try container.encode(refusal.code, forKey: .code)
        }
    }

    let error: Body

    init(_ refusal: Refusal) { error = Body(refusal: refusal) }
}
