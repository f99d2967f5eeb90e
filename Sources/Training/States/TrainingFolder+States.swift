import DurableFiles
import Foundation
import QwenVL
import Safetensors
import Torch

extension TrainingFolder {
    private static let (parameters, moments) = ("parameters.safetensors", "moments.safetensors")
    private static let (window, progress) = ("window.json", "progress.json")
    private static let (carriedTensors, carriedValues) = ("carried.safetensors", "carried.json")
    /// The folder in a state that holds a whole model, where the training writes one.
    public static let modelName = "model"

    /// Writes the state after some steps, and removes those that are no longer needed.
    /// - Parameters:
    ///   - state: where the loop is.
    ///   - optimizer: the parameters, or their masters, and their moments.
    ///   - carried: what the training carries beside them.
    ///   - keep: how many states are kept, the last ones, beside the best.
    ///   - export: writes a whole model into a folder of the state.
    /// - Throws: ``TrainingError/notSaved(path:step:reason:latest:)``; the states that were there are untouched then, and nothing is
    ///   left of the new one.
    package func save(
        _ state: LoopState, _ optimizer: Optimizer, carried: CarriedState? = nil, keep: Int = 2,
        export: ((URL) throws -> Void)? = nil
    ) throws {
        let partial = url.appendingPathComponent(".\(Self.prefix)\(state.step)", isDirectory: true)
        try? FileManager.default.removeItem(at: partial)
        let latest = latestStep
        do {
            guard mkdir(partial.path, 0o777) == 0 else { throw Self.failure(url, "given a state") }
            try write(state, optimizer, carried, to: partial)
            if let export {
                let model = partial.appendingPathComponent(Self.modelName, isDirectory: true)
                guard mkdir(model.path, 0o777) == 0 else { throw Self.failure(model, "made") }
                try export(model)
                flushTree(model)
                flushFolder(partial)
            }
            // What the log says of these steps lasts as long as the state.
            flushFolder(log)
            // The same steps once more, after a state was removed by hand or for being interrupted at its end.
            let place = place(state.step)
            guard exchange(partial, place) else { throw Self.failure(place, "put in its place") }
        } catch {
            // What is half there only takes room.
            try? FileManager.default.removeItem(at: partial)
            throw TrainingError.notSaved(
                path: url.path, step: state.step, reason: Self.reason(error), latest: latest)
        }
        try? FileManager.default.removeItem(at: partial)
        flushFolder(url)
        if let best = state.best { try linkBest(best.step) }
        prune(keeping: keep, best: state.best?.step)
    }

    private func write(_ state: LoopState, _ optimizer: Optimizer, _ carried: CarriedState?, to folder: URL) throws {
        let masters = optimizer.masters.map { ($0.name, $0.tensor) }
        let moments = optimizer.moments.flatMap {
            [("first.\($0)", $1.first), ("second.\($0)", $1.second), ("steps.\($0)", $1.steps)]
        }
        let tensors = try carried?.tensors().sorted { $0.key < $1.key } ?? []
        let needed = (masters + moments + tensors.map { ($0.key, $0.value) })
            .reduce(0) { $0 + $1.1.count * $1.1.dtype.byteCount }
        try FreeSpace.require(needed, besides: folder.appendingPathComponent(Self.parameters).path)
        var files = StateFiles(writing: folder)
        try files.write(masters, Self.parameters)
        try files.write(moments, Self.moments)
        try files.write(StateJSON.encoder.encode(state.window), Self.window)
        try files.write(StateJSON.encoder.encode(state), Self.progress)
        if let carried {
            try files.write(tensors.map { ($0.key, $0.value) }, Self.carriedTensors)
            try files.write(carried.values(), Self.carriedValues)
        }
        try files.finish()
    }

    /// Takes over the last state, if there is one, and cuts the log behind it.
    ///
    /// Everything is checked before anything is changed. A state that is damaged is named, and not passed over in silence.
    /// - Parameters:
    ///   - optimizer: its parameters and moments are changed.
    ///   - carried: is given what was carried.
    /// - Returns: where the loop is.
    /// - Throws: ``TrainingError/folder(path:problem:)`` if a file is damaged or of another model; what `carried` throws.
    package func restore(_ optimizer: Optimizer, carried: CarriedState? = nil) throws -> LoopState {
        guard let step = latestStep else {
            try cutLog(to: 0)
            return LoopState()
        }
        let files = try StateFiles(reading: place(step))
        let (parameters, moments) = try (files.tensors(Self.parameters), files.tensors(Self.moments))
        for (name, tensor) in optimizer.masters {
            try check(parameters, name, tensor.shape, tensor.dtype, step)
            for part in ["first", "second"] { try check(moments, "\(part).\(name)", tensor.shape, tensor.dtype, step) }
            try check(moments, "steps.\(name)", [], .float32, step)
        }
        guard parameters.names.count == optimizer.masters.count else {
            throw TrainingError.folder(path: place(step).path, problem: "it is the state of more parameters")
        }
        guard files.contains(Self.carriedValues) == (carried != nil) else {
            throw TrainingError.folder(path: place(step).path, problem: "it is the state of another training")
        }
        try optimizer.restore(
            master: { try parameters.tensor($0) },
            moments: { name in
                AdamW.Moments(
                    first: try moments.tensor("first.\(name)"), second: try moments.tensor("second.\(name)"),
                    steps: try moments.tensor("steps.\(name)"))
            })
        if let carried {
            let tensors = try files.tensors(Self.carriedTensors)
            try carried.restore(
                files.data(Self.carriedValues),
                Dictionary(uniqueKeysWithValues: tensors.names.map { ($0, try tensors.tensor($0).clone()) }))
        }
        // States of earlier versions have no progress.
        var state = LoopState(step: step)
        if files.contains(Self.progress) { state = try files.json(LoopState.self, Self.progress) }
        state.window = try files.contains(Self.window) ? files.json(LogWindow.self, Self.window) : LogWindow()
        guard state.step == step else {
            throw TrainingError.folder(path: place(step).path, problem: "it is the state after step \(state.step)")
        }
        if let best = state.best, states.contains(best.step) { try linkBest(best.step) }
        try cutLog(to: step)
        return state
    }

    private func check(_ file: SafetensorsFile, _ name: String, _ shape: [Int], _ dtype: DType, _ step: Int) throws {
        guard let entry = try? file.entry(named: name), entry.shape == shape, DType(entry.dtype) == dtype else {
            throw TrainingError.folder(
                path: place(step).path, problem: "its \(name) is another; remove \(place(step).lastPathComponent)")
        }
    }

    /// Why a state could not be written, as a clause.
    private static func reason(_ error: any Error) -> String {
        if case SafetensorsError.writing(_, .diskFull(let needed, let available)) = error {
            let free = available.map { ", \(mebibytes($0)) free" } ?? ""
            return "the disk is full (\(mebibytes(needed)) needed\(free))"
        }
        if case SafetensorsError.writing(_, .refused(let action, let reason)) = error {
            return "\(action) failed (\(reason.lowercased()))"
        }
        let text = error.localizedDescription
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    private static func mebibytes(_ count: Int) -> String { String(format: "%.1f MiB", Double(count) / 1_048_576) }
}
