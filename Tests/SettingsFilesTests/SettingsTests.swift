import Foundation
import SettingsFiles
import Testing

@Suite struct SettingsTests {
    private let text = """
        steps: 12
        rate: 1e-3
        name: small
        data:
          limit: 5
          phases:
            - steps: 3
            - steps: 4
        """

    private func problem(_ text: String, _ read: (SettingsSection) throws -> Void) -> String? {
        do {
            let file = try SettingsFile(text: text, path: "a.yaml")
            try read(file.root)
            try file.root.finish()
            return nil
        } catch {
            return (error as? SettingsError)?.errorDescription ?? "another error: \(error)"
        }
    }

    @Test func settingsAreRead() throws {
        let found = problem(text) { root in
            #expect(try root.integer("steps") == 12)
            #expect(try root.number("rate") == 1e-3)
            #expect(try root.text("name") == "small")
            #expect(try root.number("decay", default: 0.5) == 0.5)
            #expect(!root.has("decay") && root.has("rate"))
            let data = try root.section("data")
            #expect(try data.integer("limit") == 5)
            #expect(try data.list("phases").map { try $0.integer("steps") } == [3, 4])
            #expect(try root.section("none").integer("x", default: 7) == 7)
        }
        #expect(found == nil)
    }

    @Test func anUnknownKeyNamesTheNearestOne() {
        let found = problem("steps: 3\nbatch_sise: 4\n") { root in
            _ = try root.integer("steps")
            _ = try root.integer("batch_size", default: 1)
            _ = try root.number("learning_rate", default: 1)
        }
        #expect(found == "a.yaml, line 2: 'batch_sise' is no setting; the nearest that exists is 'batch_size'")
    }

    @Test func anUnknownKeyOfAnInnerSectionIsFound() {
        let found = problem(text) { root in
            _ = try (root.integer("steps"), root.number("rate"), root.text("name"))
            let data = try root.section("data")
            _ = try data.integer("limit")
            for phase in try data.list("phases") { _ = try phase.integer("step", default: 0) }
        }
        #expect(
            found
                == "a.yaml, line 7: 'data.phases[0].steps' is no setting; the nearest that exists is 'data.phases[0].step'"
        )
    }

    @Test(
        arguments: [
            ("steps: many", "a.yaml, line 1: 'steps' must be a whole number"),
            ("rate: 1", "a.yaml: 'steps' is missing"),
            ("steps: 0", "a.yaml, line 1: 'steps' is 0, it must be from 1 to 9"),
            ("steps: 1\nsteps: 2", "a.yaml, line 1: 'steps' stands twice in the section that begins here"),
            ("setps: 1", "a.yaml, line 1: 'steps' is missing; is 'setps' meant to be it?"),
            ("- 1", "a.yaml: it holds no settings, 'key: value' on a line each"),
            ("steps: [1, 2", nil),
        ])
    func whatIsWrongIsSaidInOneSentence(_ text: String, _ expected: String?) throws {
        let found = try #require(problem(text) { _ = try $0.integer("steps", in: 1...9) })
        if let expected { #expect(found == expected) }
        #expect(found.hasPrefix("a.yaml") && !found.contains("\n"))
    }

    @Test func aMissingFileIsSaid() {
        #expect(throws: SettingsError.self) { try SettingsFile(contentsOf: URL(fileURLWithPath: "/nowhere.yaml")) }
    }
}
