// swift-tools-version: 6.2
import PackageDescription

// The external toolkits this package links: libtorch and Arrow, found through the pkg-config files that `make setup` writes
// (.deps/pkgconfig/libtorch.pc and arrow.pc), and the image codecs and cairo of the system.
let package = Package(
    name: "avar",
    products: [
        .executable(name: "avar", targets: ["avar"]),
        .library(name: "Torch", targets: ["Torch"]),
        .library(name: "QwenVL", targets: ["QwenVL"]),
        .library(name: "VisualAttention", targets: ["VisualAttention"]),
        .library(name: "Samples", targets: ["Samples"]),
        .library(name: "Scoring", targets: ["Scoring"]),
        .library(name: "Mathematics", targets: ["Mathematics"]),
        .library(name: "Reports", targets: ["Reports"]),
        .library(name: "TensorBoard", targets: ["TensorBoard"]),
        .library(name: "Microworld", targets: ["Microworld"]),
        .library(name: "Training", targets: ["Training"]),
        .library(name: "ColdStart", targets: ["ColdStart"]),
        .library(name: "Reinforcement", targets: ["Reinforcement"]),
        .library(name: "Quality", targets: ["Quality"]),
        .library(name: "Serving", targets: ["Serving"]),
        .library(name: "Images", targets: ["Images"]),
        .library(name: "Tokenization", targets: ["Tokenization"]),
        .library(name: "Safetensors", targets: ["Safetensors"]),
        .library(name: "Parquet", targets: ["Parquet"]),
    ],
    dependencies: [
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibTorch", pkgConfig: "libtorch"),
        .target(name: "CTorch", dependencies: ["CLibTorch"]),
        .target(
            name: "CImageCodecs",
            linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png16"), .linkedLibrary("webp")]),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo"),
        .systemLibrary(name: "CLibArrow", pkgConfig: "arrow"),
        .target(name: "CParquet", dependencies: ["CLibArrow"]),
        .target(name: "Parquet", dependencies: ["CParquet"]),
        .target(name: "DurableFiles"),
        .target(name: "Safetensors", dependencies: ["DurableFiles"]),
        .target(name: "Torch", dependencies: ["CTorch", "Safetensors"]),
        .target(name: "Images", dependencies: ["CImageCodecs"]),
        .target(name: "RandomNumbers"),
        .target(name: "Statistics", dependencies: ["RandomNumbers"]),
        .target(name: "Microworld", dependencies: ["CCairo", "RandomNumbers"]),
        .target(
            name: "Serving",
            dependencies: [
                "Images", "RandomNumbers", "Tokenization",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "OracleServing",
            dependencies: [
                "Serving", "Microworld", "Images", "RandomNumbers",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(name: "Tokenization"),
        .target(
            name: "Requests",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        .target(
            name: "ChatEndpoints",
            dependencies: [
                "Requests",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .target(
            name: "Hub",
            dependencies: [
                "Requests", "DurableFiles",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .target(
            name: "QwenVL",
            dependencies: ["Torch", "Images", "Tokenization", "Safetensors", "DurableFiles", "RandomNumbers"]),
        .target(name: "Samples", dependencies: ["QwenVL", "Images", "Parquet", "RandomNumbers"]),
        .target(
            name: "VisualAttention",
            dependencies: [
                "QwenVL", "Torch", "Images", "Tokenization", "Safetensors", "RandomNumbers", "Statistics",
            ]),
        .target(name: "Mathematics", dependencies: [.product(name: "BigInt", package: "BigInt")]),
        .target(
            name: "Scoring", dependencies: ["Mathematics", "Statistics", .product(name: "BigInt", package: "BigInt")]),
        .target(
            name: "Quality",
            dependencies: ["Scoring", "Images", "RandomNumbers", .product(name: "Crypto", package: "swift-crypto")]),
        .target(
            name: "Evaluation",
            dependencies: [
                "Scoring", "Samples", "Microworld", "Parquet", "QwenVL", "Images", "Statistics",
                "VisualAttention", "ChatEndpoints", "Requests", "DurableFiles",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(name: "Reports"),
        .target(name: "TensorBoard"),
        .target(name: "SettingsFiles", dependencies: [.product(name: "Yams", package: "Yams")]),
        .target(name: "Training", dependencies: ["QwenVL", "Torch", "Safetensors", "DurableFiles", "RandomNumbers"]),
        .target(
            name: "ColdStart",
            dependencies: [
                "Training", "SettingsFiles", "Samples", "VisualAttention", "QwenVL", "Torch", "Images",
                "RandomNumbers",
            ]),
        .target(
            name: "Reinforcement",
            dependencies: [
                "ColdStart", "Training", "SettingsFiles", "Samples", "Scoring", "Statistics", "Requests",
                "VisualAttention", "QwenVL", "Torch", "Images", "RandomNumbers",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .target(
            name: "Synthesis",
            dependencies: [
                "ChatEndpoints", "Requests", "Samples", "SettingsFiles", "DurableFiles",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "Reproduction",
            dependencies: [
                "DurableFiles", "SettingsFiles", "Statistics", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "Pretraining",
            dependencies: [
                "Training", "SettingsFiles", "Microworld", "Samples", "QwenVL", "Torch", "RandomNumbers",
            ]),
        .target(
            name: "ModelServing",
            dependencies: ["Serving", "VisualAttention", "QwenVL", "Torch", "Images", "Tokenization"]),
        .executableTarget(
            name: "avar",
            dependencies: [
                "Reproduction", "Serving", "ModelServing", "OracleServing", "Quality", "Synthesis", "Statistics",
                "VisualAttention", "Reports", "TensorBoard", "Samples", "Microworld", "Pretraining", "ColdStart",
                "Training", "SettingsFiles", "Scoring", "Evaluation", "ChatEndpoints", "Requests",
                "Reinforcement", "QwenVL", "Torch", "Images", "Tokenization",
                "Safetensors", "Hub", "DurableFiles",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "HubServer",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/HubServer"),
        .executableTarget(
            name: "TinyTraining", dependencies: ["Training", "QwenVL", "Torch", "RandomNumbers"],
            path: "Tests/TinyTraining"),
        .executableTarget(
            name: "ScoringFuzz", dependencies: ["Scoring", "Mathematics", "RandomNumbers"], path: "Tests/ScoringFuzz"),
        .target(name: "HeadlessBrowser", path: "Tests/HeadlessBrowser"),
        .testTarget(name: "HubTests", dependencies: ["Hub", "HubServer", "Requests"]),
        .target(
            name: "ChatServer",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/ChatServer"),
        .executableTarget(
            name: "TinyEvaluation", dependencies: ["Evaluation", "ChatEndpoints"], path: "Tests/TinyEvaluation"),
        .testTarget(
            name: "EvaluationTests",
            dependencies: [
                "Evaluation", "ChatEndpoints", "Scoring", "Requests", "Samples", "Microworld", "QwenVL", "Images",
                "ChatServer", "TinyEvaluation",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .executableTarget(name: "TinySynthesis", dependencies: ["Synthesis"], path: "Tests/TinySynthesis"),
        .executableTarget(
            name: "TinyEndpoint",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TinyEndpoint"),
        .testTarget(
            name: "SynthesisTests",
            dependencies: [
                "Synthesis", "ChatEndpoints", "Requests", "Samples", "SettingsFiles", "ChatServer", "TinySynthesis",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(name: "DurableFilesTests", dependencies: ["DurableFiles"]),
        .testTarget(name: "SafetensorsTests", dependencies: ["Safetensors", "RandomNumbers"]),
        .testTarget(name: "ParquetTests", dependencies: ["Parquet"]),
        .testTarget(name: "ImagesTests", dependencies: ["Images", "RandomNumbers"]),
        .testTarget(name: "MicroworldTests", dependencies: ["Microworld", "Samples", "Images"]),
        .testTarget(name: "RandomNumbersTests", dependencies: ["RandomNumbers"]),
        .testTarget(name: "SettingsFilesTests", dependencies: ["SettingsFiles"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Training", "Pretraining", "Microworld", "QwenVL", "Torch", "Safetensors", "TinyTraining",
            ]),
        .testTarget(
            name: "ColdStartTests",
            dependencies: [
                "ColdStart", "Samples", "QwenVL", "Images", "Torch", "SettingsFiles", "RandomNumbers", "Training",
                "Safetensors",
            ]),
        .testTarget(
            name: "ReinforcementTests",
            dependencies: [
                "Reinforcement", "Scoring", "Requests", "Samples", "Microworld", "QwenVL", "Torch", "Training",
                "VisualAttention", "Images", "RandomNumbers", "ChatServer",
            ]),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "HeadlessBrowser"]),
        .testTarget(name: "MathematicsTests", dependencies: ["Mathematics"]),
        .testTarget(name: "ScoringTests", dependencies: ["Scoring", "Statistics"]),
        .testTarget(
            name: "QualityTests", dependencies: ["Quality", "Scoring", "Images", "Microworld", "RandomNumbers"]),
        .testTarget(name: "TensorBoardTests", dependencies: ["TensorBoard"]),
        .testTarget(name: "TokenizationTests", dependencies: ["Tokenization"]),
        .testTarget(name: "TorchTests", dependencies: ["Torch", "Safetensors"]),
        .testTarget(
            name: "QwenVLTests", dependencies: ["QwenVL", "Torch", "Tokenization", "Safetensors", "RandomNumbers"]),
        .testTarget(
            name: "ServingTests",
            dependencies: [
                "Serving", "OracleServing", "Microworld", "Images", "RandomNumbers",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .testTarget(name: "SamplesTests", dependencies: ["Samples", "QwenVL", "Images"]),
        .testTarget(
            name: "VisualAttentionTests",
            dependencies: [
                "VisualAttention", "Statistics", "QwenVL", "Torch", "Images", "Safetensors", "RandomNumbers",
            ]),
        .testTarget(
            name: "ReproductionTests", dependencies: ["Reproduction", "SettingsFiles", "Statistics"]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "avar", "HeadlessBrowser", "HubServer", "ChatServer", "Images", "QwenVL", "Safetensors", "Torch",
                "VisualAttention",
            ]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
