import Foundation

/// What the operating system says about the machine and this process.
enum System {
    /// The processor's name, as /proc/cpuinfo gives it.
    static var processorName: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
    }

    /// A line of /proc/meminfo in MiB, 0 where there is none.
    static func memory(_ key: String) -> Int { kibibytes("/proc/meminfo", key) / 1024 }

    /// The most memory this process has had resident, in MiB.
    static var peakResidentMiB: Int { kibibytes("/proc/self/status", "VmHWM") / 1024 }

    private static func kibibytes(_ file: String, _ key: String) -> Int {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") }
        return line?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first ?? 0
    }
}
