import Foundation

/// Makes new names in a folder survive a power cut; the bytes of a file likewise.
///
/// Some file systems refuse to flush a folder; its files are complete all the same, so that is no error.
/// - Parameter url: the folder, or the file.
package func flushFolder(_ url: URL) {
    let folder = open(url.path, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
}

/// Flushes all files of a folder and of the folders in it.
/// - Parameter url: the folder.
package func flushTree(_ url: URL) {
    let enumerator = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
    for case let item as URL in enumerator ?? .init() { flushFolder(item) }
    flushFolder(url)
}

/// Puts a folder in the place of another in one step, so that at any moment there is one of the two; the old one is then where the
/// new one was.
/// - Parameters:
///   - new: the folder that is to take a place.
///   - old: the place, where there need not be a folder.
/// - Returns: false if the system refuses, which `errno` then gives the reason of.
package func exchange(_ new: URL, _ old: URL) -> Bool {
    if rename(new.path, old.path) == 0 { return true }
    guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else { return false }
    // The C library has the function, but declares it for GNU sources only.
    typealias RenameAt2 = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
    let exchanges: UInt32 = 2  // RENAME_EXCHANGE
    if let symbol = dlsym(nil, "renameat2") {
        let renameAt2 = unsafeBitCast(symbol, to: RenameAt2.self)
        if renameAt2(AT_FDCWD, new.path, AT_FDCWD, old.path, exchanges) == 0 { return true }
    }
    // File systems that cannot exchange have a moment without either.
    guard (try? FileManager.default.removeItem(at: old)) != nil else { return false }
    return rename(new.path, old.path) == 0
}
