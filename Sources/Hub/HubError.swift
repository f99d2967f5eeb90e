import Foundation

/// What can be wrong with a name, a server, a download or the cache.
public enum HubError: Error, LocalizedError, Equatable {
    /// Text that is no name of a model.
    case name(String)
    /// Text that is no name of a revision, or two revisions.
    case revision(String)
    /// A path without a folder that is no name of a model either.
    case noSuchFolder(path: String)
    /// A file where a folder is wanted.
    case notAFolder(path: String)
    /// A revision, which a folder does not have.
    case revisionOfFolder(path: String, revision: String)
    /// An `HF_ENDPOINT` that is no address.
    case endpoint(String)
    /// A token with characters that cannot be sent.
    case token
    /// A model that is not complete in the cache while requests are forbidden.
    case offline(model: String, cache: String, missing: [String])
    /// A refusal of the server.
    case refused(model: HubModel, endpoint: String, Refusal)
    /// A repository that holds no weights in safetensors files.
    case noWeights(model: String)
    /// A file that should be an index of shards.
    case noIndex(path: String)
    /// A name in an index that could lead out of the folder.
    case unsafeName(index: String, name: String)
    /// An answer that no Hub gives.
    case answer(host: String, problem: String)
    /// A server that cannot prove who it is.
    case certificate(host: String)
    /// A failure that stayed, though the request was repeated.
    case gaveUp(file: String, host: String, reason: String, repetitions: Int)
    /// Content that is not what the Hub says it is, twice.
    case checksum(file: String, host: String, expected: String, found: String)
    /// A file or folder of the cache that cannot be read or written.
    case cache(path: String, action: String, reason: String)
    /// A disk without room.
    case diskFull(path: String, needed: Int, available: Int?)

    /// Why a server gives nothing.
    public enum Refusal: Sendable, Equatable {
        /// It knows no such model, or hides it.
        case unknownModel
        /// It knows the model, but not the revision.
        case unknownRevision
        /// It has no such file.
        case unknownFile(String)
        /// It wants to know who asks.
        case unauthorized(hasToken: Bool)
        /// It knows who asks, and says no.
        case forbidden
        /// Another status than those above stand for.
        case status(Int)
    }

    /// One sentence: what was wrong, where, what to do.
    public var errorDescription: String? {
        switch self {
        case .name(let text):
            return "\(text) is no name of a model on the Hub; one looks like Qwen/Qwen2.5-VL-7B-Instruct."
        case .revision(let text):
            return "\(text) is not one revision; give one branch, tag or commit."
        case .noSuchFolder(let path):
            return
                "\(path) cannot be read: there is no such folder, and it is no name on the Hub, of the form owner/name."
        case .notAFolder(let path):
            return "\(path) is a file; give the folder of the checkpoint it belongs to."
        case .revisionOfFolder(let path, let revision):
            return "\(path) is a folder, which has no revision \(revision); leave --revision out."
        case .endpoint(let text):
            return "HF_ENDPOINT is \(text), which is no address of a server; one looks like https://huggingface.co."
        case .token:
            return "The token holds characters that no token has; set HF_TOKEN to the token alone, as the Hub shows it."
        case .offline(let model, let cache, let missing):
            return
                "\(model) is not complete in \(cache) (\(missing.joined(separator: ", ")) missing), and HF_HUB_OFFLINE "
                + "forbids a download; unset it, or download the model first."
        case .refused(let model, let endpoint, let refusal):
            return refusal.sentence(model: model, endpoint: endpoint)
        case .noWeights(let model):
            return "\(model) has neither model.safetensors nor model.safetensors.index.json; other kinds of weights "
                + "are not read, convert them to safetensors."
        default:
            return transferDescription
        }
    }

    /// The sentences about downloads and the disk.
    private var transferDescription: String? {
        switch self {
        case .noIndex(let path):
            return "\(path) names no shards of weights; tell the owner of the repository, or try another revision."
        case .unsafeName(let index, let name):
            return
                "\(index) names \(name.debugDescription), which is no plain file name of a shard; do not trust this repository."
        case .answer(let host, let problem):
            return "\(host) \(problem), so it does not answer like a Hub; check HF_ENDPOINT, and proxies in between."
        case .certificate(let host):
            return "\(host) shows a certificate that this machine does not trust, so nothing was sent to it; check "
                + "HF_ENDPOINT and the clock, and install the certificate of a proxy if there is one."
        case .gaveUp(let file, let host, let reason, let repetitions):
            let vain = repetitions > 0 ? ", and \(repetitions) repetitions brought nothing more" : ""
            return "\(file) could not be had from \(host): \(reason)\(vain); check the network and run the same "
                + "command again later, it goes on where it stopped."
        case .checksum(let file, let host, let expected, let found):
            return "\(file) from \(host) arrived damaged twice: its checksum is \(found), not \(expected); run the "
                + "same command again, and look for a proxy that changes files if it stays so."
        case .cache(let path, let action, let reason):
            return
                "\(path) cannot be \(action): \(reason); make the cache usable, or choose another folder with HF_HOME."
        case .diskFull(let path, let needed, let available):
            let room = available.map { ", of which \($0.megabytes) are free" } ?? ""
            return "The disk of \(path) is too full: \(needed.megabytes) are needed\(room); make room and run the same "
                + "command again, or choose another disk with HF_HOME."
        default:
            return nil
        }
    }
}

extension HubError.Refusal {
    fileprivate func sentence(model: HubModel, endpoint: String) -> String {
        switch self {
        case .unknownModel:
            "\(model.id) is neither a folder here nor a model that \(endpoint) shows; check the name, and set HF_TOKEN "
                + "if the repository is private."
        case .unknownRevision:
            "\(model.id) has no revision \(model.revision) at \(endpoint); check the name of the branch, tag or commit."
        case .unknownFile(let file):
            "\(model.id) at \(model.revision) has no file \(file) at \(endpoint), though its list or index names it; "
                + "tell the owner of the repository."
        case .unauthorized(hasToken: false):
            "\(endpoint) gives \(model.id) to known users alone (401), or does not have it; check the name, accept the "
                + "licence on its page if there is one, and set HF_TOKEN."
        case .unauthorized(hasToken: true):
            "\(endpoint) does not accept the token for \(model.id) (401); set HF_TOKEN to a valid one."
        case .forbidden:
            "\(endpoint) refuses access to \(model.id) (403); accept the licence on \(endpoint)/\(model.id) and set "
                + "HF_TOKEN to a token of that account that may read the repository."
        case .status(let status):
            "\(endpoint) answered \(status) when asked for \(model.id); try again later, and check HF_ENDPOINT."
        }
    }
}

extension Int {
    /// As megabytes, with one decimal.
    fileprivate var megabytes: String { String(format: "%.1f MB", Double(self) / 1e6) }
}
