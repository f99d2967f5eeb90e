import CTorch
import Foundation

/// What can go wrong in this module.
public enum TorchError: Error, LocalizedError, Equatable {
    /// libtorch refused an operation; `message` is its own text.
    case operation(name: String, message: String)
    /// An argument has another shape than the function needs.
    case shape(name: String, expected: String, got: [Int])
    /// An argument has another element type than the function needs.
    case dtype(name: String, expected: String, got: DType)
    /// A device that this machine or this installation does not offer.
    case device(requested: String, reason: String)

    /// One sentence: what was wrong, what was expected, what to do.
    public var errorDescription: String? {
        switch self {
        case .operation(let name, let message):
            let firstLine = message.split(separator: "\n").first.map(String.init) ?? "unknown failure"
            return "libtorch could not compute \(name): \(firstLine)"
        case .shape(let name, let expected, let got):
            return "\(name) must be \(expected), got \(got)."
        case .dtype(let name, let expected, let got):
            return "\(name) must be \(expected), got \(got)."
        case .device(let requested, let reason):
            return "The device '\(requested)' cannot be used: \(reason)"
        }
    }
}

/// Turns a status of the shim into an error that carries libtorch's message.
///
/// The text belongs to the calling thread and to its last call, so it is read here, before anything else.
@inline(__always)
func check(_ status: Int32, operation: @autoclosure () -> String) throws {
    if status != 0 {
        throw TorchError.operation(name: operation(), message: String(cString: ct_last_error()))
    }
}
