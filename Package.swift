// swift-tools-version: 6.2
import PackageDescription

// The two external toolkits this package links: libtorch, found through the pkg-config file that
// `make setup` writes (.deps/pkgconfig/libtorch.pc), and the image codecs of the system.
let package = Package(
    name: "avar",
    products: [
        .executable(name: "avar", targets: ["avar"]),
        .library(name: "Torch", targets: ["Torch"]),
        .library(name: "QwenVL", targets: ["QwenVL"]),
        .library(name: "VisualAttention", targets: ["VisualAttention"]),
        .library(name: "Images", targets: ["Images"]),
        .library(name: "Tokenization", targets: ["Tokenization"]),
        .library(name: "Safetensors", targets: ["Safetensors"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .systemLibrary(name: "CLibTorch", pkgConfig: "libtorch"),
        .target(name: "CTorch", dependencies: ["CLibTorch"]),
        .target(
            name: "CImageCodecs",
            linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png16"), .linkedLibrary("webp")]),
        .target(name: "Safetensors"),
        .target(name: "Torch", dependencies: ["CTorch", "Safetensors"]),
        .target(name: "Images", dependencies: ["CImageCodecs"]),
        .target(name: "Tokenization"),
        .target(name: "QwenVL", dependencies: ["Torch", "Images", "Tokenization", "Safetensors"]),
        .target(name: "VisualAttention", dependencies: ["QwenVL", "Torch", "Images", "Tokenization"]),
        .executableTarget(
            name: "avar",
            dependencies: [
                "VisualAttention", "QwenVL", "Torch", "Images", "Tokenization", "Safetensors",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "SafetensorsTests", dependencies: ["Safetensors"]),
        .testTarget(name: "ImagesTests", dependencies: ["Images"]),
        .testTarget(name: "TokenizationTests", dependencies: ["Tokenization"]),
        .testTarget(name: "TorchTests", dependencies: ["Torch", "Safetensors"]),
        .testTarget(name: "QwenVLTests", dependencies: ["QwenVL", "Torch"]),
        .testTarget(
            name: "VisualAttentionTests", dependencies: ["VisualAttention", "QwenVL", "Torch", "Images", "Safetensors"]),
        .testTarget(name: "CommandTests", dependencies: ["avar", "Images", "Safetensors"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
