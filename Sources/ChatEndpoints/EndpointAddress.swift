import Foundation

/// Where chat completions are asked for.
public struct EndpointAddress: Sendable, Equatable {
    /// Where requests go.
    let requests: URL
    /// The server and its port, as messages name it.
    public let host: String

    /// Reads an address, as `http://localhost:8000/v1`.
    ///
    /// A server alone stands for its `/v1`; the path of the requests, `/chat/completions`, may be there or not.
    /// - Parameter text: begins with `http://` or `https://`.
    /// - Throws: ``ChatError/address(_:)``, also if there is a name or password in it: it is written into results.
    public init(_ text: String) throws {
        guard var parts = URLComponents(string: text.trimmingCharacters(in: .whitespaces)),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let name = parts.host, !name.isEmpty, parts.user == nil, parts.password == nil, parts.fragment == nil
        else {
            throw ChatError.address(text.contains("@") ? "***@" + (text.split(separator: "@").last ?? "") : text)
        }
        while parts.path.hasSuffix("/") { parts.path.removeLast() }
        if parts.path.isEmpty { parts.path = "/v1" }
        if !parts.path.hasSuffix("/chat/completions") { parts.path += "/chat/completions" }
        guard let url = parts.url else { throw ChatError.address(text) }
        requests = url
        host = name + (parts.port.map { ":\($0)" } ?? "")
    }
}
