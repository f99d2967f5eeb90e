import Foundation

/// What a user gave for a model: a folder, or a name on the Hub.
public enum ModelSource: Sendable, Equatable {
    /// A folder that is there.
    case folder(URL)
    /// A name, to be looked up in the cache or downloaded.
    case hub(HubModel)

    /// Tells a folder from a name: a folder that is there wins.
    /// - Parameters:
    ///   - text: a path, in which a leading `~` is the home folder, or `owner/name`, or `owner/name@revision`.
    ///   - revision: the revision of a name.
    /// - Throws: ``HubError`` if it is neither, or a revision is given with a folder.
    public init(_ text: String, revision: String? = nil) throws {
        let path = (text as NSString).expandingTildeInPath
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else { throw HubError.notAFolder(path: path) }
            if let revision { throw HubError.revisionOfFolder(path: path, revision: revision) }
            self = .folder(URL(fileURLWithPath: path, isDirectory: true))
            return
        }
        do {
            self = .hub(try HubModel(text, revision: revision))
        } catch HubError.name {
            throw HubError.noSuchFolder(path: path)
        }
    }
}
