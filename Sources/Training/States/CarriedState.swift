import Foundation
import Torch

/// What a training carries from step to step beside parameters and moments, such as running means.
///
/// It is saved with every state, and given back when the training is gone on with.
public struct CarriedState {
    let tensors: () throws -> [String: Tensor]
    let values: () throws -> Data
    let restore: (Data, [String: Tensor]) throws -> Void

    /// Says what is carried.
    /// - Parameters:
    ///   - values: the small part, as it is after the last step.
    ///   - tensors: the large part, by name.
    ///   - restore: takes over both as they were saved; the tensors are on the CPU and have memory of their own.
    public init<Values: Codable>(
        values: @escaping () throws -> Values, tensors: @escaping () throws -> [String: Tensor] = { [:] },
        restore: @escaping (Values, [String: Tensor]) throws -> Void
    ) {
        self.tensors = tensors
        self.values = { try StateJSON.encoder.encode(values()) }
        self.restore = { try restore(StateJSON.decoder.decode(Values.self, from: $0), $1) }
    }
}

/// JSON in states: sorted, and with numbers that are not finite.
enum StateJSON {
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return encoder
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return decoder
    }
}
