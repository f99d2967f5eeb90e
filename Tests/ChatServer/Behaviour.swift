import Foundation

/// What the server does with a question.
public struct Behaviour: Sendable {
    /// How an answer ends.
    enum Ending {
        /// As it should.
        case whole
        /// The connection is closed after so many bytes of the body.
        case cut(after: Int)
        /// Nothing more comes after so many bytes of the body.
        case stall(after: Int)
        /// The body has no length, and ends with the connection, which is closed after so many bytes.
        case close(after: Int)
        /// Not even a head comes.
        case silence
        /// The connection is closed before any head.
        case hangUp
    }

    var status = 200
    var headers: [(String, String)] = []
    var body = Data()
    var ending = Ending.whole
    /// How long it takes until the answer begins, in seconds.
    var delay = 0.0
    /// Into how many pieces the body is cut, and how long it waits between them, in seconds.
    var pieces = (count: 1, pause: 0.0)

    // MARK: Answers

    /// The answers to a question, as it is wanted: whole or as a stream.
    public static func answer(
        _ texts: [String], to question: Question, finish: String = "stop", usage: (prompt: Int, new: Int)? = (11, 7)
    ) -> Behaviour {
        question.streams ? stream(texts, finish: finish, usage: usage) : whole(texts, finish: finish, usage: usage)
    }

    /// An answer, as it is wanted.
    public static func answer(_ text: String, to question: Question, finish: String = "stop") -> Behaviour {
        answer([text], to: question, finish: finish)
    }

    /// Answers in one object.
    public static func whole(
        _ texts: [String], finish: String = "stop", usage: (prompt: Int, new: Int)? = (11, 7)
    ) -> Behaviour {
        var object: [String: Any] = [
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1,
            "choices": texts.enumerated().map { index, text in
                [
                    "index": index, "finish_reason": finish, "logprobs": NSNull(),
                    "message": ["role": "assistant", "content": text, "refusal": NSNull()],
                ] as [String: Any]
            },
        ]
        if let usage { object["usage"] = ["prompt_tokens": usage.prompt, "completion_tokens": usage.new] }
        return json(object)
    }

    /// Answers word by word, several at a time, one after the other.
    public static func stream(
        _ texts: [String], finish: String = "stop", usage: (prompt: Int, new: Int)? = (11, 7), isDone: Bool = true
    ) -> Behaviour {
        func event(_ object: [String: Any]) -> String {
            let data = (try? JSONSerialization.data(withJSONObject: object)) ?? Data()
            return "data: \(String(decoding: data, as: UTF8.self))\n\n"
        }
        func chunk(_ index: Int, _ delta: [String: Any], _ finish: Any = NSNull()) -> String {
            event([
                "object": "chat.completion.chunk",
                "choices": [["index": index, "delta": delta, "finish_reason": finish] as [String: Any]],
            ])
        }
        var text = ": welcome\n\n"
        for (index, words) in texts.enumerated() {
            text += chunk(index, ["role": "assistant", "content": ""])
            for piece in words.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
                text += chunk(index, ["content": (piece.offset > 0 ? " " : "") + piece.element])
            }
            text += chunk(index, [:], finish)
        }
        if let usage {
            text += event([
                "choices": [Any](), "usage": ["prompt_tokens": usage.prompt, "completion_tokens": usage.new],
            ])
        }
        if isDone { text += "data: [DONE]\n\n" }
        return raw(text, type: "text/event-stream")
    }

    /// A status with a body.
    public static func status(_ status: Int, _ headers: [String: String] = [:], body: String = "") -> Behaviour {
        var behaviour = raw(body, type: "application/json")
        behaviour.status = status
        behaviour.headers += headers.map { ($0.key, $0.value) }
        return behaviour
    }

    /// An object.
    public static func json(_ object: [String: Any]) -> Behaviour {
        let data = (try? JSONSerialization.data(withJSONObject: object)) ?? Data()
        return raw(String(decoding: data, as: UTF8.self), type: "application/json")
    }

    /// Any text.
    public static func raw(_ text: String, type: String) -> Behaviour {
        var behaviour = Behaviour()
        behaviour.headers = [("Content-Type", type)]
        behaviour.body = Data(text.utf8)
        return behaviour
    }

    /// No answer at all.
    public static var silence: Behaviour {
        var behaviour = Behaviour()
        behaviour.ending = .silence
        return behaviour
    }

    /// The connection is closed before any answer.
    public static var hangUp: Behaviour {
        var behaviour = Behaviour()
        behaviour.ending = .hangUp
        return behaviour
    }

    // MARK: Changes

    /// The same, but the connection is closed after so many bytes of the body.
    public func cut(after count: Int) -> Behaviour { ending(.cut(after: count)) }

    /// The same, but nothing more comes after so many bytes of the body.
    public func stalling(after count: Int) -> Behaviour { ending(.stall(after: count)) }

    /// The same without a length: the body ends with the connection, which is closed after so many bytes.
    public func closing(after count: Int = .max) -> Behaviour { ending(.close(after: count)) }

    /// The same after a while.
    public func delayed(_ seconds: Double) -> Behaviour {
        var behaviour = self
        behaviour.delay = seconds
        return behaviour
    }

    /// The same in pieces, with pauses between them.
    public func inPieces(_ count: Int, pause: Double) -> Behaviour {
        var behaviour = self
        behaviour.pieces = (count, pause)
        return behaviour
    }

    private func ending(_ ending: Ending) -> Behaviour {
        var behaviour = self
        behaviour.ending = ending
        return behaviour
    }
}
