extension SafetensorsError {
    /// Why a file could not be written; whatever it is, nothing half-written is left behind.
    public enum WritingProblem: Equatable, Sendable {
        /// Two tensors have the same name.
        case repeatedName(String)
        /// A tensor is called `__metadata__`, which the format keeps for itself.
        case reservedName
        /// A tensor has a negative dimension, or a size, alone or with those before it, that passes 64 bits.
        case impossibleShape(tensor: String, shape: [Int], dtype: SafetensorsDType)
        /// The names, shapes and metadata make a header of `length` bytes, more than the `limit` readers accept.
        case headerTooLong(length: Int, limit: Int)
        /// The source of a tensor supplied `found` bytes (or more) instead of `expected`.
        case wrongByteCount(tensor: String, expected: Int, found: Int)
        /// A limit below one byte was asked for shards.
        case shardLimit(Int)
        /// The disk is full: `needed` bytes were asked for and `available` are free, if the system says so.
        case diskFull(needed: Int, available: Int?)
        /// The system refuses a step, named by `action`, for the `reason` it gives.
        case refused(action: String, reason: String)

        var sentence: String {
            switch self {
            case .repeatedName(let name):
                "was not written: two tensors are called \(JSONText.quoted(name)); give every tensor its own name"
            case .reservedName:
                "was not written: no tensor may be called \(JSONText.quoted(Header.metadataKey)); rename it"
            case .impossibleShape(let tensor, let shape, let dtype):
                "was not written: tensor \(JSONText.quoted(tensor)) has the shape \(shape) of \(dtype.rawValue), "
                    + "which no file can hold; give it dimensions of 0 or more and of a reasonable size"
            case .headerTooLong(let length, let limit):
                "was not written: its header would take \(length) bytes, more than the \(limit) that readers accept; "
                    + "write fewer tensors or shorter metadata into one file"
            case .wrongByteCount(let tensor, let expected, let found):
                "was not written: the source of tensor \(JSONText.quoted(tensor)) supplied \(found) bytes "
                    + "where its shape takes \(expected); supply exactly as many"
            case .shardLimit(let limit):
                "was not written: a shard cannot be limited to \(limit) bytes; give a limit of 1 or more"
            case .diskFull(let needed, let available):
                "was not written: the disk is full (\(needed) bytes needed"
                    + (available.map { ", \($0) free" } ?? "") + "); free some space or choose another folder"
            case .refused(let action, let reason):
                "was not written: \(action) failed (\(reason)); check that the folder exists and may be written to"
            }
        }
    }
}
