import Foundation

/// `plan.json` in a study's output folder: what a report needs to know of the study, wherever the folder has gone.
public struct PlanFile: Codable, Sendable {
    /// The study's name.
    public let title: String
    /// The checkpoint that it began with, as the file names it.
    public let model: String
    /// How many seeds.
    public let seeds: Int
    /// The checkpoints in their order.
    public let models: [Model]
    /// How the report reads them.
    public let reading: Study.Reading
    /// The steps in their order.
    public let steps: [StepEntry]

    /// A checkpoint.
    public struct Model: Codable, Sendable {
        /// Its name.
        public let name: String
        /// What the report calls it.
        public let title: String
        /// The parts of the method that it has.
        public let parts: [String]
        /// The checkpoint that it was made of.
        public let start: String?
    }

    /// A step.
    public struct StepEntry: Codable, Sendable {
        /// Its name.
        public let name: String
        /// What kind of work it is.
        public let kind: Step.Kind
        /// The data set or the checkpoint that it is about.
        public let subject: String
        /// The seed that it depends on.
        public let seed: Int?
        /// Its key.
        public let key: String
        /// The file or folder that it leaves, from the output folder.
        public let result: String
    }

    private static let name = "plan.json"

    init(_ plan: StudyPlan) {
        let study = plan.study
        (title, model, seeds, reading) = (study.title, study.model, study.seeds, study.reading)
        models = study.models.map { Model(name: $0.name, title: $0.title, parts: $0.parts, start: $0.start) }
        steps = plan.steps.map { step in
            StepEntry(
                name: step.name, kind: step.kind, subject: step.subject, seed: step.seed, key: step.key,
                result: "steps/\(step.folder.lastPathComponent)/\(step.result)")
        }
    }

    /// Reads the file in an output folder.
    /// - Throws: ``StudyError/noStudy(_:)``.
    static func read(_ folder: URL) throws -> PlanFile {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)),
            let plan = try? JSONDecoder().decode(PlanFile.self, from: data)
        else { throw StudyError.noStudy(folder.path) }
        return plan
    }

    /// Writes the file into an output folder.
    func write(in folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        try StudyFiles.write(encoder.encode(self), to: folder.appendingPathComponent(Self.name))
    }
}
