import Foundation

/// The steps of a study in an order in which each stands behind those it needs.
public struct StudyPlan: Sendable {
    /// What is planned.
    public let study: Study
    /// The steps.
    public let steps: [Step]

    /// Plans a study.
    /// - Parameters:
    ///   - study: what to plan.
    ///   - modelMark: something that tells whether a checkpoint's folder is still the same.
    /// - Throws: ``StudyError``, and what `modelMark` throws.
    public init(_ study: Study, modelMark: (URL) throws -> String) throws {
        self.study = study
        var planner = Planner(study)
        try withoutActuallyEscaping(modelMark) { mark in
            try planner.plan(mark)
        }
        steps = planner.steps
    }

    /// A step by its name.
    /// - Parameter name: its name.
    /// - Returns: nil if there is none.
    public subscript(name: String) -> Step? { steps.first { $0.name == name } }

    /// Some steps and those they need.
    /// - Parameter names: names of steps, of checkpoints or data sets, or of kinds; `*` stands for any letters.
    /// - Returns: the names of the steps.
    /// - Throws: ``StudyError/noStep(_:)``.
    public func needed(for names: [String]) throws -> Set<String> {
        guard !names.isEmpty else { return Set(steps.map(\.name)) }
        var needed: Set<String> = []
        for name in names {
            let found = steps.filter { step in
                [step.name, step.subject, step.kind.rawValue].contains { Self.matches($0, name) }
            }
            guard !found.isEmpty else { throw StudyError.noStep(name) }
            needed.formUnion(found.map(\.name))
        }
        // Steps stand behind those they need.
        for step in steps.reversed() where needed.contains(step.name) { needed.formUnion(step.inputs) }
        return needed
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { return text == pattern }
        guard text.hasPrefix(parts[0]) else { return false }
        var rest = text.dropFirst(parts[0].count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.range(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }
}
