import Foundation

/// A request, as it came.
public struct Request: Sendable {
    /// `GET` or `HEAD`.
    public let method: String
    /// The path, still escaped.
    public let path: String
    /// The headers, names in lower case.
    public let headers: [String: String]

    /// A request that did not come over the network.
    public init(method: String, path: String, headers: [String: String]) {
        (self.method, self.path, self.headers) = (method, path, headers)
    }

    /// Where the range begins that was asked for, nil if the whole was.
    public var rangeStart: Int? {
        headers["range"].flatMap { range in
            range.hasPrefix("bytes=") && range.hasSuffix("-") ? Int(range.dropFirst(6).dropLast()) : nil
        }
    }
}

/// What the server does with a request.
public struct Answer: Sendable {
    /// How the body ends.
    public enum Ending: Sendable {
        /// As it should.
        case whole
        /// The connection is closed after so many bytes of the body.
        case cut(after: Int)
        /// Nothing more comes after so many bytes of the body.
        case stall(after: Int)
        /// Not even a head comes.
        case silence
    }

    /// The status.
    public var status: Int
    /// The headers; `Content-Length` is added where it is missing.
    public var headers: [String: String]
    /// The whole body.
    public var body: Data
    /// What becomes of it.
    public var ending: Ending

    /// An answer.
    public init(_ status: Int, _ headers: [String: String] = [:], body: Data = Data(), ending: Ending = .whole) {
        (self.status, self.headers, self.body, self.ending) = (status, headers, body, ending)
    }

    /// The same with another ending.
    public func ending(_ ending: Ending) -> Answer { Answer(status, headers, body: body, ending: ending) }
}
