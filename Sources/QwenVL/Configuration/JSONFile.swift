import Foundation

/// A JSON object on disk, read key by key with errors that name the file and the key.
package struct JSONFile {
    /// Where it was read, for error texts.
    package let path: String
    /// The keys at this level.
    package let object: [String: Any]

    /// Reads a file that holds one JSON object.
    package init(contentsOf url: URL) throws {
        path = url.path
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw QwenVLError.unreadable(path: url.path, reason: Self.reason(of: error))
        }
        guard let parsed = try? JSONSerialization.jsonObject(with: data), let object = parsed as? [String: Any] else {
            throw QwenVLError.configuration(path: url.path, problem: "the file is not a JSON object")
        }
        self.object = object
    }

    private init(path: String, object: [String: Any]) {
        self.path = path
        self.object = object
    }

    /// Reads a file if it is there.
    package static func ifPresent(_ url: URL) throws -> JSONFile? {
        FileManager.default.fileExists(atPath: url.path) ? try JSONFile(contentsOf: url) : nil
    }

    /// The object under a key, or nil if the key is absent or null.
    package func section(_ key: String) throws -> JSONFile? {
        guard let value = present(key) else { return nil }
        guard let object = value as? [String: Any] else { throw wrong(key, "an object") }
        return JSONFile(path: path, object: object)
    }

    /// The positive integer under a key, `fallback` if it is absent; no fallback means it must be there.
    package func integer(_ key: String, default fallback: Int? = nil) throws -> Int {
        guard let value = present(key) else { return try fallback ?? missing(key) }
        guard let number = value as? NSNumber, !isBoolean(number), number.doubleValue == Double(number.intValue)
        else { throw wrong(key, "a whole number") }
        return number.intValue
    }

    /// The number under a key.
    package func number(_ key: String, default fallback: Double? = nil) throws -> Double {
        guard let value = present(key) else { return try fallback ?? missing(key) }
        guard let number = value as? NSNumber, !isBoolean(number), number.doubleValue.isFinite else {
            throw wrong(key, "a number")
        }
        return number.doubleValue
    }

    /// The truth value under a key.
    package func flag(_ key: String, default fallback: Bool) throws -> Bool {
        guard let value = present(key) else { return fallback }
        guard let flag = value as? Bool else { throw wrong(key, "true or false") }
        return flag
    }

    /// The text under a key, or nil.
    package func string(_ key: String) throws -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value as? String else { throw wrong(key, "a string") }
        return text
    }

    /// The whole numbers under a key, a single one counting as a list of one, or nil.
    package func integers(_ key: String) throws -> [Int]? {
        guard let value = present(key) else { return nil }
        if let number = value as? NSNumber { return [number.intValue] }
        guard let list = value as? [NSNumber] else { throw wrong(key, "a list of whole numbers") }
        return list.map(\.intValue)
    }

    /// The numbers under a key, or nil.
    package func numbers(_ key: String) throws -> [Double]? {
        guard let value = present(key) else { return nil }
        guard let list = value as? [NSNumber] else { throw wrong(key, "a list of numbers") }
        return list.map(\.doubleValue)
    }

    private func present(_ key: String) -> Any? {
        guard let value = object[key], !(value is NSNull) else { return nil }
        return value
    }

    private func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

    private func missing<Value>(_ key: String) throws -> Value {
        throw QwenVLError.configuration(path: path, problem: "the key '\(key)' is missing")
    }

    private func wrong(_ key: String, _ expected: String) -> QwenVLError {
        QwenVLError.configuration(path: path, problem: "'\(key)' must be \(expected)")
    }

    package static func reason(of error: any Error) -> String {
        let code = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let code, code.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(code.code))) }
        return (error as NSError).code == NSFileReadNoSuchFileError ? "no such file" : "the file system refuses it"
    }
}
