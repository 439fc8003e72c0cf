import TensorFiles
import Testing

@Suite struct SafetensorsTests {
    @Test func everyTypeAndShapeComesBackUnchanged() throws {
        var archive = TensorArchive()
        for (seed, type) in ElementType.allCases.enumerated() {
            for shape in shapes {
                try archive.append("\(type.rawValue) \(shape)", randomTensor(type, shape, seed: UInt64(seed)))
            }
        }
        archive.setMetadata("ünï\"\n", for: "b")
        archive.setMetadata("", for: "a")
        let file = try Safetensors.encode(archive)
        #expect(try Safetensors.decode(file) == archive)
        #expect(try Safetensors.decode(Safetensors.encode(TensorArchive())) == TensorArchive())
    }

    @Test func theReferenceImplementationsFileIsRead() throws {
        let archive = try Safetensors.decode(ForeignFiles.safetensors)
        #expect(archive.names == ["a", "b"])
        #expect(archive["b"]?.type == .bfloat16 && archive["b"]?.shape == [2, 1])
        #expect(try archive["a"]?.doubles() == [1, 2])
        #expect(try archive["b"]?.doubles() == [1.5, -3])
        #expect(archive.metadata(for: "k") == "v")
    }

    @Test func ourFileOfTheSameTensorsHasTheReferenceBytes() throws {
        #expect(try Safetensors.encode(Safetensors.decode(ForeignFiles.safetensors)) == ForeignFiles.safetensors)
    }

    @Test func dataIsAlignedToItsElements() throws {
        var archive = TensorArchive()
        try archive.append("byte", StoredTensor([1] as [UInt8], shape: [1]))
        try archive.append("double", StoredTensor([0.5], shape: [1]))
        let file = try Safetensors.encode(archive)
        #expect(Array(file.suffix(9)) == [0, 0, 0, 0, 0, 0, 0xE0, 0x3F, 1])
        #expect((file.count - 9) % 8 == 0)
        #expect(try Safetensors.decode(file).names == ["byte", "double"])
    }

    @Test(arguments: [
        (
            #"{"fc1.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999]}}"#,
            #"tensor "fc1.weight": offsets [0, 99999999] reach beyond the file's 8 data bytes"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
            #"tensor "a": offsets [8, 0] end before they begin"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
            #"tensor "a": offsets [0, 8] hold 8 bytes, but shape [3] of F32 needs 12"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
            #"tensor "a": shape [4611686018427387904, 4] of F32 is not a possible size"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[5],"data_offsets":[3,8]}}"#,
            #"tensor "b": offsets [3, 8] overlap those of tensor "a""#
        ),
        (
            #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            #"tensor "b": data bytes 3..<4 before it belong to no tensor"#
        ),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "the last 4 data bytes belong to no tensor"),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            #"header: line 1, column 55 (offset 54): key "a" occurs twice"#
        ),
        (
            #"{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}"#,
            #"tensor "a": dtype "C64" is not one that can be read; known are "#
                + "BOOL U8 I8 U16 I16 U32 I32 U64 I64 F16 BF16 F32 F64 F8_E4M3 F8_E5M2"
        ),
        (#"{"a":{"shape":[1],"data_offsets":[0,8]}}"#, #"tensor "a": dtype is missing or not a string"#),
        (
            #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
            #"tensor "a": shape is missing or not a list of lengths"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8.0]}}"#,
            #"tensor "a": data_offsets is missing or not a pair of byte offsets"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}"#,
            #"tensor "a": unknown field "x"; expected dtype, shape and data_offsets"#
        ),
        (#"{"a":[]}"#, #"tensor "a": is not an object; expected dtype, shape and data_offsets"#),
        (#"{"__metadata__":{"n":1}}"#, #"__metadata__ "n": is not a string"#),
        (#"{"__metadata__":null}"#, "__metadata__: is not an object; expected strings by name"),
        (#" {}"#, "header: does not begin with '{'; expected a JSON object"),
        (#"{"a":}"#, "header: line 1, column 6 (offset 5): found '}' where a value was expected"),
    ])
    func eachFaultyHeaderHasItsLine(header: String, expected: String) {
        let file = safetensors(header, [UInt8](repeating: 0, count: 8))
        #expect(
            line { try Safetensors.decode(file, path: "weights.safetensors") }
                == "weights.safetensors: " + expected)
    }

    @Test func eachFaultyFrameHasItsLine() throws {
        #expect(
            line { try Safetensors.decode([1, 2]) }
                == "2 bytes are too few for a safetensors file; the header length alone takes 8")
        var file = safetensors("{}")
        file[0] = 3
        #expect(line { try Safetensors.decode(file) } == "header length: 3 bytes, but only 2 follow")
        file[7] = 0xFF
        #expect(
            line { try Safetensors.decode(file) }
                == "header length: 18374686479671623683 bytes; at most 100000000 are allowed")
        let reserved = try TensorArchive(["__metadata__": StoredTensor([0.5], shape: [1])])
        #expect(
            line { try Safetensors.encode(reserved) }
                == #"tensor "__metadata__": the name is reserved by the format"#)
    }
}
