import Foundation
import Safetensors
import Testing

/// A file that must be refused, and the sentence that says why.
struct MalformedFile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let message: String

    /// A file whose header as a whole is wrong.
    init(_ description: String, _ bytes: [UInt8], _ problem: String) {
        testDescription = description
        self.bytes = bytes
        message = "PATH is not a valid safetensors file: \(problem)."
    }

    /// A file whose header says something wrong of tensor "a".
    init(_ description: String, header: String, data: Int = 0, tensor problem: String) {
        testDescription = description
        bytes = file(header: header, dataByteCount: data)
        message = "PATH: tensor \"a\" \(problem)."
    }

    /// A file with one tensor, "a", whose entry is wrong.
    init(_ description: String, entry: String, data: Int = 0, _ problem: String) {
        self.init(description, header: #"{"a":\#(entry)}"#, data: data, tensor: problem)
    }
}

private let one = #"{"dtype":"U8","shape":[1],"data_offsets":[0,1]}"#
private let dtypes = "BOOL, U8, I8, F8_E5M2, F8_E4M3, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64"

@Suite struct MalformedHeaderTests {
    static let headers: [MalformedFile] = [
        .init(
            "shorter than a header's length", [1, 2, 3, 4, 5, 6, 7],
            "it has 7 bytes, fewer than the 8 that hold the header's length; fetch or save it again"),
        .init(
            "empty file", [],
            "it has 0 bytes, fewer than the 8 that hold the header's length; fetch or save it again"),
        .init(
            "absurd length", littleEndian([UInt64(100_000_001)]) + Array("{}".utf8),
            "its header claims 100000001 bytes, more than the 100000000 allowed; check that it is a safetensors file"),
        .init(
            "length beyond signed integers", littleEndian([UInt64.max]) + Array("{}".utf8),
            "its header claims 18446744073709551615 bytes, more than the 100000000 allowed; "
                + "check that it is a safetensors file"),
        .init(
            "length past the end", littleEndian([UInt64(3)]) + Array("{}".utf8),
            "its header claims 3 bytes but 2 are left in the file; fetch or save it again"),
        .init(
            "no header", file(header: ""),
            "its header must begin with '{' and is empty; check that it is a safetensors file"),
        .init(
            "list instead of object", file(header: "[]"),
            "its header must begin with '{' and begins with byte 91; check that it is a safetensors file"),
        .init(
            "white space before the object", file(header: " {}"),
            "its header must begin with '{' and begins with byte 32; check that it is a safetensors file"),
        .init(
            "not UTF-8", file(header: Array("{\"".utf8) + [0xFF] + Array("\":1}".utf8)),
            "its header is not UTF-8 at byte 2; fetch or save it again"),
        .init(
            "tensor twice", file(header: #"{"a":\#(one),"b":{},"a":\#(one)}"#, dataByteCount: 1),
            "its header has the key \"a\" more than once; save it again with distinct names"),
        .init(
            "tensor twice, once escaped", file(header: #"{"a":\#(one),"\u0061":\#(one)}"#, dataByteCount: 1),
            "its header has the key \"a\" more than once; save it again with distinct names"),
        .init(
            "metadata twice", file(header: #"{"__metadata__":{},"__metadata__":{}}"#),
            "its header has the key \"__metadata__\" more than once; save it again with distinct names"),
        .init(
            "metadata key twice", file(header: #"{"__metadata__":{"k":"1","k":"2"}}"#),
            "its __metadata__ has the key \"k\" more than once; save it again with distinct keys"),
        .init(
            "metadata as a list", file(header: #"{"__metadata__":["k"]}"#),
            "its __metadata__ must be an object of strings and is [\"k\"]; save it again without it"),
        .init(
            "metadata with a number", file(header: #"{"__metadata__":{"k":1.50}}"#),
            "its __metadata__ must hold strings only and has 1.50 at \"k\"; save it again with strings"),
        .init(
            "bytes after the last tensor", file(header: #"{"a":\#(one)}"#, dataByteCount: 3),
            "its last tensor ends at data byte 1 but the data has 3 bytes; fetch or save it again"),
        .init(
            "data without tensors", file(header: "{}", dataByteCount: 2),
            "its last tensor ends at data byte 0 but the data has 2 bytes; fetch or save it again"),
    ]

    static let entries: [MalformedFile] = [
        .init(
            "entry as a list", entry: #"["U8",[1],[0,1]]"#, data: 1,
            #"must be an object of dtype, shape and data_offsets and is ["U8", [1], [0, 1]]; save the file again"#),
        .init(
            "no dtype", entry: #"{"shape":[1],"data_offsets":[0,1]}"#, data: 1,
            "has no dtype in the header; save the file again"),
        .init(
            "no shape", entry: #"{"dtype":"U8","data_offsets":[0,1]}"#, data: 1,
            "has no shape in the header; save the file again"),
        .init(
            "no offsets", entry: #"{"dtype":"U8","shape":[1]}"#, data: 1,
            "has no data_offsets in the header; save the file again"),
        .init(
            "field twice", entry: #"{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}"#, data: 1,
            "has \"dtype\" more than once in the header; save the file again"),
        .init(
            "dtype as a number", entry: #"{"dtype":8,"shape":[1],"data_offsets":[0,1]}"#, data: 1,
            "has the dtype 8, which must be a string; save the file again"),
        .init(
            "unknown dtype", entry: #"{"dtype":"F23","shape":[1],"data_offsets":[0,1]}"#, data: 1,
            "has the unknown dtype \"F23\"; convert it to one of \(dtypes)"),
        .init(
            "sub-byte dtype", entry: #"{"dtype":"F4","shape":[2],"data_offsets":[0,1]}"#, data: 1,
            "has the dtype F4, which is not supported here; convert it to one of \(dtypes)"),
        .init(
            "shape as a number", entry: #"{"dtype":"U8","shape":1,"data_offsets":[0,1]}"#, data: 1,
            "has the shape 1, which must be a list of integers, none of them negative; save the file again"),
        .init(
            "negative dimension", entry: #"{"dtype":"U8","shape":[2,-1],"data_offsets":[0,1]}"#, data: 1,
            "has the shape [2, -1], which must be a list of integers, none of them negative; save the file again"),
        .init(
            "fractional dimension", entry: #"{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}"#, data: 1,
            "has the shape [1.0], which must be a list of integers, none of them negative; save the file again"),
        .init(
            "dimension beyond 64 bits", entry: #"{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,1]}"#,
            data: 1,
            "has the shape [9223372036854775808] of U8, whose size no 64-bit integer holds; save the file again"),
        .init(
            "product beyond 64 bits", entry: #"{"dtype":"F32","shape":[4294967296,536870912],"data_offsets":[0,1]}"#,
            data: 1,
            "has the shape [4294967296, 536870912] of F32, whose size no 64-bit integer holds; save the file again"),
        .init(
            "three offsets", entry: #"{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}"#, data: 1,
            "has the data_offsets [0, 1, 2], which must be two 64-bit integers, none of them negative; "
                + "save the file again"),
        .init(
            "negative offset", entry: #"{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}"#, data: 1,
            "has the data_offsets [-1, 0], which must be two 64-bit integers, none of them negative; "
                + "save the file again"),
        .init(
            "offsets reversed", entry: #"{"dtype":"U8","shape":[1],"data_offsets":[1,0]}"#, data: 1,
            "ends at data byte 0, before it begins at 1; save the file again"),
        .init(
            "file cut short", entry: #"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#, data: 5,
            "lies at data bytes 0..<8 but the file has only 5; it may be cut short, so fetch or save it again"),
        .init(
            "size against the shape", entry: #"{"dtype":"F32","shape":[2,3],"data_offsets":[0,20]}"#, data: 20,
            "has 20 bytes of data but its shape [2, 3] of F32 takes 24; save the file again"),
        .init(
            "data of a tensor without elements", entry: #"{"dtype":"F32","shape":[0,3],"data_offsets":[0,4]}"#,
            data: 4,
            "has 4 bytes of data but its shape [0, 3] of F32 takes 0; save the file again"),
        .init(
            "overlap",
            header: #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]},"#
                + #""b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#, data: 4,
            tensor: "begins at data byte 2, inside tensor \"b\", which ends at 3; save the file again"),
        .init(
            "hole",
            header: #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[4,6]},"#
                + #""b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#, data: 6,
            tensor: "begins at data byte 4 although the data before it end at 3, and no byte may be left out; "
                + "save the file again"),
        .init(
            "hole before the first tensor", entry: #"{"dtype":"U8","shape":[1],"data_offsets":[1,2]}"#, data: 2,
            "begins at data byte 1 although the data before it end at 0, and no byte may be left out; "
                + "save the file again"),
    ]

    /// Texts that are no JSON, with the byte at which they stop being it and the reason given.
    static let notJSON: [(header: String, offset: Int, reason: String)] = [
        ("{", 1, "a key in double quotes must stand here"),
        ("{a", 1, "a key in double quotes must stand here"),
        (#"{"a"}"#, 4, "a colon must follow the key"),
        (#"{"a":"#, 5, "the text ends where a value must stand"),
        (#"{"a":x}"#, 5, "a value must stand here"),
        (#"{"a":nul}"#, 5, "a value must stand here"),
        (#"{"a":1"#, 6, "a comma or a closing brace must stand here"),
        (#"{"a":1,}"#, 7, "a key in double quotes must stand here"),
        (#"{"a":[1,]}"#, 8, "a value must stand here"),
        (#"{"a":[1 2]}"#, 8, "a comma or a closing bracket must stand here"),
        (#"{"a":01}"#, 7, "a number must not begin with 0"),
        (#"{"a":-}"#, 6, "a digit must stand here"),
        (#"{"a":1.}"#, 7, "a digit must stand here"),
        (#"{"a":1e+}"#, 8, "a digit must stand here"),
        (#"{"a"#, 3, "the text ends inside a string"),
        ("{\"a\n", 3, "a control character stands unescaped in a string"),
        (#"{"\x"#, 3, "an unknown escape stands in a string"),
        (#"{"\u00g0"#, 6, "four hexadecimal digits must follow \\u"),
        (#"{"\ud800":1}"#, 4, "half of a surrogate pair stands alone in a string"),
        (#"{"\ud800\u0041":1}"#, 4, "half of a surrogate pair stands alone in a string"),
        (#"{"\udc00\ud800":1}"#, 4, "half of a surrogate pair stands alone in a string"),
        ("{} {", 3, "something follows the end of the value"),
        ("{}\u{0}", 2, "something follows the end of the value"),
        (
            #"{"a":"# + String(repeating: "[", count: 127), 131,
            "lists and objects are nested more than 127 deep"
        ),
    ]

    @Test(arguments: headers + entries)
    func malformedFileIsRefusedInOneSentence(malformed: MalformedFile) throws {
        let folder = try TemporaryFolder()
        let url = try folder.file(malformed.bytes)
        #expect(message(replacing: url) { _ = try SafetensorsFile(contentsOf: url) } == malformed.message)
    }

    @Test(arguments: notJSON)
    func textThatIsNotJSONIsRefusedWithItsPlace(header: String, offset: Int, reason: String) throws {
        let folder = try TemporaryFolder()
        let url = try folder.file(file(header: header))
        let expected = SafetensorsError.header(path: url.path, .notJSON(offset: offset, reason: reason))
        #expect(throws: expected) { try SafetensorsFile(contentsOf: url) }
        #expect(
            expected.localizedDescription
                == "\(url.path) is not a valid safetensors file: its header is not JSON at byte \(offset), "
                + "where \(reason); fetch or save it again.")
    }

    @Test func everyOtherFormOfJSONIsUnderstood() throws {
        let header =
            "{ \"\\ud83d\\uDE00\\/\\b\\f\\n\\r\\t\\\"\\\\\" :\r\n\t{\"x\":[1e5,-0.5E-2,0,true,false,null,{}, []],"
            + "\"d\\u0074ype\":\"U\\u0038\",\"shape\":[ 1 ,1],\"data_offsets\":[0,1]},\"__metadata__\":null} \n\t"
        let folder = try TemporaryFolder()
        let file = try SafetensorsFile(contentsOf: folder.file(file(header: header, dataByteCount: 1)))
        let start = 8 + header.utf8.count
        let entry = try file.entry(named: "😀/\u{8}\u{c}\n\r\t\"\\")
        #expect(file.entries == [entry])
        #expect(entry.dtype == .uint8)
        #expect(entry.shape == [1, 1])
        #expect(entry.byteRange == start..<start + 1)
        #expect(file.metadata.isEmpty)
    }

    @Test func whatIsNoFileIsRefused() throws {
        let folder = try TemporaryFolder()
        let missing = folder.url.appendingPathComponent("missing.safetensors")
        #expect(
            message(replacing: missing) { _ = try SafetensorsFile(contentsOf: missing) }
                == "PATH cannot be opened (No such file or directory); check the path and its permissions.")
        #expect(
            message(replacing: folder.url) { _ = try SafetensorsFile(contentsOf: folder.url) }
                == "PATH is not a file; give the path of a .safetensors file.")
        let pipe = folder.url.appendingPathComponent("pipe")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        #expect(
            message(replacing: pipe) { _ = try SafetensorsFile(contentsOf: pipe) }
                == "PATH is not a file; give the path of a .safetensors file.")
        let closed = try folder.file(file(header: "{}"), named: "closed.safetensors")
        #expect(chmod(closed.path, 0) == 0)
        #expect(
            message(replacing: closed) { _ = try withoutPrivilege { try SafetensorsFile(contentsOf: closed) } }
                == "PATH cannot be opened (Permission denied); check the path and its permissions.")
    }
}
