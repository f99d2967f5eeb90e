import Foundation
import Requests

/// Where the key for an endpoint is taken from: the environment, and nothing else.
///
/// It is not stored, and has no text to print.
public enum EndpointKey {
    /// The variables that are looked at, in this order.
    public static let variables = ["AVAR_ENDPOINT_KEY", "OPENAI_API_KEY"]
    /// The variables that are looked at for a judge, in this order.
    public static let judgeVariables = ["AVAR_JUDGE_KEY", "OPENAI_API_KEY"]

    /// The key.
    /// - Parameters:
    ///   - variables: where to look, in this order.
    ///   - environment: the variables of the process.
    /// - Returns: the key; nil if there is none, which servers of one's own do not mind.
    /// - Throws: ``ChatError/key(variables:)`` if it has characters that no header may hold.
    public static func find(
        in variables: [String] = variables, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> Secret? {
        guard let secret = variables.lazy.compactMap({ environment[$0].flatMap(Secret.init) }).first else { return nil }
        if secret.authorization == nil { throw ChatError.key(variables: variables) }
        return secret
    }
}
