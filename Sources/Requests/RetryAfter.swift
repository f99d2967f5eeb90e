import Foundation
import NIOHTTP1

extension HTTPHeaders {
    /// How long a server asks to be left alone (`Retry-After`): seconds, or until a date; nil if it does not ask.
    package var retryAfter: Duration? {
        guard let text = first(name: "Retry-After")?.trimmingCharacters(in: .whitespaces) else { return nil }
        if let seconds = Double(text), seconds.isFinite { return .seconds(min(max(seconds, 0), 1_000_000)) }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text).map { .seconds(min(max($0.timeIntervalSinceNow, 0), 1_000_000)) }
    }
}
