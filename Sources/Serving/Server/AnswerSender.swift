import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Sends the answers to a request.
struct AnswerSender: Sendable {
    private let answering: Answering
    private let fault: Faults.Kind?
    private let head: ReplyHead
    /// Called when everything was sent.
    private let onSent: @Sendable () -> Void

    init(_ answering: Answering, fault: Faults.Kind?, onSent: @escaping @Sendable () -> Void) {
        (self.answering, self.fault, self.onSent) = (answering, fault, onSent)
        head = ReplyHead(model: answering.request.model)
    }

    /// A fault that was asked for.
    private struct Cut: Error {}

    // MARK: Whole

    /// The answers in one reply.
    func whole() async throws -> Response {
        do {
            for try await _ in answering.pieces {}
        } catch {
            throw Self.told(error)
        }
        onSent()
        let choices = answering.choices
        guard choices.allSatisfy({ $0.end != nil }) else { throw Refusal.stopping }
        let reply = CompletionReply(
            head: head, request: answering.request, choices: choices, usage: answering.usage)
        let data = ReplyEncoder.data(reply)
        var response = Response(status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"])
        switch fault {
        case .cut:
            response.body = ResponseBody(contentLength: data.count) { writer in
                try await writer.write(ByteBuffer(bytes: data.prefix(data.count / 2)))
                throw Cut()
            }
        case .json: response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: data.prefix(data.count / 2)))
        case .schema: response.body = ResponseBody(byteBuffer: ByteBuffer(string: Self.otherForm))
        default: response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: data))
        }
        return response
    }

    private static let otherForm = #"{"object":"chat.completion","result":"This is a fault made on purpose."}"#

    // MARK: While it is written

    /// The answers as events, the first of which is waited for: what is refused before it gets a status of its own.
    func stream() async throws -> Response {
        var first: Answering.Piece?
        do {
            for try await piece in answering.pieces {
                first = piece
                break
            }
        } catch {
            throw Self.told(error)
        }
        guard let first else { throw Refusal.stopping }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache"],
            body: ResponseBody { writer in
                defer {
                    onSent()
                    // Does nothing if it is over; else nobody can read it any more.
                    answering.end(CancellationError())
                }
                try await send(first: first, to: &writer)
            })
    }

    private func send(first: Answering.Piece, to writer: inout any ResponseBodyWriter) async throws {
        var start = ByteBuffer()
        for index in 0..<answering.request.choices { write(chunk(index, .start), to: &start) }
        write(first, to: &start)
        try await writer.write(start)
        if try await sendFault(to: &writer) { return }
        do {
            for try await piece in answering.pieces {
                var buffer = ByteBuffer()
                write(piece, to: &buffer)
                try await writer.write(buffer)
            }
            guard answering.choices.allSatisfy({ $0.end != nil }) else { throw Refusal.stopping }
        } catch {
            if error is CancellationError { throw error }
            var buffer = ByteBuffer()
            write(ErrorReply((error as? Refusal) ?? .broken), to: &buffer)
            try await writer.write(buffer)
            return try await writer.finish(nil)
        }
        var end = ByteBuffer()
        if answering.request.streamsUsage {
            let usage = answering.usage
            write(ChunkReply(head: head, request: answering.request, choice: nil, usage: usage), to: &end)
        }
        end.writeString("data: [DONE]\n\n")
        try await writer.write(end)
        try await writer.finish(nil)
    }

    /// Sends the fault, if there is one.
    /// - Returns: true if there was one and the rest is not to be sent.
    private func sendFault(to writer: inout any ResponseBodyWriter) async throws -> Bool {
        switch fault {
        case .cut: throw Cut()
        case .json: try await writer.write(ByteBuffer(string: "data: {\"choices\": [{\"del\n\ndata: [DONE]\n\n"))
        case .schema: try await writer.write(ByteBuffer(string: "data: \(Self.otherForm)\n\ndata: [DONE]\n\n"))
        default: return false
        }
        try await writer.finish(nil)
        return true
    }

    private func chunk(_ index: Int, _ content: ChunkReply.Content) -> ChunkReply {
        ChunkReply(head: head, request: answering.request, choice: (index, content), usage: nil)
    }

    private func write(_ piece: Answering.Piece, to buffer: inout ByteBuffer) {
        switch piece {
        case .text(let index, let piece): write(chunk(index, .text(piece)), to: &buffer)
        case .end(let index, let reason, let tokens, let attention):
            write(chunk(index, .end(reason, tokens, attention)), to: &buffer)
        }
    }

    private func write(_ value: some Encodable, to buffer: inout ByteBuffer) {
        buffer.writeString("data: ")
        buffer.writeBytes(ReplyEncoder.data(value))
        buffer.writeString("\n\n")
    }

    /// What a client is told of an error.
    private static func told(_ error: any Error) -> any Error {
        error is Refusal || error is CancellationError ? error : Refusal.broken
    }
}
