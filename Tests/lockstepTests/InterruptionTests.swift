import Foundation
import TensorFiles
import Testing

// Stopping, going on, and the promise that neither changes a bit.

/// Small, with everything a checkpoint must carry: momentum, formats of each kind, amplifications, a trust run.
private let study = [
    "compare", "--data", "synthetic:1x4x4,3,60", "--model", "mlp(16,4,3)", "--batch", "10", "--momentum", "0.9",
    "--decompose",
    "-a", "float", "-a", "double", "-a", "mpfr:24@float", "-a", "mpfr:70", "-q",
]

/// Starts the command, waits until it is under way, and sends it a signal.
private func interrupt(_ place: Workplace, _ arguments: [String], with signal: Int32) throws -> CommandResult {
    let process = place.process(arguments)
    let errors = place.path("errors")
    try place.write("errors", "")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    // The folder appears just before the command begins to listen.
    while !place.exists("c"), process.isRunning { usleep(10_000) }
    usleep(300_000)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    let text = String(decoding: try readFile(errors), as: UTF8.self)
    try FileManager.default.removeItem(atPath: errors)
    return CommandResult(status: process.terminationStatus, output: "", errors: text)
}

@Test(arguments: [SIGINT, SIGTERM])
func interruptedRunKeepsWhatIsFinished(_ signal: Int32) throws {
    let place = try Workplace()
    let endless = study + ["--steps", "1000000", "--measure-every", "100", "--json", "r.json", "--checkpoint", "c"]
    let result = try interrupt(place, endless, with: signal)
    #expect(result.status == 130)
    #expect(result.errors.hasPrefix("lockstep: interrupted after step "), "\(result.errors)")
    #expect(result.errors.contains("r.json holds the steps so far; the same command with --resume goes on from c\n"))
    let json = try place.json("r.json")
    #expect(json["interrupted"]?.bool == true)
    #expect(json["resultDigest"]?.isNull == true)
    #expect(json["runs"]?[0]?["steps"]?[0]?["digest"]?.string?.count == 64)
    #expect(try place.names() == ["c", "r.json"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("c")).count == 1)

    // A checkpoint is not overwritten by accident, nor continued by another study.
    let again = try place.run(endless)
    #expect(again.complaint?.hasSuffix("go on from it with --resume, or name another folder") == true, "\(again)")
    let other = try place.run(endless + ["--resume", "--seed", "2"])
    #expect(other.complaint?.contains("is of another study; it lacks \"seed: 2\"") == true, "\(other)")
}

@Test func resumedRunEqualsAnUnbrokenOne() throws {
    let place = try Workplace()
    // About a second in debug; an interrupt that comes too late leaves a finished run, which resumes as well.
    let arguments = study + ["--steps", "60"]
    let interrupted = try interrupt(place, arguments + ["--checkpoint", "c"], with: SIGINT)
    #expect([0, 130].contains(interrupted.status), "\(interrupted.errors)")
    let resumed = try place.run(arguments + ["--checkpoint", "c", "--resume", "--json", "resumed.json"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    let unbroken = try place.run(arguments + ["--json", "unbroken.json"])
    #expect(unbroken.status == 0, "\(unbroken.errors)")
    let (a, b) = (try place.json("resumed.json"), try place.json("unbroken.json"))
    #expect(a["runs"] == b["runs"])
    #expect(a["resultDigest"]?.string != nil && a["resultDigest"] == b["resultDigest"])
}

@Test func damagedCheckpointGetsOneLine() throws {
    let place = try Workplace()
    let arguments = study + ["--steps", "2", "--checkpoint", "c"]
    #expect(try place.run(arguments).status == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: place.path("c/step-2")).sorted()
    #expect(files.count == 6, "four runs, the trust run, the records: \(files)")
    for file in files {
        let path = "c/step-2/" + file
        let whole = try readFile(place.path(path))
        try writeAtomically(place.path(path), Array(whole.prefix(whole.count / 2)))
        let result = try place.run(arguments + ["--resume"])
        #expect(result.complaint?.hasPrefix("\(path): ") == true, "\(result)")
        if file.hasPrefix("progress") {
            try writeAtomically(place.path(path), whole)
            continue
        }
        // One bit of the last number: of a momentum buffer, as it happens.
        var changed = whole
        changed[changed.count - (file.hasSuffix(".json") ? 8 : 1)] ^= 1
        try writeAtomically(place.path(path), changed)
        let other = try place.run(arguments + ["--resume"])
        #expect(other.complaint == "\(path): is damaged; leave --resume out to begin anew", "\(other)")
        try writeAtomically(place.path(path), whole)
    }
    #expect(try place.run(arguments + ["--resume"]).status == 0)
}
