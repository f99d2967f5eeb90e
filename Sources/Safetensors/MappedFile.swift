import Foundation

/// A whole file mapped into memory, read-only and private, for as long as anyone holds this object.
///
/// Pages are read from disk when they are first touched and can be dropped again by the system, so a map of any size
/// costs next to no memory by itself. Replacing the file by another of the same name leaves the map as it was, but
/// cutting the file short in place makes a later access to the lost part end the process (SIGBUS).
///
/// `@unchecked Sendable` because the only stored value is the address of memory that nobody can write to and that
/// stays in place until `deinit`.
public final class MappedFile: @unchecked Sendable {
    /// The bytes of the file, valid while this object lives; writing to them ends the process.
    public let bytes: UnsafeRawBufferPointer

    /// Maps the file at `path`.
    /// - Parameters:
    ///   - path: the file; links are followed.
    ///   - minimumByteCount: the least size to map; 1 or more, because an empty range of memory cannot be mapped.
    /// - Throws: ``SafetensorsError/file(path:_:)``, or
    ///   ``SafetensorsError/HeaderProblem/fileTooShort(byteCount:)`` for a file below the least size.
    init(path: String, minimumByteCount: Int) throws {
        // Non-blocking, because opening a pipe without a writer would wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw SafetensorsError.file(path: path, .cannotOpen(reason: SafetensorsError.reason(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw SafetensorsError.file(path: path, .cannotOpen(reason: SafetensorsError.reason(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SafetensorsError.file(path: path, .notARegularFile)
        }
        let byteCount = Int(status.st_size)
        guard byteCount >= minimumByteCount else {
            throw SafetensorsError.header(path: path, .fileTooShort(byteCount: byteCount))
        }
        guard let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw SafetensorsError.file(
                path: path, .cannotMap(byteCount: byteCount, reason: SafetensorsError.reason(errno)))
        }
        bytes = UnsafeRawBufferPointer(start: address, count: byteCount)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }
}

/// The bytes of one tensor inside a mapped file, together with the object that keeps them mapped.
public struct MappedRegion: Sendable {
    /// What must be retained as long as an address inside the region is in use.
    public let owner: MappedFile
    /// Where in the file the region lies.
    public let byteRange: Range<Int>

    /// The region's memory, valid while ``owner`` lives; writing to it ends the process.
    public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: owner.bytes[byteRange])
    }
}
