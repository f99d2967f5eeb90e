import Foundation
import Testing
import Torch

/// Parts of a graph that are made again for their gradient.
@Suite struct CheckpointingTests {
    private struct Broken: LocalizedError {
        var errorDescription: String? { "the body is broken" }
    }

    /// Counts how often a body is called.
    private final class Calls {
        var count = 0
        var fails: (Int) -> Bool = { _ in false }
    }

    private func layer(_ inputs: [Tensor], _ weight: Tensor) throws -> [Tensor] {
        let states = try inputs[0].linear(weight).silu()
        return [try states * inputs[1], try states.square().sum([-1]), inputs[0]]
    }

    private func run(_ isCheckpointed: Bool, _ calls: Calls = Calls()) throws -> (outputs: [Tensor], leaves: [Tensor]) {
        let (x, y) = (try GraphGolden.leaf(31, [5, 8], .float32), try GraphGolden.leaf(32, [5, 8], .float32))
        let weight = try GraphGolden.leaf(33, [8, 8], .float32)
        let body = { (inputs: [Tensor]) throws -> [Tensor] in
            calls.count += 1
            if calls.fails(calls.count) { throw Broken() }
            return try layer(inputs, weight)
        }
        let inputs = [try x * 2, y]
        let outputs = try isCheckpointed ? checkpointed(inputs, outputCount: 3, body) : body(inputs)
        return (outputs, [x, y, weight])
    }

    /// Without a graph a product may be made another way, which rounds differently.
    @Test func valuesAndGradientsAreTheSame() throws {
        let calls = Calls()
        let (plain, again) = (try run(false), try run(true, calls))
        #expect(calls.count == 1)
        for (one, other) in zip(plain.outputs, again.outputs) {
            #expect(try relativeDifference(other.detached(), one.detached()) < 1e-6)
        }
        for (outputs, _) in [plain, again] {
            try (outputs[0].square().sum() + outputs[1].sum() + outputs[2].square().sum() * 0.5).backward()
        }
        #expect(calls.count == 2)
        for (one, other) in zip(plain.leaves, again.leaves) {
            #expect(try relativeDifference(#require(try other.gradient), #require(try one.gradient)) < 1e-6)
        }
    }

    /// An output that the loss does not depend on, and inputs without a gradient.
    @Test func partsOfTheOutputs() throws {
        let (plain, again) = (try run(false), try run(true))
        for (outputs, _) in [plain, again] { try outputs[1].sum().backward() }
        for (one, other) in zip([0, 2].map { plain.leaves[$0] }, [0, 2].map { again.leaves[$0] }) {
            #expect(try relativeDifference(#require(try other.gradient), #require(try one.gradient)) < 1e-6)
        }
        let weight = try GraphGolden.leaf(33, [8, 8], .float32)
        let x = try GraphGolden.tensor(31, [5, 8])
        let only = try checkpointed([x, x], outputCount: 3) { try layer($0, weight) }
        try only[0].sum().backward()
        let expected = try gradients(of: layer([x, x], weight)[0].sum(), withRespectTo: [weight])
        #expect(try relativeDifference(#require(try weight.gradient), expected[0]) < 1e-6)
    }

    @Test func whatABodyThrowsArrives() throws {
        func sentence(_ body: () throws -> Void) -> String {
            do {
                try body()
                return ""
            } catch {
                return error.localizedDescription
            }
        }
        let (first, second) = (Calls(), Calls())
        first.fails = { $0 == 1 }
        second.fails = { $0 == 2 }
        #expect(sentence { _ = try run(true, first) }.contains("the body is broken"))
        let found = try run(true, second)
        #expect(sentence { try found.outputs[0].sum().backward() }.contains("the body is broken"))
        let x = try GraphGolden.tensor(31, [2, 2])
        #expect(sentence { _ = try checkpointed([x], outputCount: 2) { $0 } }.contains("1 tensors in place of 2"))
    }

    @Test func nestedPartsAndNoGraph() throws {
        let weight = try GraphGolden.leaf(33, [8, 8], .float32)
        let x = try GraphGolden.leaf(31, [5, 8], .float32)
        let nested = try checkpointed([x], outputCount: 1) { outer in
            let inner = try checkpointed([outer[0].linear(weight)], outputCount: 1) {
                [try $0[0].silu().linear(weight)]
            }
            return [try inner[0] + outer[0]]
        }
        try nested[0].square().sum().backward()
        let plain = try x.linear(weight).silu().linear(weight) + x
        let expected = try gradients(of: plain.square().sum(), withRespectTo: [x, weight])
        #expect(try relativeDifference(#require(try x.gradient), expected[0]) < 1e-6)
        #expect(try relativeDifference(#require(try weight.gradient), expected[1]) < 1e-6)
        let alone = try withoutGradient {
            try checkpointed([x], outputCount: 1) { [try $0[0].linear(weight)] }[0]
        }
        #expect(try relativeDifference(alone, x.linear(weight).detached()) < 1e-6)
    }
}
