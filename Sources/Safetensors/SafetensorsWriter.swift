import Foundation

/// Writes safetensors files and sharded checkpoints as the reference libraries write them.
///
/// Files appear complete or not at all: they are written beside their place under a temporary name, flushed to disk,
/// and renamed. So a file may also be written over itself while it is mapped.
public enum SafetensorsWriter {
    /// A tensor to be written, and where its bytes come from.
    public struct Tensor {
        /// Passes a piece of the tensor's bytes on to the file.
        public typealias Emit = (_ bytes: UnsafeRawBufferPointer) throws -> Void

        /// Its name, unique among the tensors written together.
        public let name: String
        /// The type of its elements.
        public let dtype: SafetensorsDType
        /// Its extents, outermost first; empty for a scalar.
        public let shape: [Int]
        let supply: (_ emit: Emit) throws -> Void

        /// Describes a tensor.
        /// - Parameters:
        ///   - name: its name, unique among the tensors written together.
        ///   - dtype: the type of its elements.
        ///   - shape: its extents, outermost first; empty for a scalar.
        ///   - supply: called once, when the tensor's turn comes. It hands its bytes (row-major, little-endian) to
        ///     `emit` in one piece or several, so no more than a piece need be in memory.
        public init(
            name: String, dtype: SafetensorsDType, shape: [Int], supply: @escaping (_ emit: Emit) throws -> Void
        ) {
            self.name = name
            self.dtype = dtype
            self.shape = shape
            self.supply = supply
        }

        func byteCount(path: String) throws -> Int {
            guard let count = dtype.byteCount(ofShape: shape) else { throw overflow(path: path) }
            return count
        }

        func overflow(path: String) -> SafetensorsError {
            .writing(path: path, .impossibleShape(tensor: name, shape: shape, dtype: dtype))
        }
    }

    /// The metadata that transformers writes, and that some of its releases insist on when they read.
    public static let transformersMetadata = ["format": "pt"]

    /// Writes one file, byte for byte as the reference writes the same content.
    ///
    /// Tensors are stored by falling width of their elements, then by name, whatever order they come in, so each of
    /// them is aligned. A file that exists at `url` is replaced in one step; on failure it stays as it was.
    /// - Parameters:
    ///   - tensors: what to write; asked for their bytes one after the other.
    ///   - metadata: strings for `__metadata__`, which is left out if there are none.
    ///   - url: the file, in a folder that exists.
    /// - Throws: ``SafetensorsError``, or what a tensor's source throws.
    public static func write(
        _ tensors: [Tensor], metadata: [String: String] = transformersMetadata, to url: URL
    ) throws {
        let plan = try FilePlan(tensors, metadata: metadata, path: url.path)
        try FreeSpace.require(plan.byteCount, besides: url.path)
        try stage(plan, at: url).commit()
    }

    /// Writes a file completely under its temporary name.
    static func stage(_ plan: FilePlan, at url: URL) throws -> StagedFile {
        let file = try StagedFile(destination: url.path, byteCount: plan.byteCount)
        try plan.emit(into: file, path: url.path)
        try file.finish()
        return file
    }
}
