import Foundation
import Safetensors
import Testing

/// Files of the reference library, read and compared with the values that `make_fixtures.py` spells out.
@Suite struct GoldenFileTests {
    private struct Expected: Equatable {
        let dtype: SafetensorsDType
        let shape: [Int]
        let bytes: [UInt8]
    }

    private static let everyDType: [String: Expected] = [
        "bool": Expected(dtype: .bool, shape: [3], bytes: [1, 0, 1]),
        "uint8": Expected(dtype: .uint8, shape: [3], bytes: [0, 1, 255]),
        "int8": Expected(dtype: .int8, shape: [3], bytes: littleEndian([Int8.min, 0, .max])),
        "float8e5m2": Expected(dtype: .float8e5m2, shape: [4], bytes: [0x00, 0x38, 0xC0, 0x7F]),
        "float8e4m3": Expected(dtype: .float8e4m3, shape: [4], bytes: [0x00, 0x38, 0xC0, 0x7F]),
        "int16": Expected(dtype: .int16, shape: [3], bytes: littleEndian([Int16.min, 0, .max])),
        "uint16": Expected(dtype: .uint16, shape: [3], bytes: littleEndian([UInt16(0), 1, .max])),
        "float16": Expected(
            dtype: .float16, shape: [2, 2], bytes: littleEndian([UInt16](arrayLiteral: 0xBE00, 0, 0x7BFF, 0x3400))),
        "bfloat16": Expected(
            dtype: .bfloat16, shape: [3, 1], bytes: littleEndian([UInt16](arrayLiteral: 0xBFC0, 0, 0x4040))),
        "int32": Expected(dtype: .int32, shape: [3], bytes: littleEndian([Int32.min, 0, .max])),
        "uint32": Expected(dtype: .uint32, shape: [3], bytes: littleEndian([UInt32(0), 1, .max])),
        "float32": Expected(
            dtype: .float32, shape: [2, 3], bytes: littleEndian([Float(0), 0.5, 1, 1.5, 2, .infinity])),
        "float64": Expected(dtype: .float64, shape: [2], bytes: littleEndian([0.1, -0.2])),
        "int64": Expected(dtype: .int64, shape: [3], bytes: littleEndian([Int64.min, 0, .max])),
        "uint64": Expected(dtype: .uint64, shape: [3], bytes: littleEndian([UInt64(0), 1, .max])),
        "scalar": Expected(dtype: .float32, shape: [], bytes: littleEndian([Float(2.5)])),
        "empty": Expected(dtype: .float32, shape: [0, 3], bytes: []),
        "empty.inside": Expected(dtype: .bfloat16, shape: [2, 0, 4], bytes: []),
    ]

    @Test func everyDTypeIsReadWithItsShapeAndBytes() throws {
        let file = try SafetensorsFile(contentsOf: fixtures.appendingPathComponent("every_dtype.safetensors"))
        var found: [String: Expected] = [:]
        for entry in file.entries {
            let bytes = try file.bytes(of: entry.name)
            found[entry.name] = Expected(dtype: entry.dtype, shape: entry.shape, bytes: bytes)
            #expect(entry.elementCount == entry.shape.reduce(1, *))
            #expect(entry.isAligned)
        }
        #expect(found == Self.everyDType)
        #expect(Set(found.values.map(\.dtype)) == Set(SafetensorsDType.allCases))
        #expect(file.metadata == ["format": "pt"])
    }

    @Test func namesComeInTheOrderOfTheirBytes() throws {
        let file = try SafetensorsFile(contentsOf: fixtures.appendingPathComponent("every_dtype.safetensors"))
        #expect(
            file.names == [
                "uint64", "int64", "float64", "empty", "float32", "scalar", "uint32", "int32", "bfloat16",
                "empty.inside", "float16", "uint16", "int16", "float8e4m3", "float8e5m2", "int8", "uint8", "bool",
            ])
    }

    @Test func namesAreComparedByteForByte() throws {
        let file = try SafetensorsFile(contentsOf: fixtures.appendingPathComponent("names.safetensors"))
        let expected: [(name: String, value: UInt8)] = [
            ("e\u{301}", 1), ("\u{E9}", 2), ("重み.图像", 3), ("😀", 4), (#"quote " backslash \ slash /"#, 5),
            ("tab\tnewline\nbell\u{7}delete\u{7F}", 6), ("", 7),
        ]
        for (name, value) in expected {
            #expect(try file.bytes(of: name) == [value])
        }
        #expect(file.entries.count == expected.count)
        #expect(file.metadata == ["ключ\r\u{8}\u{c}": "\u{2028} ü \u{1}"])
    }

    @Test func fileWithoutTensorsIsValid() throws {
        let file = try SafetensorsFile(contentsOf: fixtures.appendingPathComponent("nothing.safetensors"))
        #expect(file.names.isEmpty)
        #expect(file.metadata.isEmpty)
    }

    @Test(arguments: ["every_dtype", "names", "nothing"])
    func whatWeWriteIsByteForByteWhatTheReferenceWrites(name: String) throws {
        let golden = fixtures.appendingPathComponent("\(name).safetensors")
        let source = try SafetensorsFile(contentsOf: golden)
        let folder = try TemporaryFolder()
        let copy = folder.url.appendingPathComponent("copy.safetensors")
        try SafetensorsWriter.write(source.tensors().reversed(), metadata: source.metadata, to: copy)
        #expect(try Data(contentsOf: copy) == Data(contentsOf: golden))
    }

    @Test func shardsAndIndexAreByteForByteThoseOfTransformers() throws {
        let golden = fixtures.appendingPathComponent("sharded")
        let source = try SafetensorsCheckpoint(contentsOf: golden)
        let tensors = ["model.b", "model.a", "model.big", "модель.c", "model.d"]
        let folder = try TemporaryFolder()
        let written = try SafetensorsWriter.writeCheckpoint(
            try tensors.map { name in
                let entry = try source.entry(named: name)
                return .init(name: name, dtype: entry.dtype, shape: entry.shape) { emit in
                    try source.withUnsafeBytes(of: name, emit)
                }
            }, maximumShardByteCount: 24, to: folder.url)
        let names = [
            "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors", "model.safetensors.index.json",
        ]
        #expect(written.map(\.lastPathComponent) == names)
        #expect(try folder.contents() == names)
        for name in names {
            #expect(
                try Data(contentsOf: folder.url.appendingPathComponent(name))
                    == Data(contentsOf: golden.appendingPathComponent(name)), "\(name)")
        }
    }

    @Test func unknownTensorIsNamedWithItsFile() throws {
        let url = fixtures.appendingPathComponent("every_dtype.safetensors")
        let file = try SafetensorsFile(contentsOf: url)
        #expect(!file.contains("Bool"))
        #expect(file.contains("bool"))
        #expect(
            message(replacing: url) { _ = try file.entry(named: "Bool") }
                == "PATH holds no tensor \"Bool\" among its 18; names must match exactly.")
    }
}
