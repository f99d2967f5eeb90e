import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on loopback that is asked for chat completions, answers as a closure says, and remembers what it was asked.
public final class ChatServer: Sendable {
    private let channel: any Channel
    private let log: Log

    /// The address, as `--endpoint` takes it.
    public let url: String

    /// Every question so far, in order.
    public var questions: [Question] { log.questions.withLock { $0 } }

    /// How often each question was asked: by the last words of its last message.
    public var counts: [String: Int] {
        questions.reduce(into: [:]) { counts, question in counts[question.text, default: 0] += 1 }
    }

    /// The most questions that were open at one time.
    public var mostAtOnce: Int { log.open.withLock { $0.most } }

    /// Listens on a port that the system chooses.
    /// - Parameter behaviour: what to do with a question, given how often it was asked before; called on the server's threads.
    /// - Throws: the system's error if it gives no port.
    public init(_ behaviour: @escaping @Sendable (Question, _ before: Int) -> Behaviour) throws {
        let log = Log()
        self.log = log
        channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(Connection(log: log, behaviour: behaviour))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/v1"
    }

    /// Stops listening: whoever comes now is refused.
    public func stop() throws { try channel.close().wait() }
}

/// The questions of a server.
final class Log: Sendable {
    let questions = Mutex<[Question]>([])
    private let counts = Mutex<[String: Int]>([:])
    let open = Mutex((now: 0, most: 0))

    /// Notes a question.
    /// - Returns: how often it was asked before.
    func add(_ question: Question) -> Int {
        open.withLock { open in
            open.now += 1
            open.most = max(open.most, open.now)
        }
        questions.withLock { $0.append(question) }
        return counts.withLock { counts in
            let before = counts[question.text] ?? 0
            counts[question.text] = before + 1
            return before
        }
    }

    func close() { open.withLock { $0.now -= 1 } }
}
