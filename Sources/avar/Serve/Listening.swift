import Requests
import Serving

/// A server that says on standard error where it listens and what it is asked.
enum Listening {
    /// Serves until a signal ends it.
    /// - Parameters:
    ///   - backend: what answers.
    ///   - settings: how it listens.
    ///   - quiet: whether nothing is said of each request.
    /// - Throws: `ServingError`.
    static func serve(_ backend: any ChatBackend, settings: ServingSettings, quiet: Bool) throws {
        let server = try ChatServer(
            backend: backend, settings: settings,
            onRequest: { request in
                guard !quiet else { return }
                let seconds = request.duration / .seconds(1)
                Output.note("\(request.method) \(request.path) \(request.status) \(seconds.fixed(3)) s")
            }, onFailure: { Output.note("An answer failed: \($0.localizedDescription)") })
        let names = backend.models.map(\.id).joined(separator: ", ")
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        try Waiting.result {
            try await server.run { port in
                Output.note("serving \(names) at http://\(host):\(port)/v1; Ctrl-C stops")
            }
        }
    }
}
