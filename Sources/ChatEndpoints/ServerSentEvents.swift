/// The data of a stream of events (WHATWG HTML, section "Server-sent events"): names, numbers and comments are passed over.
enum ServerSentEvents {
    /// The data of each event that is complete, the lines of one joined by line breaks.
    /// - Parameter bytes: the stream so far, UTF-8; it may end anywhere.
    /// - Returns: the data, in order.
    static func data(in bytes: [UInt8]) -> [String] {
        var events: [String] = []
        var parts: [String] = []
        for line in lines(in: bytes) {
            if line.isEmpty {
                if !parts.isEmpty { events.append(parts.joined(separator: "\n")) }
                parts = []
            } else if line.starts(with: "data:".utf8) {
                let rest = line.dropFirst(5)
                parts.append(String(decoding: rest.first == 0x20 ? rest.dropFirst() : rest, as: UTF8.self))
            }
        }
        return events
    }

    /// The lines that have ended: with LF, CR LF, or CR.
    private static func lines(in bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var (start, place) = (0, 0)
        while place < bytes.count {
            defer { place += 1 }
            guard bytes[place] == 0x0A || bytes[place] == 0x0D else { continue }
            lines.append(bytes[start..<place])
            if bytes[place] == 0x0D, place + 1 < bytes.count, bytes[place + 1] == 0x0A { place += 1 }
            start = place + 1
        }
        return lines
    }
}
