import Foundation

/// Ports of the servers that steps need: for a step always the same, since what is asked of a server is known by its address.
enum StepPorts {
    /// The port of the step with a folder: the one it began with, else one that is free now.
    static func port(for folder: URL) throws -> Int {
        if let text = try? String(contentsOf: file(folder), encoding: .utf8), let port = Int(text) { return port }
        // From the folder's name, so that plans agree; the next that is free.
        let start = folder.lastPathComponent.utf8.reduce(5381) { ($0 &* 33 &+ Int($1)) & 0xFFFF_FFFF }
        for offset in 0..<1000 {
            let port = 20_000 + (start + offset) % 10_000
            if isFree(port) { return port }
        }
        throw StudyError.unwritable(path: folder.path, problem: "no port of this machine is free for its server")
    }

    /// Where the port is written when the step begins.
    static func file(_ folder: URL) -> URL { folder.appendingPathComponent("port") }

    /// Whether nobody listens on a port of this machine.
    static func isFree(_ port: Int) -> Bool {
        with(port) { socket, address, size in
            var yes: Int32 = 1
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return bind(socket, address, size) == 0
        }
    }

    /// Whether somebody listens on a port of this machine.
    static func answers(_ port: Int) -> Bool { with(port) { connect($0, $1, $2) == 0 } }

    private static func with(_ port: Int, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
