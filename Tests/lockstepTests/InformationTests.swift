import TensorFiles
import Testing

@Test func infoNamesEverythingThatCanBeNamed() throws {
    let place = try Workplace()
    let text = try place.run(["info"])
    #expect(text.status == 0 && text.errors.isEmpty)
    for word in ["MPFR", "GMP", "plain", "LOCKSTEP_ISA", "mpfr:P", "lenet5", "kahan", "softplus", "digits28", "130"] {
        #expect(text.output.contains(word), "\(word)")
    }
    let result = try place.run(["info", "--json", "-"])
    let json = try JSONValue(parsing: Array(result.output.utf8), path: "standard output")
    #expect(json["schema"]?.string == "lockstep.info/1")
    #expect(json["contract"]?.int == 1)
    #expect(json["instructionSets"]?.array?.contains("plain") == true)
    #expect(json["selfCheck"]?["passed"] == true && json["selfCheck"]?["findings"] == [])
    #expect(json["selfCheck"]?["places"]?.array?.contains("the plain kernels") == true)
    #expect(text.output.contains("passed: Swift, the plain kernels"))
    #expect(json["losses"] == ["cross-entropy", "bce", "mse"])
}

@Test func forcedInstructionSetShows() throws {
    let result = try Workplace().run(["info"], environment: ["LOCKSTEP_ISA": "plain"])
    #expect(result.output.contains("plain (in use)"))
}

@Test func helpAndVersionGoToStandardOutput() throws {
    let place = try Workplace()
    for arguments in [[], ["--help"], ["compare", "--help"], ["info", "--help"], ["--version"]] {
        let result = try place.run(arguments)
        #expect(result.status == 0 && result.errors.isEmpty && !result.output.isEmpty, "\(arguments)")
    }
    let help = try place.run(["compare", "--help"]).output
    for text in ["MODEL:", "DATA:", "TRAINING:", "ARITHMETICS:", "MEASURES:", "OUTPUT:", "Example: lockstep compare"] {
        #expect(help.contains(text), "\(text)")
    }
}
