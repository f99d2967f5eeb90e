import Foundation
import Synthesis
import Testing

@Suite struct LimitTests {
    @Test func aBucketGivesItsLimitAndNoMore() {
        let now = Shared(0.0)
        let limit = RateLimit(600) { now.value }
        var times: [Double] = []
        while now.value < 300 {
            let wait = limit.admit(1)
            if wait == 0 { times.append(now.value) }
            now.withLock { $0 += wait }
        }
        for first in stride(from: 0.0, to: 240, by: 0.37) {
            let count = times.count { $0 >= first && $0 < first + 60 }
            #expect((588...612).contains(count), "\(count) in the minute from \(first)")
        }
    }

    @Test func restDoesNotSaveUpMoreThanAHundredth() {
        let now = Shared(0.0)
        let limit = RateLimit(600) { now.value }
        now.withLock { $0 = 600 }
        var burst = 0
        while limit.admit(1) == 0 { burst += 1 }
        #expect(burst == 6)
    }

    @Test func estimatesAreCorrected() {
        let now = Shared(0.0)
        let limit = RateLimit(60_000) { now.value }
        var used = 0.0
        var (underWay, admitted) = ([(end: Double, guess: Double)](), 0)
        while now.value < 600 {
            // The first are thought to be far too long, later ones a little too short; an answer takes two seconds.
            let guess = admitted < 4 ? 5000.0 : 450
            let wait = limit.admit(guess)
            if wait == 0 { underWay.append((now.value + 2, guess)) }
            admitted += wait == 0 ? 1 : 0
            now.withLock { $0 += min(wait, 0.01) }
            while let first = underWay.first, first.end < now.value {
                underWay.removeFirst()
                limit.correct(by: 500 - first.guess)
                used += 500
            }
        }
        // Time that the first estimates have cost is not made up for in a rush.
        #expect(used <= 60_000 * 10 * 1.001 && used >= 60_000 * 9.7, "\(used)")
    }

    @Test func processesShareALimit() {
        let now = Shared(0.0)
        let limit = RateLimit(600) { now.value }
        limit.share(with: 3)
        var count = 0
        while now.value < 120 {
            let wait = limit.admit(1)
            now.withLock { $0 += wait }
            count += wait == 0 ? 1 : 0
        }
        #expect(abs(Double(count) / 400 - 1) < 0.02, "\(count)")
    }

    @Test func aBreakerOpensProbesAndCloses() {
        let now = Shared(0.0)
        let breaker = CircuitBreaker(.init(failures: 3, window: 100, pause: 4, longestPause: 6, probes: 3)) {
            now.value
        }
        #expect(breaker.note(success: false, breaker.ask()) == nil)
        #expect(breaker.note(success: true, breaker.ask()) == nil)
        for _ in 0..<2 { #expect(breaker.note(success: false, breaker.ask()) == nil) }
        #expect(breaker.note(success: false, breaker.ask()) == .opened(seconds: 4))
        #expect(breaker.ask() == .wait(seconds: 4) && breaker.isOpen)
        now.withLock { $0 = 4 }
        #expect(breaker.ask() == .probe)
        // One at a time.
        #expect(breaker.ask() != .probe && breaker.ask() != .go)
        #expect(breaker.note(success: false, .probe) == .opened(seconds: 6))
        now.withLock { $0 = 10 }
        #expect(breaker.ask() == .probe)
        #expect(breaker.note(success: true, .probe) == .closed)
        #expect(breaker.ask() == .go && !breaker.isOpen)
    }

    @Test func aBreakerOpensAtAShareAndGivesUpAfterItsProbes() {
        let now = Shared(0.0)
        let breaker = CircuitBreaker(.init(failures: 100, share: 0.5, window: 10, pause: 1, probes: 2)) { now.value }
        var change: CircuitBreaker.Change?
        for number in 0..<10 { change = breaker.note(success: number % 2 == 0, .go) }
        #expect(change == .opened(seconds: 1))
        now.withLock { $0 = 1 }
        #expect(breaker.ask() == .probe)
        #expect(breaker.note(success: false, .probe) == .opened(seconds: 2))
        now.withLock { $0 = 3 }
        #expect(breaker.ask() == .probe)
        #expect(breaker.note(success: false, .probe) == .gaveUp)
    }

    @Test func slotsAreHeldByNoMoreThanThereAre() async throws {
        let slots = Slots(3)
        let open = Shared((now: 0, most: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await slots.hold {
                        open.withLock { open in
                            open.now += 1
                            open.most = max(open.most, open.now)
                        }
                        try await Task.sleep(for: .milliseconds(2))
                        open.withLock { $0.now -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(open.value.most == 3 && open.value.now == 0)
    }

    @Test func whoIsCancelledInTheQueueLeavesIt() async throws {
        let slots = Slots(1)
        let holder = Task { try await slots.hold { try await Task.sleep(for: .milliseconds(200)) } }
        try await Task.sleep(for: .milliseconds(50))
        let waiting = (0..<5).map { _ in Task { try await slots.hold {} } }
        try await Task.sleep(for: .milliseconds(20))
        waiting.dropLast().forEach { $0.cancel() }
        for task in waiting.dropLast() {
            let result = await task.result
            #expect { () throws in try result.get() } throws: { $0 is CancellationError }
        }
        try await holder.value
        try await waiting[4].value
        try await slots.hold {}
    }
}
