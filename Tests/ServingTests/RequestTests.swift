import Foundation
import Images
import Serving
import Synchronization
import Testing

@Suite struct RequestTests {
    /// What is wrong, and the parameter that is named.
    static let refused: [(body: String, parameter: String?)] = [
        ("", nil), ("[1]", nil), ("{", nil), (#"{"model":"scripted"}"#, "messages"),
        (#"{"messages":[]}"#, "model"), (#"{"model":5,"messages":[]}"#, "model"),
        (#"{"model":"scripted","messages":[]}"#, "messages"),
        (#"{"model":"scripted","messages":"Hello"}"#, "messages"),
        (#"{"model":"scripted","messages":["Hello"]}"#, "messages[0]"),
        (#"{"model":"scripted","messages":[{"role":"user"}]}"#, "messages[0].content"),
        (#"{"model":"scripted","messages":[{"role":"user","content":null}]}"#, "messages[0].content"),
        (#"{"model":"scripted","messages":[{"role":"user","content":[]}]}"#, "messages[0].content"),
        (#"{"model":"scripted","messages":[{"role":"user","content":7}]}"#, "messages[0].content"),
        (#"{"model":"scripted","messages":[{"role":"tool","content":"x"}]}"#, "messages[0].role"),
        (
            #"{"model":"scripted","messages":[{"role":"user","content":[{"type":"text"}]}]}"#,
            "messages[0].content[0].text"
        ),
        (
            #"{"model":"scripted","messages":[{"role":"user","content":[{"type":"input_audio"}]}]}"#,
            "messages[0].content[0].type"
        ),
        (
            #"{"model":"scripted","messages":[{"role":"user","content":"x"},"#
                + #"{"role":"assistant","content":"y","tool_calls":[1]}]}"#,
            "messages[1].tool_calls"
        ),
    ]

    static let refusedSettings: [(setting: String, parameter: String)] = [
        (#""temperature":-0.1"#, "temperature"), (#""temperature":2.1"#, "temperature"),
        (#""temperature":"1""#, "temperature"), (#""temperature":true"#, "temperature"),
        (#""top_p":1.5"#, "top_p"), (#""max_tokens":0"#, "max_tokens"), (#""max_tokens":1.5"#, "max_tokens"),
        (#""max_tokens":99999999999"#, "max_tokens"), (#""max_tokens":5,"max_completion_tokens":6"#, "max_tokens"),
        (#""max_completion_tokens":-1"#, "max_completion_tokens"), (#""n":0"#, "n"), (#""n":17"#, "n"),
        (#""seed":1e30"#, "seed"), (#""seed":"a""#, "seed"), (#""stop":["a","b","c","d","e"]"#, "stop"),
        (#""stop":"""#, "stop"), (#""stop":[1]"#, "stop"), (#""stop":{}"#, "stop"),
        (#""logprobs":1"#, "logprobs"), (#""top_logprobs":2"#, "top_logprobs"),
        (#""logprobs":true,"top_logprobs":21"#, "top_logprobs"), (#""stream":"yes""#, "stream"),
        (#""stream_options":{"include_usage":true}"#, "stream_options"),
        (#""stream":true,"stream_options":{"include_usage":1}"#, "stream_options.include_usage"),
        (#""stream":true,"stream_options":{"what":1}"#, "stream_options.what"),
        (#""visual_attention":"yes""#, "visual_attention"), (#""tools":[{"type":"function"}]"#, "tools"),
        (#""response_format":{"type":"json_object"}"#, "response_format"), (#""audio":{"voice":"x"}"#, "audio"),
        (#""modalities":["text","audio"]"#, "modalities"), (#""logit_bias":{"5":1}"#, "logit_bias"),
        (#""presence_penalty":0.5"#, "presence_penalty"), (#""tool_choice":"required""#, "tool_choice"),
        (#""reasoning_effort":"low""#, "reasoning_effort"), (#""top_k":5"#, "top_k"),
    ]

    @Test func wrongBodiesAreRefusedByTheNameOfWhatIsWrong() async throws {
        try await withServer(ScriptedBackend.saying("never")) { server in
            let all =
                Self.refused
                + Self.refusedSettings.map { (RunningServer.body($0.setting), $0.parameter) }
            for (body, parameter) in all {
                let reply = try await server.post(body)
                #expect(reply.status == 400, "\(body): \(reply.text)")
                let error = try reply.error
                #expect(error["type"] as? String == "invalid_request_error", "\(body)")
                #expect(error["param"] as? String == parameter, "\(body): \(reply.text)")
                #expect((error["message"] as? String)?.hasSuffix(".") == true)
                #expect(Set(error.keys) == ["message", "type", "param", "code"])
            }
        }
    }

    @Test func numbersThatJSONDoesNotHaveAreRefused() async throws {
        try await withServer(ScriptedBackend.saying("never")) { server in
            for value in ["NaN", "Infinity", "-Infinity", "1e999", "01", "'1'"] {
                let reply = try await server.post(RunningServer.body(#""temperature":\#(value)"#))
                #expect(reply.status == 400, "\(value): \(reply.text)")
            }
        }
    }

    @Test func everythingThatIsSupportedReachesTheBackend() async throws {
        let seen = Mutex<[ChatRequest]>([])
        let backend = ScriptedBackend { request, emit in
            seen.withLock { $0.append(request) }
            for choice in 0..<request.choices { _ = try emit(.finish(choice: choice, reason: .stop)) }
        }
        try await withServer(backend) { server in
            let picture = try RGBImage(width: 3, height: 2, pixels: Array(repeating: 9, count: 18)).encodedPNG()
            let url = "data:image/png;base64,\(picture.base64EncodedString())"
            let reply = try await server.post(
                """
                {"model":"scripted","messages":[
                  {"role":"system","content":"Be brief."},
                  {"role":"developer","content":[{"type":"text","text":"Be kind."}]},
                  {"role":"user","name":"me","content":[{"type":"text","text":"What"},{"type":"image_url",
                    "image_url":{"url":"\(url)","detail":"high"}},{"type":"text","text":"is it?"}]},
                  {"role":"assistant","content":"A square."}],
                 "max_completion_tokens":5,"temperature":0.5,"top_p":0.9,"stop":["a","b"],"seed":-1,"n":2,
                 "logprobs":true,"top_logprobs":3,"visual_attention":true,
                 "user":"u","metadata":{"a":"b"},"store":true,"tools":[],
                 "presence_penalty":0,"frequency_penalty":0.0,"logit_bias":{},"response_format":{"type":"text"},
                 "modalities":["text"],"tool_choice":"none","audio":null,"service_tier":"auto"}
                """)
            #expect(reply.status == 200, "\(reply.text)")
            let request = try #require(seen.withLock { $0.first })
            #expect(request.messages.map(\.role) == [.system, .developer, .user, .assistant])
            #expect(request.messages.map(\.text) == ["Be brief.", "Be kind.", "Whatis it?", "A square."])
            #expect(request.pictures.map(\.data) == [picture])
            #expect(request.pictures.map { [$0.width, $0.height] } == [[3, 2]])
            #expect(request.messages[2].parts.count == 3)
            #expect(request.maxTokens == 5 && request.temperature == 0.5 && request.topP == 0.9)
            #expect(request.stop == ["a", "b"] && request.seed == UInt64.max && request.choices == 2)
            #expect(request.wantsLogProbabilities && request.alternatives == 3 && request.wantsVisualAttention)
            #expect(!request.streams)
        }
    }

    @Test func picturesAreCheckedBeforeTheyAreDecoded() async throws {
        var settings = ServingSettings()
        settings.limits.pictures = 1
        settings.limits.pixels = 50
        let small = try RGBImage(width: 5, height: 5, pixels: Array(repeating: 1, count: 75)).encodedPNG()
        let large = try RGBImage(width: 8, height: 8, pixels: Array(repeating: 1, count: 192)).encodedPNG()
        func url(_ data: Data, _ kind: String = "image/png") -> String {
            "data:\(kind);base64,\(data.base64EncodedString())"
        }
        let cases: [(urls: [String], status: Int, words: String)] = [
            ([url(small)], 200, ""), ([url(small, "IMAGE/JPEG")], 200, ""),
            ([url(small), url(small)], 400, "2 pictures"), ([url(large)], 400, "8 x 8"),
            (["https://example.com/a.png"], 400, "fetches nothing"), (["file:///etc/passwd"], 400, "fetches nothing"),
            (["data:image/png;base64,####"], 400, "base64"), (["data:image/png"], 400, "comma"),
            (["data:text/plain;base64,AAAA"], 400, "data:image"), ([url(Data("GIF89a".utf8))], 400, "GIF"),
            ([url(small.prefix(20))], 400, "decoded"),
        ]
        try await withServer(ScriptedBackend.saying("yes"), settings) { server in
            for (urls, status, words) in cases {
                let parts = urls.map { #"{"type":"image_url","image_url":{"url":"\#($0)"}}"# }
                let reply = try await server.post(
                    #"{"model":"scripted","messages":[{"role":"user","content":[\#(parts.joined(separator: ","))]}]}"#)
                #expect(reply.status == status, "\(urls): \(reply.text)")
                if status != 200 {
                    let message = try reply.error["message"] as? String ?? ""
                    #expect(message.contains(words), "\(urls): \(message)")
                }
            }
            let part = #"{"type":"image_url","image_url":{"url":"\#(url(small))"}}"#
            let system = try await server.post(
                #"{"model":"scripted","messages":[{"role":"system","content":[\#(part)]}]}"#)
            #expect(system.status == 400)
        }
    }
}
