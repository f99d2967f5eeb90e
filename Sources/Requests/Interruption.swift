import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A failure that may pass, so that the request is worth repeating.
package struct Interruption: Error {
    /// What happened, in words that go into a sentence.
    package let reason: String
    /// How long the server asks to be left alone.
    package var retryAfter: Duration?
    /// The status with which the server refused; nil if it did not answer so far.
    package var status: Int?

    /// A failure that may pass.
    package init(reason: String, retryAfter: Duration? = nil, status: Int? = nil) {
        (self.reason, self.retryAfter, self.status) = (reason, retryAfter, status)
    }

    /// What an error of the network means: an interruption, unless it is one already or the task was cancelled.
    ///
    /// Errors of the client are named by their kind alone, because some hold the headers of a request, and so the token.
    /// - Parameters:
    ///   - error: what AsyncHTTPClient threw.
    ///   - idleTimeout: how long a server may stay silent.
    ///   - distrust: the error that says that the server's certificate is not trusted.
    /// - Returns: an ``Interruption``, a `CancellationError`, or `distrust`.
    package static func meaning(of error: any Error, idleTimeout: Duration, distrust: any Error) -> any Error {
        switch error {
        case is Interruption, is CancellationError:
            return error
        case let error as HTTPClientError:
            return error == .cancelled ? CancellationError() : Interruption(reason: reason(error, idleTimeout))
        case HTTPParserError.invalidEOFState:
            return Interruption(reason: "the connection was cut")
        case is NIOSSLError, is NIOSSLExtraError:
            if isDistrust(error) { return distrust }
            return Interruption(reason: "no secure connection came about")
        case let error as NIOConnectionError:
            return Interruption(reason: reason(error))
        case let error as IOError:
            return Interruption(reason: String(cString: strerror(error.errnoCode)).lowercased())
        default:
            return Interruption(reason: "the connection broke (\(error))")
        }
    }

    /// Whether a connection failed over who the server is.
    private static func isDistrust(_ error: any Error) -> Bool {
        if let error = error as? NIOSSLExtraError { return error == .failedToValidateHostname }
        guard case NIOSSLError.handshakeFailed(.sslError(let stack)) = error else { return false }
        return stack.description.contains("CERTIFICATE_VERIFY_FAILED")
    }

    private static func reason(_ error: HTTPClientError, _ idleTimeout: Duration) -> String {
        switch error {
        case .readTimeout: "it sent nothing for \(String(format: "%.3g", idleTimeout / .seconds(1))) s"
        case .connectTimeout: "no connection came about"
        case .remoteConnectionClosed: "the connection was cut"
        default: error.shortDescription.lowercased()
        }
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        if let cause = error.connectionErrors.first?.error {
            let number = (cause as? IOError)?.errnoCode
            return number.map { String(cString: strerror($0)).lowercased() } ?? "no connection came about"
        }
        return "no server of that name is known"
    }
}
