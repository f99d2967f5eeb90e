import Foundation
import Parquet
import Samples

/// A file of a benchmark: a table of VLMEvalKit's (TSV), the set's Parquet release on the Hugging Face Hub, or JSON lines (or one JSON
/// list) with the columns of either.
///
/// Files are read as they are gone through, whatever their size. Which benchmark a file holds is what its user says, else what its name
/// says by VLMEvalKit's habits, else what its columns say.
///
/// Tables are read as pandas reads them: cells in quotation marks may hold tabs, line breaks and doubled quotation marks; a cell that is
/// empty or one of pandas' words for nothing (`NA`, `nan`, `None`...) is missing, and an option of that text with it; rows without a
/// picture are left out and counted. `image` is base64, a list of it as Python writes one, or the `index` of the row whose picture is
/// used; without that column `image_path` names files. In JSON only null is missing.
public struct BenchmarkFile: BenchmarkSource {
    /// Where it lies.
    public let url: URL
    /// The set that it holds.
    public let set: BenchmarkSet
    /// How questions are put where they are read as samples.
    public var sampleStyle: PromptStyle

    private let table: any BenchmarkTable
    private let reader: any QuestionReader

    /// Opens a file.
    /// - Parameters:
    ///   - url: a file that ends in `.tsv`, `.parquet`, `.jsonl` or `.json`; of any other the content decides.
    ///   - set: what it holds; nil to find that out.
    ///   - sampleStyle: how questions are put where they are read as samples.
    /// - Throws: `SampleError` or `ParquetError` if it cannot be read; ``BenchmarkError`` if it is not recognised or lacks columns.
    public init(_ url: URL, set: BenchmarkSet? = nil, sampleStyle: PromptStyle = .kit) throws {
        let table = try Self.table(url)
        let (found, layout) = try BenchmarkLayout.find(table, set: set)
        let pictures = PictureCells(table, set: found)
        (self.url, self.set, self.table, self.sampleStyle) = (url, found, table, sampleStyle)
        reader =
            switch layout {
            case .kit:
                KitQuestions(set: found, pictures: pictures, hasImageColumn: table.columns.contains("image"))
            case .hub: HubQuestions(set: found, pictures: pictures)
            }
    }

    /// The file as a benchmark's if it is one: what `--data` may name beside other data files.
    /// - Parameters:
    ///   - path: any file or folder.
    ///   - sampleStyle: how questions are put where they are read as samples.
    /// - Returns: nil if it is a folder, cannot be read, or is another kind of data file by its columns. A file that ends in `.tsv` is
    ///   always a benchmark's.
    /// - Throws: what is wrong with a file that is a benchmark's.
    public static func ifRecognised(_ path: String, sampleStyle: PromptStyle = .kit) throws -> BenchmarkFile? {
        let url = URL(fileURLWithPath: path)
        if url.pathExtension.lowercased() == "tsv" { return try BenchmarkFile(url, sampleStyle: sampleStyle) }
        guard ["parquet", "json", "jsonl"].contains(url.pathExtension.lowercased()),
            let table = try? table(url), BenchmarkLayout.recognise(table.columns) != nil
        else { return nil }
        return try BenchmarkFile(url, sampleStyle: sampleStyle)
    }

    private static func table(_ url: URL) throws -> any BenchmarkTable {
        switch url.pathExtension.lowercased() {
        case "tsv": return try TextTable(url)
        case "parquet": return try ParquetTable(url)
        case "json", "jsonl": return try JSONTable(url)
        default: break
        }
        let handle = try DataFile(url)
        var head = [UInt8](repeating: 0, count: 4)
        let count = try head.withUnsafeMutableBytes { try handle.read(into: $0, at: 0) }
        if head == Array("PAR1".utf8) { return try ParquetTable(url) }
        let isJSON = count > 0 && "[{".utf8.contains(head[0])
        return isJSON ? try JSONTable(url) : try TextTable(url)
    }

    /// Where it lies, in full.
    public var name: String { url.path }
    /// The file itself.
    public var files: [URL] { [url] }

    /// How many bytes of a table have been read so far; nil of other files.
    public var bytesRead: Int? { (table as? TextTable)?.bytesRead }

    /// The questions from the first row on.
    /// - Returns: a sequence that reads the file as it goes.
    /// - Throws: as ``init(_:set:sampleStyle:)``, if the file cannot be opened any more.
    public func questions() throws -> BenchmarkQuestions {
        let (next, reader) = (try table.rows(), reader)
        return BenchmarkQuestions { questions in
            while let row = next() {
                let fields: [String: FieldValue]
                do {
                    fields = try row.fields()
                } catch {
                    return BenchmarkEntry(number: row.number, place: row.place) { throw error }
                }
                let content = BenchmarkRow(number: row.number, place: row.place, fields: fields)
                let fate = reader.fate(of: content)
                guard fate == .question else {
                    questions.leaveOut(fate)
                    continue
                }
                return BenchmarkEntry(number: row.number, place: row.place) {
                    // Nothing of the row itself may be held by what is kept.
                    let (number, place, again) = (row.number, row.place, row.keep?() ?? row.fields)
                    return { try reader.question(BenchmarkRow(number: number, place: place, fields: again())) }
                } read: {
                    try reader.question(content)
                }
            }
            return nil
        }
    }
}
