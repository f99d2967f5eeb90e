import Foundation

/// Why an endpoint gave no answer.
public enum ChatError: Error, Equatable, LocalizedError {
    /// An address that cannot be one.
    case address(String)
    /// The key holds characters that cannot be sent.
    case key(variables: [String])
    /// It does not let anybody with this key ask: every other question would be refused as well.
    case unauthorized(host: String, status: Int, words: String, variables: [String])
    /// There are no chat completions at the address, or not of this model.
    case notFound(host: String, status: Int, words: String)
    /// Nobody we trust says that the server is who it says.
    case certificate(host: String)
    /// It refuses this request.
    case refused(host: String, status: Int, words: String)
    /// It failed so often that it is not asked any more.
    case gaveUp(host: String, reason: String, repetitions: Int)
    /// A picture is none that can be sent.
    case picture(String)

    /// Whether every other request would fail as well.
    public var concernsAll: Bool {
        switch self {
        case .address, .key, .unauthorized, .notFound, .certificate: true
        case .refused, .gaveUp, .picture: false
        }
    }

    /// The status with which the server refused; nil if it is none.
    public var status: Int? {
        switch self {
        case .unauthorized(_, let status, _, _), .notFound(_, let status, _), .refused(_, let status, _): status
        case .address, .key, .certificate, .gaveUp, .picture: nil
        }
    }

    /// One sentence: what was wrong, where, and what to do.
    public var errorDescription: String? {
        switch self {
        case .address(let text):
            "\(text) is no address of an endpoint; give one like http://localhost:8000/v1."
        case .key(let variables):
            "The key for the endpoint holds characters that no key has; set \(variables.joined(separator: " or ")) anew."
        case .unauthorized(let host, let status, let words, let variables):
            "\(host) does not accept the key (\(status))\(Self.said(words)); set the environment's "
                + "\(variables.joined(separator: " or ")) to a valid one."
        case .notFound(let host, let status, let words):
            "\(host) has no such model or no chat completions (\(status))\(Self.said(words)); "
                + "look at the address and the model's name."
        case .certificate(let host):
            "\(host) cannot prove who it is: its certificate is not trusted; look at the address."
        case .refused(let host, let status, let words):
            "\(host) refuses the request (\(status))\(Self.said(words))."
        case .gaveUp(let host, let reason, let repetitions):
            "\(host) gave no answer: \(reason), after \(repetitions) \(repetitions == 1 ? "repetition" : "repetitions")."
        case .picture(let problem):
            "A picture cannot be sent: \(problem)."
        }
    }

    private static func said(_ words: String) -> String { words.isEmpty ? "" : ", saying “\(words)”" }
}
