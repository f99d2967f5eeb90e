import Foundation

/// A connection on which a test sends what no proper client would.
final class RawConnection: @unchecked Sendable {
    // The descriptor is set once; the kernel keeps calls on it apart.
    private let descriptor: Int32

    /// Connects to a port of loopback.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw POSIXError(.ECONNREFUSED) }
    }

    deinit { Glibc.close(descriptor) }

    /// Sends bytes; false if the other side is gone.
    @discardableResult
    func send(_ text: String) async -> Bool {
        await onThread {
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return false }
                bytes = bytes.dropFirst(count)
            }
            return true
        }
    }

    /// What has come up to a time or the end of the connection.
    /// - Returns: the text and whether the connection has ended.
    func receive(for seconds: Double, until mark: String? = nil) async -> (text: String, isEnded: Bool) {
        await onThread {
            var (bytes, end) = ([UInt8](), Date().addingTimeInterval(seconds))
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let text = String(decoding: bytes, as: UTF8.self)
                if let mark, text.contains(mark) { return (text, false) }
                let left = end.timeIntervalSinceNow
                if left <= 0 { return (text, false) }
                var poll = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
                guard Glibc.poll(&poll, 1, Int32(left * 1000) + 1) > 0 else { continue }
                let count = recv(self.descriptor, &chunk, chunk.count, 0)
                if count <= 0 { return (text, true) }
                bytes += chunk[..<count]
            }
        }
    }

    /// Ends the connection.
    func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Blocks a thread that no task needs.
    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }
}
