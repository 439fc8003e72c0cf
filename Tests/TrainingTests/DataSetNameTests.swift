import Testing
import Training

@Suite struct DataSetNameTests {
    @Test func everyFormIsUnderstood() throws {
        #expect(try DataSetName(parsing: "digits") == .digits)
        #expect(try DataSetName(parsing: "digits28") == .digits28)
        #expect(try DataSetName(parsing: "mnist:/data/a:b") == .mnist(folder: "/data/a:b"))
        #expect(
            try DataSetName(parsing: "idx:a,b") == .idx(images: "a", labels: "b", testImages: nil, testLabels: nil))
        #expect(
            try DataSetName(parsing: "idx:a,b,c,d") == .idx(images: "a", labels: "b", testImages: "c", testLabels: "d"))
        #expect(try DataSetName(parsing: "cifar10:a.bin,b.bin") == .cifar10(["a.bin", "b.bin"]))
        #expect(try DataSetName(parsing: "npz:x,y.npz") == .npz(file: "x,y.npz"))
        guard case .synthetic(let made) = try DataSetName(parsing: "synthetic:3x32x16,10,100") else {
            Issue.record("not synthetic")
            return
        }
        #expect(made.shape == [3, 32, 16] && made.classes == 10 && made.count == 100)
    }

    @Test(arguments: [
        (
            "minst:x",
            "data set 'minst:x': is unknown; there are digits, digits28, synthetic:CxHxW,CLASSES,N, mnist:DIR, "
                + "idx:IMAGES,LABELS[,TESTIMAGES,TESTLABELS], cifar10:DIR, cifar10:FILE[,FILE…], npz:FILE"
        ),
        ("digits:x", "data set 'digits:x': is built in and has no place; expected digits"),
        ("mnist", "data set 'mnist': is not complete; expected mnist:DIR"),
        ("mnist:", "data set 'mnist:': is not complete; expected mnist:DIR"),
        ("npz:", "data set 'npz:': is not complete; expected npz:FILE"),
        ("idx:a", "data set 'idx:a': is not complete; expected idx:IMAGES,LABELS[,TESTIMAGES,TESTLABELS]"),
        ("idx:a,b,c", "data set 'idx:a,b,c': is not complete; expected idx:IMAGES,LABELS[,TESTIMAGES,TESTLABELS]"),
        ("idx:a,,c,d", "data set 'idx:a,,c,d': is not complete; expected idx:IMAGES,LABELS[,TESTIMAGES,TESTLABELS]"),
        ("cifar10:a,", "data set 'cifar10:a,': is not complete; expected cifar10:DIR or cifar10:FILE[,FILE…]"),
        ("synthetic", "data set 'synthetic': is not complete; expected synthetic:CxHxW,CLASSES,N"),
    ])
    func otherNamesAreRefusedWithTheRightOnes(name: String, expected: String) {
        #expect(message { try DataSetName(parsing: name) } == expected)
    }

    @Test(arguments: [
        "", "3x32x32", "3x32,10,100", "3x32x32,10", "3x32x32,10,100,1", "3x32x0,10,100", "3x32x32,0,100",
        "3x32x32,+2,100", "3x32x32, 2,100", "3x32x-1,2,100", "3x3x32x32,2,100", "3x32x99999999999999999999,2,100",
    ])
    func malformedSyntheticSizesAreRefused(text: String) {
        #expect(
            message { try DataSetName(parsing: "synthetic:" + text) }
                == "data set 'synthetic:\(text)': is malformed; "
                + "expected synthetic:CxHxW,CLASSES,N with whole numbers from 1")
    }

    @Test(arguments: ["3x1024x1024,10,2731", "1x1x4611686018427387904,2,4", "1x1x1,1000001,1000001"])
    func hugeSyntheticSizesAreRefusedBeforeMemoryIsTaken(text: String) {
        #expect(
            message { try DataSet(named: "synthetic:" + text) }
                == "data set 'synthetic:\(text)': is too large; at most 8589934592 bytes and 1000000 classes")
    }

    @Test func everySyntheticClassMustOccur() {
        #expect(
            message { try DataSetName(parsing: "synthetic:1x1x1,5,4") }
                == "data set 'synthetic:1x1x1,5,4': has fewer samples than classes; "
                + "N must be at least CLASSES, so that every class occurs")
    }
}
