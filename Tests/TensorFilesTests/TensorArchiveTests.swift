import TensorFiles
import Testing

@Suite struct TensorArchiveTests {
    @Test func namesStayInOrderAndOccurOnce() throws {
        let one = try StoredTensor([1.0], shape: [1])
        let two = try StoredTensor([2.0], shape: [1])
        var archive = try TensorArchive(["z": one, "a": two])
        #expect(archive.names == ["z", "a"])
        #expect(line { try archive.append("z", two) } == "tensor \"z\": the name occurs twice")
        #expect(archive["z"] == one && archive.entries.count == 2)
        #expect(
            line { try archive.tensor(named: "q", path: "m.npz") }
                == "m.npz: tensor \"q\": is missing; the file holds \"z\", \"a\"")
        #expect(line { try TensorArchive().tensor(named: "q") } == "tensor \"q\": is missing; the file holds none")
        #expect(try archive.tensor(named: "a") == two)
    }

    @Test func metadataIsReplacedInPlace() {
        var archive = TensorArchive()
        archive.setMetadata("1", for: "b")
        archive.setMetadata("2", for: "a")
        archive.setMetadata("3", for: "b")
        #expect(archive.metadata.map(\.key) == ["b", "a"])
        #expect(archive.metadata(for: "b") == "3" && archive.metadata(for: "c") == nil)
    }

    @Test func filesAreToldApartByTheirEnding() throws {
        try withScratchFolder { folder in
            let archive = try TensorArchive(["w": StoredTensor([1, 2] as [Float], shape: [2])])
            for ending in ["npz", "safetensors"] {
                try archive.write(to: "\(folder)/t.\(ending)")
                #expect(try TensorArchive.read("\(folder)/t.\(ending)") == archive)
            }
            try NumpyFile.write(#require(archive["w"]), to: "\(folder)/w.npy")
            #expect(try TensorArchive.read("\(folder)/w.npy") == archive)
        }
        #expect(
            line { try TensorArchive.read("w.pt") }
                == "w.pt: unknown kind of tensor file; expected .safetensors, .npz or .npy")
    }
}
