// An endpoint for measurements, in a process of its own: answers every request alike and counts.
//
//     TinyEndpoint [--delay SECONDS] [--bytes N]
//
// It prints its address. GET /stats gives requests, seconds between first and last, and the mean number of open
// requests in the middle half of the time; GET /reset forgets them.
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

func option(_ name: String, _ fallback: Double) -> Double {
    let arguments = CommandLine.arguments
    return arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? Double(arguments[$0 + 1]) : nil }
        ?? fallback
}

let delay = option("--delay", 0)
let filler = String(repeating: "seen at the left of the picture, ", count: max(Int(option("--bytes", 4096)) / 33, 1))

/// When requests came and were answered.
final class Ledger: Sendable {
    let changes = Mutex<[(time: Double, step: Int)]>([])

    func note(_ step: Int) {
        let now = Double(DispatchTime.now().uptimeNanoseconds) / 1e9
        changes.withLock { $0.append((now, step)) }
    }

    var text: String {
        let changes = changes.withLock { $0 }
        let requests = changes.count { $0.step > 0 }
        guard let first = changes.first?.time, let last = changes.last?.time, last > first else {
            return "{\"requests\": \(requests)}\n"
        }
        // Means over the middle half: beginning and end are not at full load.
        let (from, to) = (first + (last - first) / 4, last - (last - first) / 4)
        var (open, area, most, place, inside) = (0, 0.0, 0, from, 0)
        for change in changes {
            if change.time > from, change.time < to {
                area += Double(open) * (change.time - place)
                place = change.time
                inside += change.step > 0 ? 1 : 0
            }
            open += change.step
            most = max(most, open)
        }
        return """
            {"requests": \(requests), "seconds": \(last - first), "requests_per_second": \(Double(inside) / (to - from)), \
            "mean_open": \(area / (place - from)), "most_open": \(most)}

            """
    }
}

let ledger = Ledger()

/// A reply as it goes over the wire.
func wire(_ body: String) -> ByteBuffer {
    ByteBuffer(
        string: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    )
}

func completion(_ text: String) -> ByteBuffer {
    wire(
        #"{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"\#(text)"}}],"usage":{"prompt_tokens":100,"completion_tokens":1000}}"#
    )
}

// Made once: what is measured is the other process.
let plainReply = completion(filler)
let lastReply = completion("<think>\(filler)</think><answer>A</answer>")

final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer
    private var uri = ""
    private var body = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            uri = head.uri
            body.clear()
        case .body(var bytes): body.writeBuffer(&bytes)
        case .end:
            if uri == "/stats" { return send(wire(ledger.text), context) }
            if uri == "/reset" {
                ledger.changes.withLock { $0 = [] }
                return send(wire("{}\n"), context)
            }
            ledger.note(1)
            let reply = isLast ? lastReply : plainReply
            if delay <= 0 {
                ledger.note(-1)
                return send(reply, context)
            }
            context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(delay * 1e9))) {
                ledger.note(-1)
                self.send(reply, context)
            }
        }
    }

    /// Whether the last stage asks.
    private var isLast: Bool {
        body.writeInteger(0 as UInt8)  // ends the text that is searched
        return body.withUnsafeReadableBytes { bytes in
            bytes.bindMemory(to: CChar.self).baseAddress.map { strstr($0, "Task: weave in") != nil } ?? false
        }
    }

    private func send(_ reply: ByteBuffer, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
    }
}

let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
    .serverChannelOption(.backlog, value: 1024)
    .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
            // Replies are bytes already: nothing encodes them.
            try channel.pipeline.syncOperations.addHandlers([
                ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)), Answering(),
            ])
        }
    }
    .bind(host: "127.0.0.1", port: 0).wait()
FileHandle.standardOutput.write(Data("http://127.0.0.1:\(channel.localAddress?.port ?? 0)/v1\n".utf8))
try channel.closeFuture.wait()
