import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Requests

/// Requests to one Hub: who is told the token, which redirects are followed, and what a refusal means.
struct HubConnection: Sendable {
    private let client: HTTPClient
    private let settings: HubSettings
    let model: HubModel

    /// The most redirects that one request follows.
    private static let redirectLimit = 5

    /// Prepares a connection, which must be shut down.
    init(_ settings: HubSettings, model: HubModel) {
        (self.settings, self.model) = (settings, model)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(
            connect: .seconds(10), read: .nanoseconds(Int64(settings.idleTimeout / .nanoseconds(1))))
        // Repeating is decided in one place, ``Attempts``.
        configuration.connectionPool.retryConnectionEstablishment = false
        // One file at a time over one connection: HTTP/2 would add nothing but its small windows.
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends all connections.
    func shutDown() async { try? await client.shutdown() }

    /// The server, as messages name it.
    var endpoint: String { settings.endpoint.absoluteString }

    /// The name of a server, with its port if that is not the usual one.
    static func host(_ url: URL) -> String { (url.host ?? "") + (url.port.map { ":\($0)" } ?? "") }

    /// The address of something at the Hub; each part of the path is escaped.
    func url(_ path: String...) throws -> URL {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        let parts = path.compactMap { $0.addingPercentEncoding(withAllowedCharacters: plain) }
        guard parts.count == path.count, let url = URL(string: "\(endpoint)/\(parts.joined(separator: "/"))") else {
            throw HubError.endpoint(endpoint)
        }
        return url
    }

    // MARK: Requests

    /// An answer, and the address it came from after redirects.
    struct Answer {
        let response: HTTPClientResponse
        let url: URL
    }

    /// Asks for content, following redirects.
    /// - Parameters:
    ///   - url: where to ask first.
    ///   - offset: the bytes that are here already and need not be sent.
    ///   - file: the file it is about, if it is about one.
    /// - Returns: an answer of status 200, 206 or 416.
    /// - Throws: ``HubError``, ``Interruption`` or `CancellationError`.
    func get(_ url: URL, from offset: Int = 0, file: String? = nil) async throws -> Answer {
        var url = url
        for _ in 0...Self.redirectLimit {
            let response = try await send(.GET, url, from: offset)
            guard let next = try redirection(of: response, at: url) else {
                try check(response, at: url, file: file)
                return Answer(response: response, url: url)
            }
            url = next
        }
        throw HubError.answer(host: Self.host(url), problem: "redirects more than \(Self.redirectLimit) times")
    }

    /// Asks what a file is, without its content.
    ///
    /// Redirects are followed, as of a repository with a new name, up to an answer that names the checksum of what it
    /// redirects to: that one leads to the storage of a large file, and the Hub itself has said all there is to know.
    /// - Returns: the answer that says so.
    /// - Throws: ``HubError``, ``Interruption`` or `CancellationError`.
    func head(_ url: URL, file: String) async throws -> Answer {
        var url = url
        for _ in 0...Self.redirectLimit {
            let response = try await send(.HEAD, url)
            let next = try redirection(of: response, at: url)
            guard let next, !response.headers.contains(name: "X-Linked-Etag") else {
                if next == nil { try check(response, at: url, file: file) }
                return Answer(response: response, url: url)
            }
            url = next
        }
        throw HubError.answer(host: Self.host(url), problem: "redirects more than \(Self.redirectLimit) times")
    }

    private func send(_ method: HTTPMethod, _ url: URL, from offset: Int = 0) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        request.headers.add(name: "User-Agent", value: "avar")
        // Compressed, the content would have neither its length nor its ranges.
        request.headers.add(name: "Accept-Encoding", value: "identity")
        if offset > 0 { request.headers.add(name: "Range", value: "bytes=\(offset)-") }
        if isHub(url), let token = settings.token {
            guard let authorization = token.authorization else { throw HubError.token }
            request.headers.add(name: "Authorization", value: authorization)
        }
        do {
            // The deadline ends with the answer's head; silence is what the read timeout watches.
            return try await client.execute(request, deadline: .now() + .hours(1))
        } catch {
            throw meaning(of: error, at: url)
        }
    }

    /// What an error of the client means.
    func meaning(of error: any Error, at url: URL) -> any Error {
        if error is HubError { return error }
        return Interruption.meaning(
            of: error, idleTimeout: settings.idleTimeout, distrust: HubError.certificate(host: Self.host(url)))
    }

    // MARK: Answers

    /// Whether an address is the endpoint's own: only there the token goes.
    private func isHub(_ url: URL) -> Bool {
        func origin(_ url: URL) -> [String] {
            let scheme = url.scheme?.lowercased() ?? ""
            return [scheme, url.host?.lowercased() ?? "", String(url.port ?? (scheme == "https" ? 443 : 80))]
        }
        return origin(url) == origin(settings.endpoint)
    }

    /// Where an answer sends on, nil if it does not.
    private func redirection(of response: HTTPClientResponse, at url: URL) throws -> URL? {
        guard [301, 302, 303, 307, 308].contains(response.status.code) else { return nil }
        guard let location = response.headers.first(name: "Location"),
            let next = URL(string: location, relativeTo: url)?.absoluteURL,
            let scheme = next.scheme?.lowercased(), next.host?.isEmpty == false,
            scheme == "https" || scheme == "http" && url.scheme?.lowercased() == "http"
        else {
            throw HubError.answer(host: Self.host(url), problem: "redirects to no secure address")
        }
        return next
    }

    /// Turns a status into an error, except for content, a part of it, and a range that is not there.
    private func check(_ response: HTTPClientResponse, at url: URL, file: String?) throws {
        let status = Int(response.status.code)
        if [200, 206, 416].contains(status) { return }
        let isPassing = status == 408 || status == 429 || status >= 500
        // The storage behind a Hub refuses what is out of date; the Hub gives a new address when asked again.
        guard isHub(url), !isPassing else {
            let reason = isHub(url) ? "it answered \(status)" : "its storage \(Self.host(url)) answered \(status)"
            throw Interruption(reason: reason, retryAfter: response.headers.retryAfter)
        }
        throw HubError.refused(
            model: model, endpoint: endpoint,
            refusal(status, code: response.headers.first(name: "X-Error-Code"), file: file))
    }

    private func refusal(_ status: Int, code: String?, file: String?) -> HubError.Refusal {
        switch (code, status) {
        case ("GatedRepo", _) where settings.token != nil: .forbidden
        case ("RevisionNotFound", _): .unknownRevision
        case ("RepoNotFound", _): .unknownModel
        case (_, 401): .unauthorized(hasToken: settings.token != nil)
        case (_, 403): .forbidden
        case (_, 404): file.map { .unknownFile($0) } ?? .unknownModel
        default: .status(status)
        }
    }
}
