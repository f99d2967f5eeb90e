import Foundation
import Images

/// A message as it is sent.
struct MessageBody: Decodable {
    let message: ChatMessage

    init(from decoder: any Decoder) throws {
        let fields = try Fields(decoder, expected: "an object with role and content")
        let expected = "system, developer, user or assistant"
        let name = try fields.required("role", as: String.self, expected)
        guard let role = ChatMessage.Role(rawValue: name) else {
            throw Refusal.invalid(fields.name("role"), "\(fields.name("role")) must be \(expected), got \(name).")
        }
        // A name tells speakers apart, and a refusal of null says that there was none.
        try fields.refuseOthers(than: ["role", "content", "name"])
        let content = try fields.required("content", as: Content.self, "a text or a list of parts")
        guard role == .user || !content.hasPicture else {
            throw Refusal.invalid(
                fields.name("content"), "\(fields.name("content")) holds a picture, which only user messages may.")
        }
        message = ChatMessage(role: role, parts: content.parts)
    }

    private struct Content: Decodable {
        let parts: [ChatPart]

        var hasPicture: Bool { parts.contains { if case .picture = $0 { true } else { false } } }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                parts = [.text(text)]
            } else {
                parts = try [PartBody](from: decoder).map(\.part)
                guard !parts.isEmpty else {
                    let name = Fields.name(of: decoder.codingPath)
                    throw Refusal.invalid(name, "\(name) must hold at least one part.")
                }
            }
        }
    }
}

/// A part of a message as it is sent.
private struct PartBody: Decodable {
    let part: ChatPart

    init(from decoder: any Decoder) throws {
        let fields = try Fields(decoder, expected: "an object with a type")
        let type = try fields.required("type", as: String.self, "text or image_url")
        switch type {
        case "text":
            try fields.refuseOthers(than: ["type", "text"])
            part = .text(try fields.required("text", as: String.self, "a text"))
        case "image_url":
            try fields.refuseOthers(than: ["type", "image_url"])
            part = .picture(try fields.required("image_url", as: PictureBody.self, "an object with a url").picture)
        default:
            throw Refusal.invalid(
                fields.name("type"), "\(fields.name("type")) must be text or image_url, got \(type).",
                code: "unsupported_parameter")
        }
    }
}

private struct PictureBody: Decodable {
    let picture: ChatPicture

    init(from decoder: any Decoder) throws {
        let fields = try Fields(decoder, expected: "an object with a url")
        // The size that a picture is seen in is the model's own; `detail` is a wish about costs elsewhere.
        try fields.refuseOthers(than: ["url", "detail"])
        let expected = "auto, low or high"
        if let detail = try fields.optional("detail", as: String.self, expected),
            !["auto", "low", "high"].contains(detail)
        {
            throw Refusal.invalid(fields.name("detail"), "\(fields.name("detail")) must be \(expected).")
        }
        let url = try fields.required("url", as: String.self, "a data URL")
        picture = try DataURL.picture(url, parameter: fields.path, limits: decoder.limits)
    }
}

/// Pictures in data URLs.
enum DataURL {
    /// The picture in a URL such as `data:image/png;base64,iVBORw0...`.
    static func picture(_ url: String, parameter: String, limits: ServingLimits) throws -> ChatPicture {
        guard url.prefix(5).lowercased() == "data:" else {
            throw Refusal.invalid(
                parameter,
                "\(parameter).url must be a data URL (data:image/png;base64,...): this server fetches nothing.",
                code: "unsupported_image_url")
        }
        guard let comma = url.utf8.firstIndex(of: UInt8(ascii: ",")) else {
            throw Refusal.invalid(parameter, "\(parameter).url has no comma between its kind and its data.")
        }
        let kind = url[..<comma].dropFirst(5).lowercased().split(separator: ";", omittingEmptySubsequences: false)
        guard kind.first?.hasPrefix("image/") == true, kind.last == "base64" else {
            throw Refusal.invalid(parameter, "\(parameter).url must begin with data:image/...;base64, as pictures do.")
        }
        guard let data = Data(base64Encoded: Data(url[url.utf8.index(after: comma)...].utf8)), !data.isEmpty else {
            throw Refusal.invalid(parameter, "\(parameter).url holds data that are no base64.", code: "invalid_base64")
        }
        do {
            let size = try RGBImage.size(ofEncoded: data, name: parameter)
            let (area, overflow) = size.width.multipliedReportingOverflow(by: size.height)
            guard !overflow, area <= limits.pixels else {
                throw Refusal.invalid(
                    parameter,
                    "\(parameter) has \(size.width) x \(size.height) pixels, more than the limit of \(limits.pixels).",
                    code: "image_too_large")
            }
            return ChatPicture(data: data, width: size.width, height: size.height, parameter: parameter)
        } catch let error as ImageError {
            throw Refusal.invalid(parameter, error.localizedDescription, code: "invalid_image")
        }
    }
}
