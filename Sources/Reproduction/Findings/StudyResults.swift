import Foundation

/// The results of a study's steps, read from the files that the commands left.
public struct StudyResults: Sendable {
    /// The study's output folder.
    public let folder: URL
    /// What was planned.
    public let plan: PlanFile
    /// The steps that had left their result when this was made.
    public let done: [PlanFile.StepEntry]

    /// The results in a study's output folder.
    /// - Parameter folder: the folder.
    /// - Throws: ``StudyError/noStudy(_:)``.
    public init(folder: URL) throws {
        self.init(folder, try PlanFile.read(folder))
    }

    /// The results that a plan has so far.
    /// - Parameter plan: the plan.
    public init(_ plan: StudyPlan) { self.init(plan.study.output, PlanFile(plan)) }

    private init(_ folder: URL, _ plan: PlanFile) {
        (self.folder, self.plan) = (folder, plan)
        done = plan.steps.filter { entry in
            [folder.appendingPathComponent(entry.result), Self.recordURL(entry, in: folder)].allSatisfy {
                FileManager.default.fileExists(atPath: $0.path)
            }
        }
    }

    /// The record of a step that is done.
    /// - Parameter entry: the step.
    /// - Returns: nil if it is not done.
    public func record(_ entry: PlanFile.StepEntry) -> StepRecord? {
        (try? Data(contentsOf: Self.recordURL(entry, in: folder))).flatMap {
            try? JSONDecoder().decode(StepRecord.self, from: $0)
        }
    }

    private static func recordURL(_ entry: PlanFile.StepEntry, in folder: URL) -> URL {
        folder.appendingPathComponent("steps/\(entry.name)-\(entry.key)/step.json")
    }

    /// The finished step of a kind about a checkpoint.
    func step(_ kind: Step.Kind, _ subject: String, seed: Int?) -> PlanFile.StepEntry? {
        done.first { $0.kind == kind && $0.subject == subject && $0.seed == seed }
    }

    /// A summary that a command left.
    func decoded<Value: Decodable>(_ type: Value.Type, _ entry: PlanFile.StepEntry) throws -> Value {
        let url = folder.appendingPathComponent(entry.result)
        do {
            return try Self.decoder.decode(type, from: Data(contentsOf: url))
        } catch let error as DecodingError {
            throw StudyError.unreadable(
                path: url.path, problem: "it is not what its command writes (\(Self.words(error)))")
        } catch {
            throw StudyError.unreadable(path: url.path, problem: "there is no such readable file")
        }
    }

    /// Where something is missing or of another kind.
    private static func words(_ error: DecodingError) -> String {
        let context =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context
            @unknown default: DecodingError.Context(codingPath: [], debugDescription: "unknown")
            }
        let place = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return "\(place.isEmpty ? "the whole" : place): \(context.debugDescription)"
    }

    /// As commands write JSON.
    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return decoder
    }

    /// What `avar correlate` reads: every checkpoint of every seed that has a score and an accuracy.
    ///
    /// A run is what was trained from the same beginning with the same seed, a rung the checkpoint's name.
    func correlationItems() throws -> Data {
        struct Item: Encodable {
            let name: String
            let run: String
            let rung: String
            let vas: Double
            let accuracy: Double
        }
        var items: [Item] = []
        for checkpoint in try Findings(self).checkpoints {
            guard let vas = checkpoint.scores?[plan.reading.score]?.value, let accuracy = checkpoint.accuracy else {
                continue
            }
            items.append(
                Item(
                    name: checkpoint.name + (checkpoint.seed.map { ".\($0)" } ?? ""),
                    run: checkpoint.seed.map { "seed \($0)" } ?? "given", rung: checkpoint.name, vas: vas,
                    accuracy: accuracy))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        do {
            return try encoder.encode(items)
        } catch {
            throw StudyError.refused(step: "correlation.correlate", problem: "a score or an accuracy is no number")
        }
    }
}
