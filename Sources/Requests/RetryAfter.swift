import Foundation
import NIOHTTP1

extension HTTPHeaders {
    /// How long a server asks to be left alone (`Retry-After`): seconds, or until a date; nil if it does not ask.
    package var retryAfter: Duration? {
        guard let text = first(name: "Retry-After")?.trimmingCharacters(in: .whitespaces) else { return nil }
        if let seconds = Double(text), seconds.isFinite { return Self.wait(seconds) }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text).map { Self.wait($0.timeIntervalSinceNow) }
    }

    private static func wait(_ seconds: Double) -> Duration { .seconds(Swift.min(Swift.max(seconds, 0), 1_000_000)) }
}
