import Scoring

/// A set of questions in the form in which it is put: of some benchmarks there are several.
public enum BenchmarkSet: String, Sendable, Codable, CaseIterable {
    /// MathVista's testmini, 1,000 questions (arXiv 2310.02255).
    case mathVista = "mathvista"
    /// MathVision (arXiv 2402.14804).
    case mathVision = "mathvision"
    /// MathVerse, the questions that stand in the picture.
    case mathVerse = "mathverse"
    /// MMMU, development and validation.
    case mmmu
    /// MMMU-Pro with the question as text and up to ten options.
    case mmmuPro = "mmmu-pro"
    /// MMMU-Pro with the question in the picture.
    case mmmuProVision = "mmmu-pro-vision"
    /// MMStar (arXiv 2403.20330).
    case mmStar = "mmstar"
    /// HallusionBench, the questions with a picture.
    case hallusionBench = "hallusionbench"
    /// The microworld's drawn scenes.
    case microworld

    /// What answers are scored by.
    public var benchmark: Benchmark {
        switch self {
        case .mathVista: .mathVista
        case .mathVision: .mathVision
        case .mathVerse: .mathVerse
        case .mmmu: .mmmu
        case .mmmuPro, .mmmuProVision: .mmmuPro
        case .mmStar: .mmStar
        case .hallusionBench: .hallusionBench
        case .microworld: .microworld
        }
    }

    /// What people call it.
    public var title: String {
        switch self {
        case .mathVista: "MathVista"
        case .mathVision: "MathVision"
        case .mathVerse: "MathVerse Vision Only"
        case .mmmu: "MMMU"
        case .mmmuPro: "MMMU-Pro"
        case .mmmuProVision: "MMMU-Pro vision"
        case .mmStar: "MMStar"
        case .hallusionBench: "HallusionBench"
        case .microworld: "Microworld"
        }
    }

    /// A file of VLMEvalKit's that holds the set.
    struct KnownFile {
        /// Without `.tsv`.
        var name: String
        /// In hexadecimal digits, as VLMEvalKit has it.
        var md5: String
    }

    /// The files of VLMEvalKit (commit e8e78f05) that hold the set.
    var files: [KnownFile] {
        switch self {
        case .mathVista: [.init(name: "MathVista_MINI", md5: "f199b98e178e5a2a20e7048f5dcb0464")]
        case .mathVision:
            [
                .init(name: "MathVision", md5: "93f6de14f7916e598aa1b7165589831e"),
                .init(name: "MathVision_MINI", md5: "060fe4fa5d868987ce179307bd5f8a33"),
            ]
        case .mathVerse: [.init(name: "MathVerse_MINIVOnly", md5: "68a11d4680014ac881fa37adeadea3a4")]
        case .mmmu: [.init(name: "MMMU_DEV_VAL", md5: "585e8ad75e73f75dcad265dfd0417d64")]
        case .mmmuPro: [.init(name: "MMMU_Pro_10c", md5: "22cee868fe6b680d14b99bfff6db8172")]
        case .mmmuProVision: [.init(name: "MMMU_Pro_V", md5: "d01441a87b3dbe721b5a04652ae38009")]
        case .mmStar: [.init(name: "MMStar", md5: "e1ecd2140806c1b1bbf54b43372efb9e")]
        case .hallusionBench: [.init(name: "HallusionBench", md5: "0c23ac0dc9ef46832d7a24504f2a0c7c")]
        case .microworld: []
        }
    }

    /// Other names under which VLMEvalKit and others have the set.
    private var otherNames: [String] {
        switch self {
        case .mathVista: ["MathVista testmini"]
        case .mathVerse: ["MathVerse_MINI_Vision_Only", "MathVerse_MINI_Vision_Only_cot", "MathVerse Vision Only"]
        case .mmmu: ["MMMU_VAL", "MMMU validation"]
        case .mmmuPro: ["MMMU_Pro_10c_COT", "MMMU_Pro_standard"]
        case .mmmuProVision: ["MMMU_Pro_V_COT"]
        default: []
        }
    }

    /// The set of some name: ours, VLMEvalKit's, or a file's of VLMEvalKit; letter case, blanks and signs do not count.
    /// - Parameter name: such as `mmstar`, `MMMU_DEV_VAL` or `MMMU_Pro_V_COT`.
    public init?(named name: String) {
        let plain = Self.plain(name)
        let found = Self.allCases.first { set in
            ([set.rawValue, set.title] + set.otherNames + set.files.map(\.name)).contains { Self.plain($0) == plain }
        }
        guard let found else { return nil }
        self = found
    }

    /// The set that a file of this name holds by VLMEvalKit's habits: `MMStar.tsv`, also with its pictures beside it, `MMStar_local.tsv`.
    init?(fileNamed name: String) {
        var stem = name
        for suffix in [".tsv", ".jsonl", ".json", "_local"] where stem.lowercased().hasSuffix(suffix) {
            stem = String(stem.dropLast(suffix.count))
        }
        self.init(named: stem)
    }

    private static func plain(_ name: String) -> String {
        String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    }
}
