import CKernels
import Foundation
import SweepSupport
import Testing

/// Every binary32 argument of every function, in four directions; and the checker that makes this affordable, held to
/// MPFR on every argument of some tiles. The checker's routes (monotonicity, series, addition theorems) share no code
/// with the functions.
@Suite struct ElementarySweepTests {
    private static let environment = ProcessInfo.processInfo.environment

    /// Where routes meet or results begin to be special: zeros, 2^-25, 2^-12, ±1, overflow, underflow, saturation,
    /// infinities; and one tile elsewhere for each function.
    private static let boundaries: [UInt32] = [
        0x00000, 0x80000, 0x00800, 0x33000, 0x39800, 0xb97ff, 0x3f7ff, 0x3f800, 0xbf7ff, 0xbf800, 0x41119, 0xc1900,
        0x42b17, 0xc2cff, 0xc2ae9, 0x7f7ff, 0x7f800, 0xff800,
    ]

    private static func expected(_ f: Int, _ mode: ls_sweep_mode, tile: UInt32) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: 4 * Int(LS_SWEEP_TILE)) { buffer, count in
            _ = ls_sweep_expect(SweepShard.functions[f].code, mode, tile, buffer.baseAddress!)
            count = buffer.count
        }
    }

    private static func compareModes(_ f: Int, tiles: [UInt32]) {
        for tile in tiles {
            #expect(
                expected(f, LS_PROVEN, tile: tile) == expected(f, LS_DEFINITION, tile: tile),
                "\(SweepShard.functions[f].name), tile \(hexadecimal(tile, digits: 5))")
        }
    }

    @Test(arguments: 0..<7) func theCheckerAgreesWithMPFROnEveryArgumentOfATile(function: Int) {
        let ordinary: [UInt32] = [0x3d5a7, 0xbe123, 0x3f802, 0xbf123, 0x40123, 0x4a123, 0xd2345]
        Self.compareModes(function, tiles: [Self.boundaries[function], ordinary[function]])
    }

    @Test(.enabled(if: environment["LOCKSTEP_LONG"] != nil), arguments: 0..<7)
    func theCheckerAgreesWithMPFRAtEveryBoundary(function: Int) {
        var words = KernelSeed(21)
        let random = (0..<40).map { _ in UInt32(truncatingIfNeeded: words.word()) & 0xfffff }
        let ones = (0..<16).map { _ in 0x3c000 | UInt32(truncatingIfNeeded: words.word()) & 0x867ff }
        Self.compareModes(function, tiles: Self.boundaries + random + ones)
    }

    /// A few of the 2^20 tiles, so that every run takes every route.
    @Test(arguments: 0..<7) func aSampleOfTilesHasNoWrongResult(function: Int) {
        for tile: UInt32 in [0x00001, 0x3c123, 0x3f7fe, 0x40491, 0x42345, 0x5f000, 0xbf812, 0xc0c91] {
            let r = ls_sweep_compare(SweepShard.functions[function].code, tile, 1, nil)
            #expect(r.wrong == 0, "\(SweepShard.functions[function].name): \(r.disagreements)")
        }
    }

    @Test(arguments: 0..<7) func oneWrongBitIsFound(function: Int) {
        let f = SweepShard.functions[function].code
        for (tile, argument) in [(0x3f123, 0x3f12_3456), (0x00700, 0x0070_0fff), (0x41f00, 0x41f0_0000)]
            as [(UInt32, UInt32)]
        {
            let r = ls_sweep_compare(f, tile, 1) { f, d, count, x, y in
                ls_elementary_array_f32(ls_path_best(), f, d, count, x, y)
                guard d == LS_UP, let x, let y else { return }
                for i in 0..<Int(count) where [0x3f12_3456, 0x0070_0fff, 0x41f0_0000].contains(x[i].bitPattern) {
                    y[i] = Float(bitPattern: y[i].bitPattern ^ 1)
                }
            }
            #expect(r.wrong == 1 && r.disagreements.count == 1)
            let place = "argument \(hexadecimal(argument, digits: 8)) direction \(LS_UP.rawValue) "
            #expect(r.disagreements.first?.hasPrefix(place) == true, "\(r.disagreements)")
        }
    }

    @Test func partsOfTheSweepAreTheWhole() throws {
        let names = try (1...3).flatMap { try #require(SweepShard.part(named: "\($0)/3")).map(\.name) }
        #expect(names.count == 7 * 256 && Set(names).count == names.count)
        for bad in ["", "0/2", "3/2", "1", "1/2/3", "a/b"] { #expect(SweepShard.part(named: bad) == nil, "\(bad)") }
    }

    @Test func recordsAreReadAsTheyWereWritten() throws {
        let record = SweepRecord(inputs: 4096, calls: 7, wrong: 1, seconds: 1.25, examples: ["argument 0"])
        let read = try #require(SweepRecord(record.text))
        #expect(read.text == record.text && read.inputs == 4096 && read.wrong == 1 && read.examples == ["argument 0"])
        for bad in ["", "inputs 1 calls 2 wrong x seconds 1", "inputs 1 calls 2 wrong 3"] {
            #expect(SweepRecord(bad) == nil, "\(bad)")
        }
    }

    /// LOCKSTEP_SWEEP=DIR: all shards, or those of LOCKSTEP_SWEEP_PART=K/N, whose files are not in DIR yet; on every
    /// processor. Then the sums by function, as a table in DIR/summary.md once nothing is missing.
    @Test(.enabled(if: environment["LOCKSTEP_SWEEP"] != nil)) func everyBinary32ArgumentIsRight() throws {
        let directory = URL(fileURLWithPath: try #require(Self.environment["LOCKSTEP_SWEEP"]), isDirectory: true)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let shards = try #require(
            SweepShard.part(named: Self.environment["LOCKSTEP_SWEEP_PART"] ?? "1/1"),
            "LOCKSTEP_SWEEP_PART is K/N, such as 1/2")
        let missing = shards.filter { !FileManager.default.fileExists(atPath: $0.file(in: directory).path) }
        DispatchQueue.concurrentPerform(iterations: missing.count) { i in
            let record = missing[i].run()
            do {
                try record.text.write(to: missing[i].file(in: directory), atomically: true, encoding: .utf8)
            } catch {
                Issue.record("\(missing[i].name): \(error)")
            }
        }
        var summary =
            "| function | inputs | calls of MPFR | wrong results of 4 × 2³² | seconds |\n| --- | --- | --- | --- | --- |\n"
        for (f, function) in SweepShard.functions.enumerated() {
            var sum = SweepRecord()
            for shard in shards where shard.function == f {
                let record = try #require(
                    SweepRecord(String(contentsOf: shard.file(in: directory), encoding: .utf8)),
                    "\(shard.name).txt is not the record of a shard: delete it and start again")
                #expect(record.inputs == 1 << 24, "\(shard.name)")
                sum += record
            }
            #expect(sum.wrong == 0, "\(function.name): \(sum.examples)")
            summary +=
                "| \(function.name) | \(sum.inputs) | \(sum.calls) | \(sum.wrong) | \(Int(sum.seconds.rounded())) |\n"
        }
        try summary.write(to: directory.appendingPathComponent("summary.md"), atomically: true, encoding: .utf8)
    }
}
