import Parquet
import Samples

/// How a file spells its columns.
enum BenchmarkLayout: Sendable {
    /// As VLMEvalKit's tables do.
    case kit
    /// As the set's Parquet release on the Hugging Face Hub does.
    case hub

    /// The set and the spelling of a file.
    /// - Parameters:
    ///   - table: the file.
    ///   - given: what the user says, else the file's name and columns decide.
    /// - Returns: both.
    /// - Throws: ``BenchmarkError`` if it is not recognised or lacks columns.
    static func find(_ table: any BenchmarkTable, set given: BenchmarkSet?) throws -> (BenchmarkSet, BenchmarkLayout) {
        let columns = Set(table.columns)
        let hub = hubSet(columns)
        let set = given ?? BenchmarkSet(fileNamed: table.url.lastPathComponent) ?? hub ?? kitSet(columns, table.columns)
        guard let set else {
            throw BenchmarkError.unrecognised(path: table.url.path, columns: table.columns)
        }
        let layout = layout(of: set, hub: hub, columns)
        try layout.check(table, columns, set)
        return (set, layout)
    }

    /// The set that a file holds by its columns alone; nil if they fit none.
    static func recognise(_ columns: [String]) -> BenchmarkSet? {
        hubSet(Set(columns)) ?? kitSet(Set(columns), columns)
    }

    /// What the file is by its columns counts, and so does the other set of MMMU-Pro; a file that is called otherwise is looked at as a
    /// table of VLMEvalKit's, so that what it lacks can be said.
    private static func layout(of set: BenchmarkSet, hub: BenchmarkSet?, _ columns: Set<String>) -> BenchmarkLayout {
        guard let hub else { return .kit }
        return hub.benchmark == set.benchmark || [hub, set].allSatisfy({ [.mmmu, .mmmuPro].contains($0) }) ? .hub : .kit
    }

    private static func hubSet(_ columns: Set<String>) -> BenchmarkSet? {
        func has(_ names: String...) -> Bool { columns.isSuperset(of: names) }
        if has("decoded_image", "pid") { return .mathVista }
        if has("decoded_image", "options") { return .mathVision }
        if has("problem_version", "sample_index") { return .mathVerse }
        if has("image_1", "options") { return has("subfield") || has("question_type") ? .mmmu : .mmmuPro }
        if has("id", "image", "options", "answer"), !has("question") { return .mmmuProVision }
        if has("l2_category", "question", "image") { return .mmStar }
        if has("gt_answer", "question_id") { return .hallusionBench }
        return nil
    }

    /// The columns of the tables that the microworld writes in VLMEvalKit's form.
    private static let microworldColumns = [
        "index", "image", "question", "hint", "A", "B", "C", "D", "answer", "category",
    ]

    private static func kitSet(_ columns: Set<String>, _ ordered: [String]) -> BenchmarkSet? {
        func has(_ names: String...) -> Bool { columns.isSuperset(of: names) }
        guard has("index"), has("image") || has("image_path") else { return nil }
        if ordered == microworldColumns || columns == Set(microworldColumns) { return .microworld }
        if has("question_type", "choices") { return .mathVista }
        if has("query_cot") || has("problem_version") { return .mathVerse }
        if has("choices") { return .mathVision }
        if has("A") {
            guard has("question") else { return .mmmuProVision }
            if has("split") { return .mmmu }
            return has("J") ? .mmmuPro : has("l2-category") ? .mmStar : nil
        }
        return has("category", "l2-category", "question", "answer") ? .hallusionBench : nil
    }

    // MARK: What must be there

    private func check(_ table: any BenchmarkTable, _ columns: Set<String>, _ set: BenchmarkSet) throws {
        var missing = needed(set).filter { !columns.contains($0) }
        if self == .kit, !columns.contains("image"), !columns.contains("image_path") {
            missing.insert("image", at: min(1, missing.count))
        }
        guard missing.isEmpty else {
            throw BenchmarkError.missingColumns(
                path: table.url.path, set: set, missing: missing, columns: table.columns)
        }
        if let parquet = table as? ParquetTable { try checkKinds(parquet, set) }
    }

    private func needed(_ set: BenchmarkSet) -> [String] {
        switch (self, set) {
        case (.kit, .mathVista): ["index", "question", "answer", "question_type", "choices"]
        case (.kit, .mathVision): ["index", "question", "answer", "choices"]
        case (.kit, .mathVerse): ["index", "question", "answer"]
        case (.kit, .mmmu), (.kit, .mmmuPro), (.kit, .mmStar): ["index", "question", "answer", "A"]
        case (.kit, .mmmuProVision): ["index", "answer", "A"]
        case (.kit, .hallusionBench): ["index", "question", "answer", "category", "l2-category"]
        case (.kit, .microworld): ["index", "question", "answer", "A"]
        case (.hub, .mathVista): ["pid", "question", "decoded_image", "choices", "answer", "question_type"]
        case (.hub, .mathVision): ["id", "question", "decoded_image", "options", "answer"]
        case (.hub, .mathVerse): ["sample_index", "problem_version", "image", "answer", "question"]
        case (.hub, .mmmu), (.hub, .mmmuPro): ["id", "question", "options", "answer", "image_1"]
        case (.hub, .mmmuProVision): ["id", "image", "options", "answer"]
        case (.hub, .mmStar): ["index", "question", "image", "answer"]
        case (.hub, .hallusionBench):
            [
                "category", "subcategory", "set_id", "figure_id", "question_id", "question",
                "gt_answer", "image",
            ]
        case (.hub, .microworld): []
        }
    }

    /// Columns of pictures and of text can be told apart before any row is read.
    private func checkKinds(_ table: ParquetTable, _ set: BenchmarkSet) throws {
        for column in ["question", "answer", "query", "query_wo", "query_cot"] {
            guard let kind = table.kind(of: column) else { continue }
            guard [.text, .integer, .number, .null].contains(kind) else {
                throw wrong(table, column, kind, needed: "text")
            }
        }
        guard self == .hub else { return }
        let pictures = [.mathVista, .mathVision].contains(set) ? ["decoded_image"] : ["image", "image_1"]
        for column in pictures {
            switch table.kind(of: column) {
            case nil, .bytes, .null, .structure: break
            case let kind?: throw wrong(table, column, kind, needed: "pictures")
            }
        }
    }

    private func wrong(
        _ table: ParquetTable, _ column: String, _ kind: ParquetKind, needed: String
    ) -> BenchmarkError {
        let found =
            switch kind {
            case .null: "nothing"
            case .bool: "truth values"
            case .integer: "integers"
            case .number: "numbers"
            case .text: "text"
            case .bytes: "bytes"
            case .list: "lists"
            case .structure: "structures"
            case .unsupported(let type): "values of the type \(type)"
            }
        return .columnKind(path: table.url.path, column: column, found: found, needed: needed)
    }
}
