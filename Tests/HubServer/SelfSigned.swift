import Foundation
import NIOSSL

/// A certificate for `localhost` that nobody trusts.
///
/// Made for these tests with `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500
/// -subj /CN=localhost`; its key guards nothing.
public struct SelfSigned: Sendable {
    let context: NIOSSLContext

    /// Reads it.
    /// - Throws: an error of NIOSSL.
    public init() throws {
        let certificate = try NIOSSLCertificate(bytes: [UInt8](Self.certificate.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: [UInt8](Data(base64Encoded: Self.key) ?? Data()), format: .der)
        context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
    }

    private static let key =
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgt8W+V3rcLoa97FME4eg1Ky3DASbHRaS1ugAtrvOcTWqh"
        + "RANCAAQuPpYR3dYv09dltSnDCq29Xu5AM44ueByZ2yOZ8BzMbW5RIS/GgkOi9EOjh73TPxSAJAXkgb+m2DpYYariDsTp"
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUY2KMaxfLeaVIXAnWd8cWva8WHpcwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDE1MjExN1oYDzIxMjYxMDMx
        MTUyMTE3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQuPpYR3dYv09dltSnDCq29Xu5AM44ueByZ2yOZ8BzMbW5RIS/GgkOi
        9EOjh73TPxSAJAXkgb+m2DpYYariDsTpo28wbTAdBgNVHQ4EFgQUHNOcOoGA7Y/M
        Fhjv6hTl4n9QTDkwHwYDVR0jBBgwFoAUHNOcOoGA7Y/MFhjv6hTl4n9QTDkwDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSAAwRQIgK+ptV5E/Ro6LHjy/z3VZcV/z/FczpwHIo/yY5j/zC+8CIQCv
        /9uaTjQxIfcfJRQxNJwS6JFUP8iAgP+0sgtVeRwRAQ==
        -----END CERTIFICATE-----
        """
}
