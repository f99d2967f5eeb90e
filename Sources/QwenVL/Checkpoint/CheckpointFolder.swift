import Foundation

/// The folder of a checkpoint.
package enum CheckpointFolder {
    /// Throws unless the folder is there and can be listed.
    package static func requireReadable(_ folder: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else {
            throw QwenVLError.unreadable(path: folder.path, reason: "there is no such folder")
        }
        guard isFolder.boolValue else {
            throw QwenVLError.unreadable(path: folder.path, reason: "it is a file; give the checkpoint's folder")
        }
        do {
            _ = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw QwenVLError.unreadable(path: folder.path, reason: JSONFile.reason(of: error))
        }
    }
}
