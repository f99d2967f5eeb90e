import ColdStart
import Testing

/// The order of samples.
@Suite struct DataMixtureTests {
    private func problem(_ weights: [Double?]) -> String {
        do {
            _ = try MixturePlan(sizes: weights.map { _ in 5 }, weights: weights, seed: 0)
            return ""
        } catch {
            return error.localizedDescription
        }
    }

    @Test(arguments: [[nil, nil, nil], [1, 1, 1]] as [[Double?]])
    func withoutWeightsAnEpochIsAPermutation(weights: [Double?]) throws {
        let plan = try MixturePlan(sizes: [50, 30, 20], weights: weights, seed: 3)
        #expect(plan.epochLength == 100 && plan.round == nil)
        let epochs = (0..<3).map { plan.indices(at: $0 * 100..<$0 * 100 + 100) }
        for epoch in epochs { #expect(epoch.sorted() == Array(0..<100) && epoch != Array(0..<100)) }
        #expect(Set(epochs).count == 3)
        #expect(try MixturePlan(sizes: [50, 30, 20], weights: weights, seed: 4).indices(at: 0..<100) != epochs[0])
    }

    @Test func positionsAreAllThatGoingOnNeeds() throws {
        for weights in [[nil, nil], [0.3, 0.7]] as [[Double?]] {
            let plan = try MixturePlan(sizes: [40, 60], weights: weights, seed: 8)
            let order = plan.indices(at: 0..<1000)
            for position in [999, 0, 512, 511, 100, 99, 999] {
                #expect(
                    try MixturePlan(sizes: [40, 60], weights: weights, seed: 8).index(at: position) == order[position])
                #expect(plan.index(at: position) == order[position])
            }
        }
    }

    @Test func sourcesHaveTheirShares() throws {
        let plan = try MixturePlan(sizes: [1000, 7, 50], weights: [7, 2, 1], seed: 5)
        #expect(plan.round == [7, 2, 1])
        let order = plan.indices(at: 0..<5000)
        let sources = order.map { $0 < 1000 ? 0 : $0 < 1007 ? 1 : 2 }
        // In every ten, wherever they stand.
        for begin in stride(from: 0, to: 5000, by: 10) {
            let ten = sources[begin..<begin + 10]
            #expect((0..<3).map { source in ten.count { $0 == source } } == [7, 2, 1])
        }
        #expect(Set(sources.indices.filter { sources[$0] == 2 }.map { $0 % 10 }).count == 10)
        // Each source goes through all of its samples before one comes again.
        for (range, size) in [(0..<1000, 1000), (1000..<1007, 7), (1007..<1057, 50)] {
            let own = order.filter(range.contains)
            var passes: [[Int]] = []
            for begin in stride(from: 0, through: own.count - size, by: size) {
                passes.append(Array(own[begin..<begin + size]))
                #expect(passes.last?.sorted() == Array(range))
            }
            #expect(passes.count == own.count / size && (size < 20 || Set(passes).count == passes.count))
        }
    }

    @Test func oddWeightsAreKeptToOnePartInTenThousand() throws {
        let weights = [1.7320508, 0.01, 1.4142135]
        let round = try #require(try MixturePlan(sizes: [5, 5, 5], weights: weights, seed: 0).round)
        let length = Double(round.reduce(0, +))
        for (count, weight) in zip(round, weights) {
            #expect(abs(Double(count) / length - weight / weights.reduce(0, +)) < 1e-4)
        }
        // A proportion that is no binary fraction is exact.
        #expect(try MixturePlan(sizes: [5, 5], weights: [0.1, 0.2], seed: 0).round == [1, 2])
        #expect(try MixturePlan(sizes: [5, 5], weights: [2, 2], seed: 0).round == [1, 1])
    }

    @Test func weightsAreProportions() {
        #expect(problem([1, nil]) == "Some sources have a weight and some have none; give all of them one, or none.")
        #expect(problem([1, 0]) == "A weight must be a number above 0.")
        #expect(problem([2, .infinity]) == "A weight must be a number above 0.")
        #expect(
            problem([1, 1e-6]) == "A weight is below one part in 20000 of all weights; leave its source out.")
    }
}
