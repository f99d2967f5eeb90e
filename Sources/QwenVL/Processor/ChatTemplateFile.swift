import Foundation

/// The chat template that a checkpoint folder brings, which must be the one that ``ChatTemplate`` renders.
enum ChatTemplateFile {
    /// Names every construct of the template; the rest of it is punctuation.
    private static let original = """
        {% set image_count = namespace(value=0) %}{% set video_count = namespace(value=0) %}{% for message in messages %}\
        {% if loop.first and message['role'] != 'system' %}<|im_start|>system
        You are a helpful assistant.<|im_end|>
        {% endif %}<|im_start|>{{ message['role'] }}
        {% if message['content'] is string %}{{ message['content'] }}<|im_end|>
        {% else %}{% for content in message['content'] %}{% if content['type'] == 'image' or 'image' in content or \
        'image_url' in content %}{% set image_count.value = image_count.value + 1 %}{% if add_vision_id %}\
        Picture {{ image_count.value }}: {% endif %}<|vision_start|><|image_pad|><|vision_end|>\
        {% elif content['type'] == 'video' or 'video' in content %}{% set video_count.value = video_count.value + 1 %}\
        {% if add_vision_id %}Video {{ video_count.value }}: {% endif %}<|vision_start|><|video_pad|><|vision_end|>\
        {% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>
        {% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
        {% endif %}
        """

    /// Checks the template of a folder, looked up in the order of transformers' processor.
    /// - Returns: the file it was found in, nil if the folder has none.
    /// - Throws: ``QwenVLError/configuration(path:problem:)`` for another template than Qwen2.5-VL's.
    static func check(in folder: URL) throws -> URL? {
        guard let (url, template) = try find(in: folder) else { return nil }
        guard normalised(template) == normalised(original) else {
            throw QwenVLError.configuration(
                path: url.path,
                problem:
                    "the chat template is not that of Qwen2.5-VL, the only one avar can give every token its role with; "
                    + "put the original back, or remove it to have the original used")
        }
        return url
    }

    private static func find(in folder: URL) throws -> (URL, String)? {
        let jinja = folder.appendingPathComponent("chat_template.jinja")
        if FileManager.default.fileExists(atPath: jinja.path) {
            guard let text = try? String(contentsOf: jinja, encoding: .utf8) else {
                throw QwenVLError.unreadable(path: jinja.path, reason: "it is not readable UTF-8 text")
            }
            return (jinja, text)
        }
        for name in ["chat_template.json", "tokenizer_config.json"] {
            let url = folder.appendingPathComponent(name)
            if let template = try JSONFile.ifPresent(url)?.string("chat_template") { return (url, template) }
        }
        return nil
    }

    /// Templates are saved with and without line breaks between their statements; blanks decide nothing else here.
    private static func normalised(_ template: String) -> String {
        let escaped = template.replacingOccurrences(of: "\\n", with: "").replacingOccurrences(of: "\"", with: "'")
        return String(escaped.filter { !$0.isWhitespace })
    }
}
