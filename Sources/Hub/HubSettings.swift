import Foundation
import Requests

/// Where models are kept and fetched from: what the environment says, in the variables of `huggingface_hub`.
public struct HubSettings: Sendable {
    /// The folder of the cache, which other programs share: `HF_HUB_CACHE`, else `HF_HOME/hub`.
    public var cache: URL
    /// The server: `HF_ENDPOINT`, else `https://huggingface.co`.
    public var endpoint: URL
    /// `HF_TOKEN`, else what the file `HF_TOKEN_PATH` or `HF_HOME/token` holds.
    public var token: Secret?
    /// Whether `HF_HUB_OFFLINE` forbids requests.
    public var isOffline: Bool
    /// How long a server may stay silent: `HF_HUB_DOWNLOAD_TIMEOUT` in seconds, else 30.
    public var idleTimeout: Duration

    /// Reads the environment; an empty variable counts as absent.
    /// - Parameter environment: the variables.
    /// - Throws: ``HubError/endpoint(_:)`` if `HF_ENDPOINT` is no address of a server.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        func folder(_ path: String) -> URL {
            let expanded = path.hasPrefix("~/") ? (value("HOME") ?? NSHomeDirectory()) + path.dropFirst() : path
            return URL(fileURLWithPath: expanded)
        }
        let home = folder(value("HF_HOME") ?? (value("XDG_CACHE_HOME") ?? "~/.cache") + "/huggingface")
        cache =
            value("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE").map(folder) ?? home.appendingPathComponent("hub")
        endpoint = try Self.endpoint(value("HF_ENDPOINT") ?? "https://huggingface.co")
        let tokenFile = value("HF_TOKEN_PATH").map(folder) ?? home.appendingPathComponent("token")
        token =
            (value("HF_TOKEN") ?? (try? String(contentsOf: tokenFile, encoding: .utf8))).flatMap(Secret.init)
        let yes: Set = ["1", "ON", "YES", "TRUE"]
        isOffline = yes.contains((value("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") ?? "").uppercased())
        let seconds = value("HF_HUB_DOWNLOAD_TIMEOUT").flatMap(Double.init).flatMap { $0 > 0 ? $0 : nil }
        idleTimeout = .seconds(min(seconds ?? 30, 86_400))
    }

    private static func endpoint(_ text: String) throws -> URL {
        var plain = text
        while plain.hasSuffix("/") { plain.removeLast() }
        // No user or password: the address is named in messages.
        guard let url = URL(string: plain), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = url.host, !host.isEmpty, url.user == nil, url.query == nil, url.fragment == nil
        else {
            throw HubError.endpoint(url(withoutUser: text))
        }
        return url
    }

    /// What may be shown of an address that may hold a password.
    private static func url(withoutUser text: String) -> String {
        text.contains("@") ? "***@" + (text.split(separator: "@").last ?? "") : text
    }
}
