import Foundation
import Safetensors
import Testing
import Torch

/// No leak, and no copy where none is promised.
///
/// One after the other: they measure the process.
@Suite(.serialized) struct MemoryTests {
    private func residentKiB() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first)
    }

    /// Ten operations of many kinds, one of which fails.
    private func work(_ x: Tensor, _ weight: Tensor) throws {
        let product = try x.linear(weight).siluGate(x.linear(weight))
        let normed = try product.rmsNorm(weight.select(0, 0), epsilon: 1e-6).reshape([64, 64]).transpose(0, 1)
        let joined = try Tensor.concatenate([normed, normed], axis: 1).slice(1, 3..<9)
        #expect(throws: TorchError.self) { _ = try joined.matmul(joined) }
        _ = try joined.sort(1).values.sum().item()
    }

    /// By how much a thousand rounds make the process grow, the least of some attempts: other suites run beside this one,
    /// but a leak is there every time.
    private func growthKiB(of round: () throws -> Void) throws -> Int {
        for _ in 0..<100 { try round() }
        var least = Int.max
        for _ in 0..<8 where least >= 12_000 {
            let before = try residentKiB()
            for _ in 0..<1000 { try round() }
            least = min(least, try residentKiB() - before)
        }
        return least
    }

    @Test func tenThousandOperationsLeaveNothing() throws {
        let x = try Tensor.randn([64, 64])
        let weight = try Tensor.randn([64, 64])
        // A tensor of 16 KiB lost in each round would be 16 MiB.
        #expect(try growthKiB { try work(x, weight) } < 12_000)
    }

    @Test func backwardLeavesNothing() throws {
        let weight = try Tensor.randn([64, 64])
        try weight.setRequiresGradient(true)
        func round() throws {
            try Tensor.ones([64, 64]).linear(weight).silu().square().sum().backward()
            try weight.clearGradient()
        }
        #expect(try growthKiB(of: round) < 12_000)
    }

    @Test func mappedTensorsAreNotCopiedAndOutliveTheFile() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        let megabyte = [Float](repeating: 1, count: 1 << 18)
        let big = SafetensorsWriter.Tensor(name: "big", dtype: .float32, shape: [200, 1 << 18]) { emit in
            for _ in 0..<200 { try megabyte.withUnsafeBytes { try emit($0) } }
        }
        try SafetensorsWriter.write([big], to: url)
        let before = try residentKiB()
        var file: SafetensorsFile? = try SafetensorsFile(contentsOf: url)
        let tensor = try #require(try file?.tensor("big"))
        file = nil
        #expect(try residentKiB() - before < 50_000)
        #expect(try tensor.sum().item() == Double(200 << 18))
    }
}
