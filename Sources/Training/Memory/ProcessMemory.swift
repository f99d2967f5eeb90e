import Foundation

/// What this process has of the machine's memory.
public enum ProcessMemory {
    /// Memory in use, in MiB; nil where the system does not say.
    public static var residentMebibytes: Double? { mebibytes("VmRSS") }

    /// The most there has ever been in use, in MiB; nil where the system does not say.
    public static var peakMebibytes: Double? { mebibytes("VmHWM") }

    /// A line of /proc/self/status, which counts in KiB.
    private static func mebibytes(_ key: String) -> Double? {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") }
        return line?.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }.first.map { ($0 / 1024).rounded() }
    }
}
