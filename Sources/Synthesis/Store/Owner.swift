import Foundation

/// A process that works on a store: known by its number and by when it began, so that a later process of the same
/// number is another.
struct Owner: Sendable {
    let name: String
    let pid: Int32
    let started: String
    let boot: String
    /// SHA-256 of the settings that decide, in hexadecimal: with what it begins the fingerprints of its samples.
    let settings: String

    /// This process.
    init(settings: String) {
        self.settings = settings
        pid = getpid()
        started = Self.startTime(of: pid) ?? "?"
        boot = Self.bootID
        name = "\(pid)-\(started)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }

    /// Whether a process is surely gone; one of another machine, or of another namespace of processes, is never known
    /// to be.
    static func isGone(pid: Int32, started: String, boot: String) -> Bool {
        guard boot == bootID, boot != "?", started != "?" else { return false }
        return startTime(of: pid) != started
    }

    /// This start of this system, and which namespace of processes is seen from here.
    private static let bootID: String = {
        let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        guard let boot, let space else { return "?" }
        return boot.trimmingCharacters(in: .whitespacesAndNewlines) + " " + space
    }()

    /// When a process began, in ticks since the system did; nil if there is none, or if it only waits to be buried.
    private static func startTime(of pid: Int32) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        // Behind the name, which may hold anything, come the state and 18 numbers before this one.
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return String(fields[19])
    }
}
