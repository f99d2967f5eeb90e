import Foundation
import Reproduction

/// A study in a temporary folder, whose steps a script does in place of `avar`.
struct StudyFixture {
    let folder: URL

    /// The text of a study: one data set by a command, a cold start, a reinforcement, two measures.
    static let text = """
        title: A study
        output: out
        model: model
        seeds: 2
        jobs: 2
        data:
          - {name: plain, run: "microworld cold-start --seed ${seed}"}
          - {name: file, path: file.json}
        sft: {training: {steps: 4, learning_rate: 1e-3}}
        models:
          - {name: warm, from: base, sft: {data: {train: [{path: '${data.plain}'}]}}}
          - {name: other, title: Other, from: base, sft: {data: {train: [{path: '${data.file}'}]}, training: {steps: 8}}}
          - {name: final, from: warm, grpo: {training: {iterations: 3}}, parts: [vard, vars]}
        measures:
          vas: {data: microworld, limit: 3, no_such: true, list: [a, b]}
          sweep: {models: [base], data: microworld}
        report: {score: pooled, ladder: [base, warm, final]}

        """

    init(_ folder: URL, _ text: String = Self.text) throws {
        self.folder = folder
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("model"), withIntermediateDirectories: true)
        try write("weights", "model/weights")
        try write("[]", "file.json")
        try write(text, "study.yaml")
    }

    func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    func study(seeds: Int? = nil, output: URL? = nil) throws -> Study {
        try Study(contentsOf: folder.appendingPathComponent("study.yaml"), output: output, seeds: seeds)
    }

    func plan(seeds: Int? = nil, output: URL? = nil) throws -> StudyPlan {
        try StudyPlan(study(seeds: seeds, output: output)) { url in
            try String(contentsOf: url.appendingPathComponent("weights"), encoding: .utf8)
        }
    }

    /// A program that makes what steps leave, notes when it begins and ends, and fails or waits where the study's folder has a file
    /// `fail-KIND` or `wait-KIND`.
    func script() throws -> String {
        let text = """
            #!/bin/sh
            kind=$1
            echo "begin $kind" >> '\(folder.path)/trace'
            config=''; output=''; model=''
            while [ $# -gt 0 ]; do
              case "$1" in
                --config) config=$2;;
                --output) output=$2;;
                --model) model=$2;;
              esac
              shift
            done
            while [ -e '\(folder.path)'/wait-$kind ]; do sleep 0.05; done
            if [ -e '\(folder.path)'/fail-$kind ]; then echo "before" >&2; echo "Error: The $kind went wrong." >&2; exit 1; fi
            sleep 0.1
            case $kind in
              sft|grpo) mkdir -p "$(dirname "$config")/training/checkpoint"; cat "$config" > "$(dirname "$config")/training/checkpoint/weights";;
              microworld) mkdir -p "$output"; echo '{}' > "$output/data.jsonl";;
              *) mkdir -p "$output"; echo "{\\"model\\": \\"$model\\"}" > "$output/summary.json";;
            esac
            echo "end $kind" >> '\(folder.path)/trace'
            """
        let url = folder.appendingPathComponent("avar.sh")
        try Data(text.utf8).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
        return url.path
    }

    /// What the script noted.
    func trace() -> [String] {
        let text = (try? String(contentsOf: folder.appendingPathComponent("trace"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }
}

/// A folder of its own that is removed at the end.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-study-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.resolvingSymlinksInPath())
}
