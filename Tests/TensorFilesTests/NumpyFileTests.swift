import TensorFiles
import Testing

@Suite struct NumpyFileTests {
    @Test func everyTypeAndShapeComesBackUnchanged() throws {
        for (seed, type) in ElementType.allCases.enumerated() where type.numpyCode != nil {
            for shape in shapes {
                let tensor = try randomTensor(type, shape, seed: UInt64(seed))
                let file = try NumpyFile.encode(tensor)
                #expect(try NumpyFile.decode(file) == tensor, "\(type) \(shape)")
                #expect((file.count - tensor.bytes.count) % 64 == 0)
            }
        }
    }

    @Test func numpysFilesAreRead() throws {
        let fortran = try NumpyFile.decode(ForeignFiles.float32Fortran)
        #expect(fortran.shape == [2, 3])
        #expect(
            try fortran.floats().map(\.bitPattern) == [0, 1.5, -2, 3, .infinity, -0.0].map { Float($0).bitPattern })
        let bigEndian = try NumpyFile.decode(ForeignFiles.int16BigEndian)
        #expect(bigEndian == (try StoredTensor([1, -2, 300, 32767] as [Int16], shape: [2, 2])))
        #expect(try NumpyFile.decode(ForeignFiles.boolVersion2) == StoredTensor([true, false, true], shape: [3]))
        let scalar = try NumpyFile.decode(ForeignFiles.scalarVersion3)
        #expect(scalar == (try StoredTensor(encodings: [0x4100 as UInt16], type: .float16, shape: [])))
        #expect(try NumpyFile.decode(ForeignFiles.zeroSize) == StoredTensor([] as [UInt64], shape: [3, 0]))
    }

    @Test func whatWeWriteIsWhatNumpyWritesUpToPadding() throws {
        let ours = try NumpyFile.encode(StoredTensor([] as [UInt64], shape: [3, 0]))
        let text = String(decoding: ours[10...], as: UTF8.self)
        #expect(text.hasPrefix("{'descr': '<u8', 'fortran_order': False, 'shape': (3, 0), }"))
        #expect(String(decoding: ForeignFiles.zeroSize[10...], as: UTF8.self).hasPrefix(text.prefix { $0 != "}" }))
        #expect(text.hasSuffix(" \n"))
    }

    @Test func fortranOrderIsTransposedForEveryRank() throws {
        // The oracle is the index formula itself: element (i, j, k) lies at i + 2 (j + 3 k).
        let columnMajor = (0..<24).map { UInt8($0) }
        let file = npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4)}", columnMajor)
        let tensor = try NumpyFile.decode(file)
        var expected: [UInt8] = []
        for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { expected.append(UInt8(i + 2 * (j + 3 * k))) } } }
        #expect(tensor.bytes == expected)
    }

    @Test func headersMayBeSpacedAndOrderedFreely() throws {
        let expected = try StoredTensor([1, 2] as [UInt8], shape: [2])
        for header in [
            "{'descr':'|u1','fortran_order':False,'shape':(2,)}",
            " { \"shape\" : ( 2 , ) ,\n \"descr\" : \"<u1\" , 'fortran_order' : False , } \n",
            "{'fortran_order': True, 'shape': (2,), 'descr': '>u1'}",
            "{'fortran_order': False, 'shape': (2,), 'descr': '=u1'}",
        ] {
            #expect(try NumpyFile.decode(npy(header, [1, 2])) == expected, "\(header)")
        }
    }

    @Test(arguments: [
        (
            "{'descr': '<V2', 'fortran_order': False, 'shape': (1,)}",
            "header field 'descr': '<V2' is raw bytes, which is how bfloat16 and 8-bit floats end up in npy; "
                + "the format cannot name them; save as float32 or in a safetensors file"
        ),
        (
            "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
            "header field 'descr': '|O' is pickled Python objects; only plain numbers or bools can be read"
        ),
        (
            "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
            "header field 'descr': a list, as NumPy writes for structured arrays; "
                + "only arrays of plain numbers or bools can be read"
        ),
        (
            "{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}",
            "header field 'descr': '<c8' is not a type that can be read; known are b1 u1 i1 u2 i2 u4 i4 u8 i8 f2 f4 f8"
        ),
        (
            "{'descr': 'f4', 'fortran_order': False, 'shape': (1,)}",
            "header field 'descr': 'f4' has no byte order; expected one of < > | = before the type, as in '<f4'"
        ),
        (
            "{'descr': 4, 'fortran_order': False, 'shape': (1,)}",
            "header field 'descr': found 4; expected a string such as '<f4'"
        ),
        (
            "{'descr': '<u2', 'fortran_order': 0, 'shape': (1,)}",
            "header field 'fortran_order': found 0; expected True or False"
        ),
        (
            "{'descr': '<u2', 'fortran_order': False, 'shape': 1}",
            "header field 'shape': found 1; expected a tuple such as (3, 4)"
        ),
        (
            "{'descr': '<u2', 'fortran_order': False, 'shape': (1)}",
            "header text offset 53: (1) is no tuple; expected (1,)"
        ),
        (
            "{'descr': '<u2', 'fortran_order': False, 'shape': (-1,)}",
            "header field 'shape': (-1,) is not a possible size"
        ),
        (
            "{'descr': '<u2', 'fortran_order': False, 'shape': (9223372036854775807, 3)}",
            "header field 'shape': (9223372036854775807, 3) is not a possible size"
        ),
        (
            "{'descr': '<u2', 'fortran_order': False, 'shape': (9223372036854775808,)}",
            "header text offset 70: an integer beyond 64 bits or without digits"
        ),
        (
            "{'descr': '<u2', 'fortran_order': False, 'shape': (4000000000,)}",
            "shape [4000000000] of uint16 needs 8000000000 data bytes, the file has 2"
        ),
        (
            "{'descr': '<u2', 'fortran_order': False, 'shape': ()}{}",
            "header text offset 53: found '{' where the end of the header was expected"
        ),
        ("{'descr': '<u2', 'descr': '<u2'}", "header field 'descr': occurs twice"),
        ("{'descr': '<u2', 'shape': (1,)}", "header field 'fortran_order': is missing"),
        (
            "{'descr': '<u2', 'order': 'C'}",
            "header field 'order': is unknown; a header has 'descr', 'fortran_order' and 'shape'"
        ),
        ("{'descr': '<u2'", "header text offset 15: the header ends where ',' or '}' was expected"),
        ("{'descr': '<u2", "header text offset 10: the string has no closing quote"),
        ("{'descr': None}", "header text offset 10: found 'N' where a value was expected"),
        ("{,}", "header text offset 1: found ',' where a string in quotes was expected"),
    ])
    func eachFaultyHeaderHasItsLine(header: String, expected: String) {
        #expect(line { try NumpyFile.decode(npy(header, [1, 0]), path: "a.npy") } == "a.npy: " + expected)
    }

    @Test func eachFaultyFrameHasItsLine() throws {
        var file = try NumpyFile.encode(StoredTensor([7] as [UInt8], shape: [1]))
        #expect(line { try NumpyFile.decode(file + [0]) } == "shape [1] of uint8 needs 1 data bytes, the file has 2")
        #expect(line { try NumpyFile.decode(Array(file.prefix(9))) } == "9 bytes are too few for an npy header")
        file[8] = 0xFF
        #expect(
            line { try NumpyFile.decode(file) }
                == "offset 8: header length 255; at most 119 bytes are possible here")
        file[6] = 4
        #expect(line { try NumpyFile.decode(file) } == "offset 6: npy version 4.0; known are 1.0, 2.0 and 3.0")
        file[0] = 0
        #expect(line { try NumpyFile.decode(file) } == "not an npy array; the first bytes must be \\x93NUMPY")
        let brain = try StoredTensor(encodings: [0 as UInt16], type: .bfloat16, shape: [1])
        #expect(
            line { try NumpyFile.encode(brain, path: "b.npy") }
                == "b.npy: npy has no name for bfloat16; write float32 or a safetensors file")
    }
}
