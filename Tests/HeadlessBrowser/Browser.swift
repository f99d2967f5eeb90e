import Foundation
import Glibc

/// What can go wrong with the browser of these tests.
package enum BrowserError: Error, CustomStringConvertible {
    case missing
    case start(Int32)
    case silent(waitingFor: String, seconds: Double, log: String)
    case ended(waitingFor: String, log: String)
    case refused(method: String, message: String)

    package var description: String {
        switch self {
        case .missing: "Chromium is not installed; Scripts/setup-browser.sh installs it, and make test runs that first."
        case .start(let code): "Chromium did not start: \(String(cString: strerror(code)))."
        case .silent(let what, let seconds, let log):
            "Chromium said nothing of \(what) in \(seconds) s. Its log: \(log)"
        case .ended(let what, let log): "Chromium ended while \(what) was awaited. Its log: \(log)"
        case .refused(let method, let message): "Chromium refused \(method): \(message)"
        }
    }
}

/// A headless Chromium, spoken to over the pipes of the DevTools protocol: messages of JSON, each ended by a zero byte.
///
/// Used from one thread. Everything has a time limit, and the browser with all its processes ends with this object.
package final class Browser {
    /// What the browser says of its own accord.
    package struct Event {
        package let method: String
        package let parameters: [String: Any]
    }

    /// Everything it has said so far, in order.
    package private(set) var events: [Event] = []
    /// Where downloads go.
    package let downloads: URL
    private let profile: URL
    private let process: pid_t
    private let commands: Int32
    private let answers: Int32
    private var buffer = Data()
    private var lastID = 0
    private var session: String?

    private static let limit = 60.0

    private static func executable() throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        for name in ["chromium", "chromium-browser", "google-chrome"] {
            for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        }
        throw BrowserError.missing
    }

    /// Starts the browser with one empty page.
    package init() throws {
        let executable = try Self.executable()
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("avar-browser-\(UUID().uuidString)")
        profile = place
        downloads = place.appendingPathComponent("downloads")
        try FileManager.default.createDirectory(at: downloads, withIntermediateDirectories: true)
        let (commandsOut, commandsIn) = try Self.pipe()
        let (answersOut, answersIn) = try Self.pipe()
        commands = commandsIn
        answers = answersOut
        process = try Self.spawn(
            executable,
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-extensions", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-pipe",
                "--user-data-dir=\(place.appendingPathComponent("profile").path)", "about:blank",
            ], input: commandsOut, output: answersIn, log: place.appendingPathComponent("log"))
        close(commandsOut)
        close(answersIn)
        try openPage()
    }

    deinit {
        close(commands)
        close(answers)
        // The group, since the browser has many processes.
        kill(-process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        // Its processes may still be closing files.
        for _ in 0..<20 {
            if (try? FileManager.default.removeItem(at: profile)) != nil { break }
            usleep(100_000)
        }
    }

    // MARK: Process

    /// Two joined ends above the descriptors that the browser expects its own at.
    ///
    /// Sockets in place of pipes: writing to one that nobody reads can be told to fail without a signal.
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw BrowserError.start(errno)
        }
        let raised = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 20) }
        ends.forEach { close($0) }
        return (raised[0], raised[1])
    }

    private static func spawn(
        _ executable: String, _ arguments: [String], input: Int32, output: Int32, log: URL
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 3)
        posix_spawn_file_actions_adddup2(&actions, output, 4)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, executable, &actions, &attributes, words, environ)
        guard code == 0 else { throw BrowserError.start(code) }
        return process
    }

    private var log: String {
        let text = (try? String(contentsOf: profile.appendingPathComponent("log"), encoding: .utf8)) ?? ""
        return String(text.suffix(600))
    }

    // MARK: Messages

    private func openPage() throws {
        let targets = try call("Target.getTargets")["targetInfos"] as? [[String: Any]] ?? []
        let page =
            try targets.first { $0["type"] as? String == "page" }?["targetId"] as? String
            ?? call("Target.createTarget", ["url": "about:blank"])["targetId"] as? String
        session = try call("Target.attachToTarget", ["targetId": page ?? "", "flatten": true])["sessionId"] as? String
        for domain in ["Page", "Runtime", "Log", "Network"] { try call("\(domain).enable") }
        let behaviour: [String: Any] = ["behavior": "allow", "downloadPath": downloads.path, "eventsEnabled": true]
        try call("Browser.setDownloadBehavior", behaviour, ofPage: false)
    }

    /// Asks for something and waits for the answer.
    @discardableResult
    package func call(_ method: String, _ parameters: [String: Any] = [:], ofPage: Bool = true) throws -> [String: Any]
    {
        lastID += 1
        var message: [String: Any] = ["id": lastID, "method": method, "params": parameters]
        if ofPage, let session { message["sessionId"] = session }
        try send(try JSONSerialization.data(withJSONObject: message) + [0], method)
        let id = lastID
        let answer = try wait(for: "the answer to \(method)") { $0["id"] as? Int == id }
        if let error = answer["error"] as? [String: Any] {
            throw BrowserError.refused(method: method, message: error["message"] as? String ?? "\(error)")
        }
        return answer["result"] as? [String: Any] ?? [:]
    }

    private func send(_ data: Data, _ method: String) throws {
        var rest = data[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(commands, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw BrowserError.ended(waitingFor: method, log: log) }
            rest = rest.dropFirst(count)
        }
    }

    /// Waits until an event has come that satisfies a condition, among those from a place in ``events`` on.
    @discardableResult
    package func event(
        _ method: String, since start: Int = 0, where condition: ([String: Any]) -> Bool = { _ in true }
    ) throws -> Event {
        func found() -> Event? {
            events.dropFirst(start).first { $0.method == method && condition($0.parameters) }
        }
        if let event = found() { return event }
        _ = try wait(for: method) { _ in found() != nil }
        return try found() ?? { throw BrowserError.ended(waitingFor: method, log: log) }()
    }

    /// Reads messages until one satisfies a condition; events are kept before they are judged.
    private func wait(for what: String, until isWanted: ([String: Any]) -> Bool) throws -> [String: Any] {
        let deadline = Date().addingTimeInterval(Self.limit)
        while true {
            while let end = buffer.firstIndex(of: 0) {
                let text = Data(buffer[buffer.startIndex..<end])
                buffer = Data(buffer[(end + 1)...])
                guard let message = try JSONSerialization.jsonObject(with: text) as? [String: Any] else { continue }
                if let method = message["method"] as? String {
                    events.append(Event(method: method, parameters: message["params"] as? [String: Any] ?? [:]))
                }
                if isWanted(message) { return message }
            }
            let left = deadline.timeIntervalSinceNow
            guard left > 0 else { throw BrowserError.silent(waitingFor: what, seconds: Self.limit, log: log) }
            var descriptor = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, Int32(min(left, 1) * 1000)) > 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(answers, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw BrowserError.ended(waitingFor: what, log: log) }
            buffer.append(contentsOf: bytes.prefix(count))
        }
    }

    /// What the page complained of: errors and warnings on the console, exceptions, refused requests.
    package var complaints: [String] {
        events.compactMap { event in
            switch event.method {
            case "Runtime.exceptionThrown": return "\(event.parameters)"
            case "Runtime.consoleAPICalled":
                return ["error", "warning"].contains(event.parameters["type"] as? String) ? "\(event.parameters)" : nil
            case "Log.entryAdded": return "\(event.parameters)"
            default: return nil
            }
        }
    }

    // MARK: What a reader does

    /// Opens a file from disk in a window of a width, and waits until it is there.
    package func open(_ file: URL, width: Int, height: Int = 900, dark: Bool = false) throws {
        try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
        let scheme = ["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]
        try call("Emulation.setEmulatedMedia", ["features": [scheme]])
        let start = events.count
        try call("Page.navigate", ["url": file.absoluteString])
        try event("Page.loadEventFired", since: start)
    }

    /// The value of an expression in the page.
    package func evaluate(_ expression: String) throws -> Any? {
        let answer = try call("Runtime.evaluate", ["expression": expression, "returnByValue": true])
        if let problem = answer["exceptionDetails"] as? [String: Any] {
            throw BrowserError.refused(method: expression, message: "\(problem)")
        }
        return (answer["result"] as? [String: Any])?["value"]
    }

    /// A picture of a part of the window, or of all of it.
    package func screenshot(_ box: Box? = nil) throws -> Data {
        var parameters: [String: Any] = ["format": "png"]
        if let box {
            // The protocol counts from the top of the page.
            let scrolled = (try evaluate("scrollY") as? NSNumber)?.doubleValue ?? 0
            parameters["clip"] = [
                "x": box.x, "y": box.y + scrolled, "width": box.width, "height": box.height, "scale": 1,
            ]
        }
        let text = try call("Page.captureScreenshot", parameters)["data"] as? String ?? ""
        return Data(base64Encoded: text) ?? Data()
    }

    /// The rectangle of an element in the window, scrolled into view.
    package struct Box {
        package let x: Double
        package let y: Double
        package let width: Double
        package let height: Double

        package init(x: Double, y: Double, width: Double, height: Double) {
            self.x = x
            self.y = y
            self.width = width
            self.height = height
        }
    }

    /// Where the element of a selector lies, after it is scrolled into view.
    package func box(_ selector: String) throws -> Box {
        let expression = """
            (() => { const e = document.querySelector(\(String(reflecting: selector)));
            e.scrollIntoView({block: "center"});
            const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()
            """
        let numbers = try evaluate(expression) as? [Any] ?? []
        let values = numbers.compactMap { ($0 as? NSNumber)?.doubleValue }
        guard values.count == 4 else { throw BrowserError.refused(method: selector, message: "it has no rectangle") }
        return Box(x: values[0], y: values[1], width: values[2], height: values[3])
    }

    /// Moves the mouse over the middle of a rectangle.
    package func hover(_ box: Box) throws { try mouse("mouseMoved", box) }

    /// Clicks the middle of the element of a selector.
    package func click(_ selector: String) throws {
        let box = try box(selector)
        try mouse("mouseMoved", box)
        try mouse("mousePressed", box, button: "left")
        try mouse("mouseReleased", box, button: "left")
    }

    private func mouse(_ kind: String, _ box: Box, button: String = "none") throws {
        try call(
            "Input.dispatchMouseEvent",
            [
                "type": kind, "x": box.x + box.width / 2, "y": box.y + box.height / 2, "button": button,
                "clickCount": button == "none" ? 0 : 1, "pointerType": "mouse",
            ])
    }

    /// Presses and releases a key.
    package func press(_ key: String, code: Int) throws {
        for kind in ["rawKeyDown", "keyUp"] {
            try call(
                "Input.dispatchKeyEvent", ["type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code])
        }
    }

    /// Clicks a button that saves a file, and reads the file.
    package func download(_ selector: String) throws -> (name: String, data: Data) {
        let start = events.count
        try click(selector)
        let begun = try event("Browser.downloadWillBegin", since: start)
        let name = begun.parameters["suggestedFilename"] as? String ?? ""
        let guid = begun.parameters["guid"] as? String
        try event("Browser.downloadProgress", since: start) {
            $0["guid"] as? String == guid && $0["state"] as? String == "completed"
        }
        let file = downloads.appendingPathComponent(name)
        let data = try Data(contentsOf: file)
        try FileManager.default.removeItem(at: file)
        return (name, data)
    }
}
