import ChatEndpoints
import Crypto
import DurableFiles
import Foundation
import Samples

/// Writes accepted samples as a data set: sharegpt's JSON with pictures and a dataset_info.json, as `avar sft` and
/// LLaMA-Factory read it, and for each sample where it comes from.
///
///     dataset/vard.json              a list of {"id", "messages": [{"role", "content"}], "images": [path]}
///     dataset/dataset_info.json      names the columns
///     dataset/images/…               pictures by their SHA-256
///     dataset/provenance/vard.jsonl  models, hashes of requests, attempts, tokens, cost and verdicts of each sample
///
/// The folder is written beside its place and takes it when it is whole.
public struct SynthesisExport {
    /// What was written, or stands there.
    public struct Result: Codable, Sendable, Equatable {
        /// The path of the data set's folder.
        public var folder: String
        /// Samples in it.
        public var samples: Int
        /// Pictures in it.
        public var pictures: Int
        /// Accepted samples whose question or picture is not there any more.
        public var missing: [String]
        /// Accepted samples that were not wanted, and why not.
        public var leftOut: [String: String] = [:]
        /// Whether an earlier data set of more samples was kept, because samples are not finished yet.
        public var isKept = false
        /// Samples that the data set would have if it had not been kept.
        public var samplesSoFar = 0

        private enum CodingKeys: String, CodingKey {
            case folder, samples, pictures, missing
            case leftOut = "left_out"
            case isKept = "is_kept"
            case samplesSoFar = "samples_so_far"
        }
    }

    /// The name of the folder in the output folder.
    public static let folderName = "dataset"

    private struct Turn: Encodable {
        let role: String
        let content: String
    }

    private struct Record: Encodable {
        let id: String
        let messages: [Turn]
        let images: [String]
    }

    private struct Provenance: Encodable {
        struct Request: Encodable {
            let stage: Stage
            let model: String
            let attempt: Int
            let hash: String
            let tries: Int
            let promptTokens: Int
            let newTokens: Int
            let isCounted: Bool
            let cost: Double
            let seconds: Double
            let finish: String

            private enum CodingKeys: String, CodingKey {
                case stage, model, attempt, hash, tries, cost, seconds, finish
                case promptTokens = "prompt_tokens"
                case newTokens = "new_tokens"
                case isCounted = "tokens_are_counted"
            }
        }

        let id: String
        let place: String
        let answer: String
        let images: [String]
        let rounds: Int
        let promptTokens: Int
        let newTokens: Int
        let cost: Double
        let requests: [Request]
        let verdicts: [GateVerdict]

        private enum CodingKeys: String, CodingKey {
            case id, place, answer, images, rounds, cost, requests, verdicts
            case promptTokens = "prompt_tokens"
            case newTokens = "new_tokens"
        }
    }

    private let settings: SynthesisSettings
    private let store: SynthesisStore

    /// Prepares to write what a store has.
    public init(_ settings: SynthesisSettings, store: SynthesisStore) {
        (self.settings, self.store) = (settings, store)
    }

    /// Writes the data set, whole or not at all.
    /// - Parameters:
    ///   - keepsLargerWhileUnfinished: whether a data set that is there stays if it has more samples and not all of the
    ///     store's are finished: a run that stopped early after settings were changed puts nothing smaller in its place.
    ///   - leavingOut: says of each accepted sample, in the order of the data, why it is not wanted; nil if it is.
    /// - Returns: what was written, or what stands there if that was kept.
    /// - Throws: ``SynthesisError``; what `leavingOut` throws.
    public func write(
        keepsLargerWhileUnfinished: Bool = true,
        leavingOut: (MadeSample, SynthesisQuestion) throws -> String? = { _, _ in nil }
    ) throws -> Result {
        let target = settings.output.appendingPathComponent(Self.folderName, isDirectory: true)
        let folder = try OutputFolder(target)
        let images = folder.staging.appendingPathComponent("images", isDirectory: true)
        let origins = folder.staging.appendingPathComponent("provenance", isDirectory: true)
        do {
            for part in [images, origins] {
                try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
            }
        } catch {
            throw SynthesisError.file(path: target.path, action: "written", reason: "the system does not allow it")
        }
        let questions = try QuestionList(settings.sources) { _, _, _ in }
        let records = try begin("\(settings.datasetName).json", in: folder.staging)
        // In a folder of its own, for it is no data: whoever opens the folder as data gets the samples alone.
        let provenance = try begin("\(settings.datasetName).jsonl", in: origins)
        var (result, written) = (Result(folder: target.path, samples: 0, pictures: 0, missing: []), Set<String>())
        try records.write("[")
        try store.forEachSample([.accepted]) { sample in
            guard let response = sample.text(.anchors), let question = try? questions.question(sample.key) else {
                return result.missing.append(sample.key)
            }
            if let reason = try leavingOut(sample, question) {
                result.leftOut[sample.key] = reason
                return
            }
            guard let paths = try copy(question.pictures, to: images, &written) else {
                return result.missing.append(sample.key)
            }
            try records.write(result.samples == 0 ? "\n" : ",\n")
            try records.write(StoredJSON.text(record(sample.key, question, response, paths)))
            try provenance.write(StoredJSON.text(origin(sample, question, paths)) + "\n")
            result.samples += 1
        }
        try records.write("\n]\n")
        try records.finish()
        try provenance.finish()
        let info = try begin("dataset_info.json", in: folder.staging)
        try info.write(Self.info(settings.datasetName))
        try info.finish()
        (result.pictures, result.samplesSoFar) = (written.count, result.samples)
        if keepsLargerWhileUnfinished, let there = Self.counts(target), there.samples > result.samples,
            try store.funnel().waiting > 0
        {
            (result.samples, result.pictures, result.isKept) = (there.samples, there.pictures, true)
            return result
        }
        try folder.commit()
        return result
    }

    /// How many samples and pictures a data set of ours holds; nil if there is none.
    private static func counts(_ folder: URL) -> (samples: Int, pictures: Int)? {
        let files = FileManager.default
        let origins = folder.appendingPathComponent("provenance", isDirectory: true)
        guard let names = try? files.contentsOfDirectory(atPath: origins.path) else { return nil }
        let samples = names.filter { $0.hasSuffix(".jsonl") }.reduce(0) { sum, name in
            // One line for each sample.
            let lines = try? Data(contentsOf: origins.appendingPathComponent(name), options: .mappedIfSafe)
            return sum + (lines?.count { $0 == UInt8(ascii: "\n") } ?? 0)
        }
        let pictures = try? files.contentsOfDirectory(atPath: folder.appendingPathComponent("images").path)
        return (samples, pictures?.count ?? 0)
    }

    private func record(
        _ key: String, _ question: SynthesisQuestion, _ response: String, _ paths: [String]
    ) -> Record {
        let marks = String(repeating: "<image>", count: paths.count)
        let asked = question.text + (settings.instruction.isEmpty ? "" : "\n" + settings.instruction)
        return Record(
            id: key,
            messages: [
                Turn(role: "user", content: marks + asked),
                Turn(
                    role: "assistant", content: response.trimmingCharacters(in: .whitespacesAndNewlines)),
            ], images: paths)
    }

    private func origin(_ sample: MadeSample, _ question: SynthesisQuestion, _ paths: [String]) -> Provenance {
        let responses = sample.responses
        return Provenance(
            id: sample.key, place: sample.place, answer: question.answer, images: paths, rounds: sample.rounds,
            promptTokens: responses.reduce(0) { $0 + $1.promptTokens },
            newTokens: responses.reduce(0) { $0 + $1.newTokens }, cost: responses.reduce(0) { $0 + $1.cost },
            requests: responses.map {
                .init(
                    stage: $0.stage, model: $0.model, attempt: $0.attempt, hash: $0.hash, tries: $0.tries,
                    promptTokens: $0.promptTokens, newTokens: $0.newTokens, isCounted: $0.isCounted, cost: $0.cost,
                    seconds: $0.seconds, finish: $0.finish.word)
            }, verdicts: sample.verdicts)
    }

    private func begin(_ name: String, in folder: URL) throws -> OutputFile {
        try OutputFile(folder.appendingPathComponent(name), failure: SynthesisError.init)
    }

    /// Brings pictures into the folder.
    /// - Returns: their paths from the folder of the data file on; nil if one is not there any more.
    private func copy(_ pictures: [PictureReference], to folder: URL, _ written: inout Set<String>) throws -> [String]?
    {
        var paths: [String] = []
        for picture in pictures {
            guard let bytes = try? picture.bytes(), let type = ChatPicture(bytes)?.mediaType else { return nil }
            let suffix = type == "image/jpeg" ? "jpg" : type.replacingOccurrences(of: "image/", with: "")
            let name = "\(SHA256.hash(data: bytes).hexadecimal).\(suffix)"
            paths.append("images/\(name)")
            guard written.insert(name).inserted else { continue }
            let place = folder.appendingPathComponent(name)
            if settings.pictureTransfer == .link, case .file(let url) = picture, link(url.path, place.path) == 0 {
                continue
            }
            let file = try begin(name, in: folder)
            try file.write(bytes)
            try file.finish()
        }
        return paths
    }

    /// A dataset_info.json with one entry.
    private static func info(_ name: String) -> String {
        """
        {
          "\(name)": {
            "file_name": "\(name).json",
            "formatting": "sharegpt",
            "columns": {"messages": "messages", "images": "images"},
            "tags": {
              "role_tag": "role",
              "content_tag": "content",
              "user_tag": "user",
              "assistant_tag": "assistant",
              "system_tag": "system"
            }
          }
        }

        """
    }
}
