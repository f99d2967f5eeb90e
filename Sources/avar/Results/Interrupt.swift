import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// Ctrl-C as a wish that long work looks at between two pieces; pressed again it ends the process.
final class Interrupt {
    private let flag = Flag()
    private let source: any DispatchSourceSignal

    init() {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { [flag] in
            flag.isSet.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
        }
        source.resume()
    }

    /// True once Ctrl-C was pressed.
    var isRequested: Bool { flag.isSet.load(ordering: .relaxed) }

    /// What a stop means where results are kept.
    static let goesOn = "The same command goes on where this one was."

    /// Ends work whose results are kept.
    /// - Throws: `ExitCode` 130 once Ctrl-C was pressed.
    func check() throws {
        guard isRequested else { return }
        Output.note("Stopped. \(Self.goesOn)")
        throw ExitCode(130)
    }

    /// Gives Ctrl-C its usual meaning back.
    func end() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }
}
