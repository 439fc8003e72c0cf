import Arithmetics
import CFaultyHost
import Testing

// The faults are real ones: the processor's modes are set, and the probe is compiled as it must not be.

@Suite struct SelfCheckTests {
    /// What the check finds while this thread is in some mode.
    private func check(in mode: () -> Void) -> SelfCheck {
        mode()
        defer { faulty_reset() }
        return SelfCheck()
    }

    @Test func nothingIsFoundWhereAllIsWell() {
        let check = SelfCheck()
        #expect(check.findings.isEmpty && check.complaint == nil)
        #expect(throws: Never.self) { try check.require() }
        let kernels = InstructionSet.allCases.filter(\.isAvailable).map { "the \($0.rawValue) kernels" }
        for name in ["Swift", "the software fma", "the small formats"] + kernels {
            #expect(check.asked.contains(name), "\(name)")
        }
    }

    @Test func flushingIsFoundInAllCode() {
        for (set, fault) in [
            (faulty_flush_results, SelfCheck.Fault.flushedResults), (faulty_flush_operands, .flushedOperands),
        ] {
            var isPossible = true
            let found = check(in: { isPossible = set() })
            guard isPossible else { continue }
            #expect(found.findings.contains { $0.fault == fault && $0.places == found.asked })
            #expect(!found.findings.contains { $0.fault == .roundingDirection || $0.fault == .contraction })
            #expect(throws: SelfCheckError.self) { try found.require() }
        }
        #expect(SelfCheck().findings.isEmpty)
    }

    @Test func otherDirectionsAreFoundInAllCode() {
        for direction in 1...3 {
            let found = check(in: { faulty_direction(Int32(direction)) })
            #expect(found.findings.map(\.fault) == [.roundingDirection] && found.findings[0].places == found.asked)
        }
    }

    @Test(.enabled(if: faulty_contraction_available())) func contractionIsFoundWhereItIs() throws {
        let place = SelfCheck.Place(name: "this test", probe: { faulty_contraction_probe() })
        let found = SelfCheck(of: SelfCheck.places + [place])
        #expect(found.findings.map(\.fault) == [.contraction] && found.findings[0].places == ["this test"])
        let error = try #require(throws: SelfCheckError.self) { try found.require() }
        #expect(
            error.description
                == "self-check: a*b + c is rounded once, not twice, in this test; compile with -ffp-contract=off")
    }

    @Test func complaintsAreOneLineAndSayWhatToDo() throws {
        let found = check(in: {
            _ = faulty_flush_results()
            faulty_direction(1)
        })
        let line = try #require(found.complaint)
        #expect(!line.contains("\n") && line.contains("does not round to nearest in all code of this thread"))
        #expect(line.contains("fesetround(FE_TONEAREST)"))
    }
}
