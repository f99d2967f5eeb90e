import Foundation
import Microworld

/// The files that `make install` puts beside the command, in PREFIX/share/avar.
enum Installation {
    /// That folder, if this command is an installed one: it lies in PREFIX/bin, whatever links lead there.
    static let shared: URL? = {
        guard let command = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return nil }
        let folder = command.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("share/avar", isDirectory: true)
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    /// The small checkpoint of the microworld: the installed one, otherwise that of a checkout, whose folder one is in.
    static var checkpoint: String {
        shared?.appendingPathComponent("Checkpoints/microworld").path ?? "Checkpoints/microworld"
    }

    /// Lets pictures be drawn in the installed font, on a system without fonts too, and everywhere alike.
    ///
    /// fontconfig's settings are the installed ones unless the user names others in FONTCONFIG_FILE: a bare system has none. To
    /// be called while the process has one thread.
    static func useFont() {
        guard let fonts = shared?.appendingPathComponent("fonts") else { return }
        setenv("FONTCONFIG_FILE", fonts.appendingPathComponent("fonts.conf").path, 0)
        SceneRenderer.addFont(path: fonts.appendingPathComponent("DejaVuSans-Bold.ttf").path)
    }
}
