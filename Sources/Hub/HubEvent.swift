/// What happens while a model is downloaded.
public enum HubEvent: Sendable, Equatable {
    /// A file begins, or goes on after `received` bytes that an earlier run left.
    case began(file: String, received: Int, size: Int)
    /// So many bytes of the file are here, those of earlier runs counted.
    case received(file: String, received: Int, size: Int)
    /// The file is complete and its checksum right.
    case finished(file: String, size: Int)
    /// Another process is downloading the file; this one waits for it.
    case waiting(file: String)
    /// Something went wrong that may pass, and the request is repeated after a delay.
    case retrying(file: String, reason: String, delay: Duration)
}
