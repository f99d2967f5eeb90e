import Foundation

/// A file of records, kept open so that any piece of it can be read at any time, from any thread.
package final class DataFile: Sendable {
    /// Where it lies.
    package let path: String
    let descriptor: Int32

    /// Opens a file.
    package init(_ url: URL) throws {
        path = url.path
        // Asked before it is opened, because opening a pipe waits for somebody to write.
        var status = stat()
        if stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
            throw SampleError.unreadable(path: path, reason: "it is no regular file, and is read more than once")
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SampleError.unreadable(path: path, reason: Self.reason) }
    }

    deinit { close(descriptor) }

    /// The system's words for what went wrong last.
    package static var reason: String { String(cString: strerror(errno)).lowercased() }

    /// Reads some bytes.
    /// - Returns: how many there were, 0 at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { throw SampleError.unreadable(path: path, reason: Self.reason) }
        }
    }

    /// The bytes of a piece that was there before.
    package func bytes(_ range: Range<Int>) throws -> Data {
        var data = Data(count: range.count)
        let count = try data.withUnsafeMutableBytes { buffer in
            var done = 0
            while done < buffer.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                let count = try read(into: rest, at: range.lowerBound + done)
                if count == 0 { break }
                done += count
            }
            return done
        }
        guard count == range.count else {
            throw SampleError.content("\(path) has become shorter while it was being used; start again")
        }
        return data
    }
}
