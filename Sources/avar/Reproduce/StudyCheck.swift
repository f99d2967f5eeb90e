import ArgumentParser
import ColdStart
import Foundation
import Reproduction

/// Finds before the first step what steps would refuse hours later.
enum StudyCheck {
    /// Reads the arguments and the recipes of all steps as their commands will.
    /// - Throws: ``StudyError/refused(step:problem:)`` about the first that a command would refuse.
    static func check(_ plan: StudyPlan) throws {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("avar-plan-\(UUID().uuidString)")
        try Files.makeFolder(scratch)
        defer { try? FileManager.default.removeItem(at: scratch) }
        // In the place of data that are yet to be made.
        let standIn = scratch.appendingPathComponent("data")
        try Files.makeFolder(standIn)
        try Files.write(Data(), to: standIn.appendingPathComponent("data.jsonl"))
        let made = plan.steps.filter { [.data, .synthesize].contains($0.kind) }.map(\.resultURL.path)
        let unmade = Set(made + plan.steps.flatMap(\.missing)).filter { !FileManager.default.fileExists(atPath: $0) }
            // The longer first, of which others may be the beginning.
            .sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
        for step in plan.steps {
            do {
                _ = try Avar.parseAsRoot(step.arguments)
                if !step.server.isEmpty { _ = try Avar.parseAsRoot(step.server) }
                for (name, text) in step.files {
                    let file = scratch.appendingPathComponent(name)
                    let text = unmade.reduce(text) { $0.replacing($1, with: standIn.path) }
                    try Files.write(Data(text.utf8), to: file)
                    switch step.kind {
                    case .sft: _ = try ColdStartRecipe(contentsOf: file)
                    case .grpo: _ = try ReinforcementRun.recipe(file)
                    case .synthesize: _ = try SynthesisSession(file)
                    default: break
                    }
                }
            } catch {
                let words = Avar.message(for: error).replacing(scratch.path + "/", with: "its ")
                throw StudyError.refused(step: step.name, problem: words)
            }
        }
    }

    /// The path of this program.
    static func executable() throws -> String {
        guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            throw StudyError.unreadable(
                path: "/proc/self/exe", problem: "steps need the path of this program, and it is not to be had")
        }
        return path
    }
}
