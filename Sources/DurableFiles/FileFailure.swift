import Foundation

/// What the system refused to do with a file or a folder.
package struct FileFailure: Error, Equatable, LocalizedError {
    /// The file or folder.
    package let path: String
    /// What could not be done with it, as `written`.
    package let action: String
    /// The system's number of the error.
    package let number: Int32

    /// The error of the system call that failed last.
    package init(_ path: String, _ action: String) { (self.path, self.action, number) = (path, action, errno) }

    /// Why, in words that go into a sentence.
    package var reason: String {
        number == ENOSPC ? "the disk is full" : String(cString: strerror(number)).lowercased()
    }

    /// One sentence.
    package var errorDescription: String? { "\(path) cannot be \(action): \(reason)." }
}
