import Crypto
import Foundation
import Quality
import Samples
import Scoring
import SettingsFiles
import Synthesis

/// The gates of a synthesis, as its file of settings names them.
struct SynthesisGates {
    /// What each gate asks for.
    var quality = QualitySettings()
    /// The files of benchmarks that no sample may come from.
    var benchmarks: [String] = []

    /// Settings as `--init` prints them behind the others.
    static let template = """
        # gates:                               # every sample must pass them; the first that it does not pass rejects it
        #   gates: [\(QualitySettings().gates.map(\.rawValue).joined(separator: ", "))]   # and contamination
        #   benchmarks: []                     # files of benchmarks, as avar eval reads them, for contamination
        #   anchors: {minimum: 2}              # sentences that look at something in the picture
        #   reflection: {minimum: 1}            # checks and corrections
        #   duplicate: {threshold: 0.8, same_picture_only: false}   # judged in the order of the data, when the data set is written

        """

    /// The default gates.
    init() {}

    /// Reads the section `gates`.
    /// - Parameters:
    ///   - section: of the file of settings.
    ///   - folder: where paths start.
    /// - Throws: `SettingsError`, naming the setting.
    init(_ section: SettingsSection, folder: URL) throws {
        benchmarks = try section.decoded([String].self, "benchmarks", default: []).map {
            URL(fileURLWithPath: $0, relativeTo: folder).standardizedFileURL.path
        }
        quality = try section.decodedWhole(QualitySettings.self, except: ["benchmarks"])
        if quality.gates.contains(.contamination), benchmarks.isEmpty {
            throw section.refuse("benchmarks", "names no file, and the gate contamination compares with some")
        }
    }

    /// The gates that need no order, ready to judge.
    /// - Throws: what opening a benchmark's file throws.
    func judge() throws -> QualityJudge { try QualityJudge(self) }

    /// The gate for what is nearly the same, nil if there is none: samples go through it in the order of the data.
    func duplicates() throws -> QualityGates? {
        guard quality.gates.contains(.duplicate) else { return nil }
        var settings = quality
        settings.gates = [.duplicate]
        return try QualityGates(settings)
    }
}

/// Judges samples by the quality gates, but for that of duplicates, whose word hangs on the order of samples.
struct QualityJudge: SampleJudge {
    let fingerprint: String
    private let gates: QualityGates
    private let readsPictures: Bool

    fileprivate init(_ settings: SynthesisGates) throws {
        var quality = settings.quality
        quality.gates.removeAll { $0 == .duplicate }
        readsPictures = quality.gates.contains(.contamination)
        var (index, hash) = (ContaminationIndex?.none, SHA256())
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        hash.update(data: try encoder.encode(quality))
        if readsPictures {
            var items: [ContaminationIndex.Item] = []
            for path in settings.benchmarks {
                for entry in try DataName.open(path).entries() {
                    let sample = try entry.sample()
                    let text = sample.turns.last { $0.role == .user }?.text ?? ""
                    let pictures = try sample.pictures.map { try $0.bytes() }
                    hash.update(data: Data(text.utf8))
                    for picture in pictures { hash.update(data: Data(SHA256.hash(data: picture))) }
                    items.append(.init(id: "\(path), \(entry.place)", question: text, pictures: pictures))
                }
            }
            index = ContaminationIndex(items, settings: quality.contamination)
        }
        gates = try QualityGates(quality, benchmarks: index)
        fingerprint = hash.finalize().map { String(format: "%02x", $0) }.joined()
    }

    func verdicts(on sample: CandidateSample) throws -> [Synthesis.GateVerdict] {
        let candidate = SynthesizedSample(
            id: sample.id, exercise: ExerciseInference.exercise(problem: sample.question, answer: sample.answer),
            description: sample.description, reasoning: sample.reasoning, text: sample.response,
            picture: readsPictures ? try sample.picture() : nil)
        return gates.inspect(candidate).verdicts.map { verdict in
            Synthesis.GateVerdict(
                gate: verdict.gate.rawValue, passed: verdict.passed, reason: verdict.reason ?? "",
                evidence: verdict.evidence.map { [$0] } ?? [])
        }
    }
}
