import ArgumentParser
import Foundation
import Serving

/// Where a server listens and what it bears.
struct ServingFlags: ParsableArguments {
    @Option(help: "The address to listen on; any but this machine's own loopback needs a token.")
    var host = "127.0.0.1"

    @Option(parsing: .unconditional, help: "The port; 0 for any that is free.")
    var port = 8000

    @Option(
        help: "The variable of the environment that holds the token clients must send (Authorization: Bearer TOKEN).")
    var tokenEnv: String?

    @Option(parsing: .unconditional, help: "How many requests may wait; what comes on top is refused with status 429.")
    var waiting = 64

    @Option(parsing: .unconditional, help: "The most bytes of a request, in MiB.")
    var maxBody = 32

    @Option(parsing: .unconditional, help: "The most pixels of a picture.")
    var maxPixels = 32_000_000

    @Option(parsing: .unconditional, help: "For how many seconds running answers may go on after Ctrl-C.")
    var grace = 10.0

    @Flag(help: "Say nothing of each request.")
    var quiet = false

    func validate() throws {
        if maxBody < 1 || maxBody > 1 << 20 {
            throw ValidationError("--max-body must be 1 to 1048576 MiB, got \(maxBody).")
        }
    }

    /// The settings, those of the command itself aside.
    /// - Throws: `ServingError` if a variable was named and holds no token.
    func settings() throws -> ServingSettings {
        var settings = ServingSettings()
        (settings.host, settings.port, settings.waiting, settings.graceSeconds) = (host, port, waiting, grace)
        settings.limits.bodyBytes = maxBody << 20
        settings.limits.pixels = maxPixels
        settings.bodiesBytes = max(settings.bodiesBytes, 4 * settings.limits.bodyBytes)
        if let tokenEnv {
            guard let token = ProcessInfo.processInfo.environment[tokenEnv], !token.isEmpty else {
                throw ServingError.setting("The environment has no \(tokenEnv) that would hold the token; set it.")
            }
            settings.token = token
        }
        return settings
    }
}
