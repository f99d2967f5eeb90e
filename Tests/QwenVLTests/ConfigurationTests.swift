import Foundation
import QwenVL
import Testing

/// The published sizes, and both layouts of config.json.
@Suite struct ConfigurationTests {
    /// Parameters as transformers counts them (Tests/Fixtures/configurations/count_parameters.py).
    @Test(arguments: ["3b", "7b", "32b", "72b"])
    func publishedSizes(size: String) throws {
        let folder = fixtures.appendingPathComponent("configurations")
        let counts = try JSONDecoder().decode(
            [String: Int].self, from: Data(contentsOf: folder.appendingPathComponent("parameters.json")))
        let configuration = try ModelConfiguration(contentsOf: folder.appendingPathComponent("\(size).json"))
        let entries = ParameterLayout.entries(for: configuration)
        #expect(entries.reduce(0) { $0 + $1.shape.reduce(1, *) } == counts[size])
        #expect(Set(entries.map(\.name)).count == entries.count)
    }

    /// The nested layout of transformers 5 and the flat one of the Hub say the same.
    @Test func bothLayoutsAgree() throws {
        let folder = fixtures.appendingPathComponent("configurations")
        let flat = try ModelConfiguration(contentsOf: folder.appendingPathComponent("7b.json"))
        let nested = try ModelConfiguration(contentsOf: folder.appendingPathComponent("7b-nested.json"))
        #expect(flat == nested)
    }
}
