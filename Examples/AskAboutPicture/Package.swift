// swift-tools-version: 6.2
import PackageDescription

// A package that uses avar's libraries, as yours might: by path here, by URL elsewhere.
let package = Package(
    name: "AskAboutPicture",
    dependencies: [.package(name: "avar", path: "../..")],
    targets: [
        .executableTarget(
            name: "AskAboutPicture",
            dependencies: [
                .product(name: "VisualAttention", package: "avar"), .product(name: "Images", package: "avar"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
