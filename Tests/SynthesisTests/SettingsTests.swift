import Foundation
import SettingsFiles
import Synthesis
import Testing

@Suite struct SettingsTests {
    private func problem(_ change: (String) -> String) async throws -> String {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 1)
            try bench.write("http://localhost:1/v1")
            let text = try String(contentsOf: bench.settingsFile, encoding: .utf8)
            do {
                _ = try SynthesisSettings(text: change(text), folder: folder)
                return "nothing is wrong"
            } catch {
                return error.localizedDescription
            }
        }
    }

    @Test func theTemplateHoldsTheDefaults() async throws {
        try await withFolder { folder in
            let template = SynthesisSettings.template
            _ = try Bench(folder, questions: 2)
            // Once as it is, once with every comment taken in.
            let whole = template.replacingOccurrences(of: "questions.parquet", with: "questions.jsonl")
            let plain = try SynthesisSettings(text: whole, folder: folder)
            let uncommented = whole.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2).map { line in
                line.contains("# name: geo3k") || line.contains("# prompt:") || line.contains("# key_env")
                    ? "" : line.replacing(/^( *)# ( *)(- \{|[a-z_]+:)/) { "\($0.1)\($0.2)\($0.3)" }
            }.joined(separator: "\n")
            let filled = try SynthesisSettings(text: uncommented, folder: folder)
            #expect(plain.breaker == filled.breaker)
            #expect(plain.seed == filled.seed && plain.malformedRetries == filled.malformedRetries)
            #expect(plain.rejectedRetries == filled.rejectedRetries)
            #expect(plain.instruction == filled.instruction && plain.datasetName == filled.datasetName)
            #expect(plain.leaseSeconds == filled.leaseSeconds && plain.graceSeconds == filled.graceSeconds)
            let (a, b) = (plain.settings(of: .description), filled.settings(of: .description))
            #expect(a.concurrency == b.concurrency && a.idleTimeout == b.idleTimeout && a.streams == b.streams)
            #expect(a.connectTimeout == b.connectTimeout && a.totalTimeout == b.totalTimeout)
            #expect(a.retries.limit == b.retries.limit && a.retries.longestDelay == b.retries.longestDelay)
            #expect(a.sampling.maxTokens == b.sampling.maxTokens && a.sampling.seed == b.sampling.seed)
            #expect(b.requestsPerMinute == 500 && b.tokensPerMinute == 200_000 && filled.caps.cost == 150)
            #expect(filled.prices["a-vision-model"]?.input == 2.5 && plain.prices.isEmpty)
        }
    }

    @Test(arguments: [
        (
            "concurrency: 16", "concurency: 16",
            "'stages.description.concurency' is no setting; the nearest that exists is"
        ),
        ("max_tokens: 64", "key: sk-abc", "which never stands in this file; give key_env"),
        ("max_tokens: 64", "api_key: sk-abc", "which never stands in this file; give key_env"),
        ("http://localhost:1/v1", "localhost", "is no address of an endpoint"),
        ("  anchors:\n", "  anchor:\n", "'stages.anchors' is missing"),
        ("max_tokens: 64", "send_picture: false", "but a description is made of the picture"),
        ("max_tokens: 64", "prompt: absent.txt", "which is no readable text file"),
    ])
    func aMistakeIsNamed(_ old: String, _ new: String, _ words: String) async throws {
        let found = try await problem { text in
            let place = text.range(of: old)
            return place.map { text.replacingCharacters(in: $0, with: new) } ?? text
        }
        #expect(found.contains(words), "\(found)")
        #expect(!found.contains("sk-abc"))
    }

    @Test func aCapOnCostNeedsPrices() async throws {
        let found = try await problem { $0 + "limits:\n  cost: 5\n" }
        #expect(found.contains("needs the price of model-description"), "\(found)")
    }

    @Test func promptsKnowTheirPlaces() throws {
        func problem(_ text: String, _ stage: Stage) -> String {
            do {
                _ = try PromptText(text, for: stage, name: "p.txt")
                return ""
            } catch {
                return error.localizedDescription
            }
        }
        #expect(problem("See {descripton} for {question}", .reasoning).contains("the nearest is {description}"))
        #expect(problem("Only {question}", .reasoning).contains("has no place {description}"))
        #expect(problem("{answer}", .description).contains("does not know"))
        #expect(problem(" \n", .description).contains("is empty"))
        #expect(problem("\\frac{1}{2} {{x}} {question} {reasoning}", .anchors).isEmpty)
        for stage in Stage.allCases { #expect(problem(stage.defaultPrompt, stage).isEmpty) }
    }

    @Test func whatIsPutInIsNotReadAgain() throws {
        let prompt = try PromptText("{{{question}}} {description}", for: .reasoning, name: "p")
        let filled = prompt.filled([.question: "{description} {{", .description: "D"])
        #expect(filled == "{{description} {{} D")
    }

    @Test func defaultPromptsBeginWithTheirTask() {
        let lines = Stage.allCases.map { $0.defaultPrompt.split(separator: "\n").first.map(String.init) }
        #expect(
            lines == [
                "Task: describe the picture", "Task: reason from the description", "Task: weave in the picture",
            ])
    }

    @Test func aKeyComesFromWhereTheSettingsSay() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 1)
            try Data("sk-from-a-file\n".utf8).write(to: folder.appendingPathComponent("key"))
            let settings = try bench.write(
                "http://localhost:1/v1", change: ["anchors": ["key_file: key"], "reasoning": ["key_env: THE_KEY"]])
            let none = try settings.settings(of: .description).key(environment: ["OPENAI_API_KEY": "x"])
            #expect(none == nil)
            let file = try settings.settings(of: .anchors).key(environment: [:])
            #expect(file?.removed(from: "sk-from-a-file") == "***")
            #expect { () throws in try settings.settings(of: .reasoning).key(environment: [:]) } throws: {
                $0.localizedDescription.contains("the variable THE_KEY holds none")
            }
        }
    }
}
