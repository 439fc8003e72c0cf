import TensorFiles
import Testing

@Test func threadsAndInstructionsChangeNoBit() throws {
    let place = try Workplace()
    func digest(_ arguments: [String], isa: String?) throws -> String? {
        let result = try place.run(
            [
                "compare", "--data", "synthetic:1x8x8,3,60", "--model", "cnn-small", "--batch", "16", "--last-batch",
                "keep",
                "--steps", "5", "--momentum", "0.9", "-q", "--json", "r.json",
            ] + arguments, environment: isa.map { ["LOCKSTEP_ISA": $0] } ?? [:])
        #expect(result.status == 0, "\(result.errors)")
        return try place.json("r.json")["resultDigest"]?.string
    }
    let first = try #require(try digest(["--threads", "1"], isa: nil))
    #expect(try digest(["--threads", "2"], isa: nil) == first)
    let information = try place.run(["info", "--json", "-"]).output
    let sets = try JSONValue(parsing: Array(information.utf8), path: "standard output")["instructionSets"]?.array
    for set in try #require(sets) { #expect(try digest(["--threads", "5"], isa: set.string) == first, "\(set)") }
    // The digest can tell results apart.
    #expect(try digest(["--seed", "2"], isa: nil) != first)
}
