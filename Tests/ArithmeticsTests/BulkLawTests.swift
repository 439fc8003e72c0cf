import Arithmetics
import LawSupport
import Testing

/// Every fast path against the definition, bit for bit.
@Suite struct BulkLawTests {
    static let sets = InstructionSet.allCases.filter(\.isAvailable)

    @Test(arguments: ["float", "double"], sets)
    func nativeKernelsEqualTheDefinition(name: String, set: InstructionSet) throws {
        let arithmetic = try arithmetic(named: name, instructionSet: set)
        #expect(checkBulkOperations(of: arithmetic, seed: 11) == [])
    }

    @Test(arguments: ["float", "mpfr:70"])
    func noNumberOfThreadsChangesAnElement(name: String) throws {
        let arithmetic = try arithmetic(named: name)
        #expect(checkBulkOperations(of: arithmetic, seed: 19, threads: Array(1...8), kinds: [.special]) == [])
    }

    @Test(arguments: ["float", "double"], ["pairwise", "blocked:3", "kahan", "exact"])
    func nativeReductionsEqualTheDefinition(name: String, reduction: String) throws {
        let arithmetic = try arithmetic(named: "\(name),reduction=\(reduction)")
        #expect(checkBulkOperations(of: arithmetic, seed: 12, threads: [2], kinds: [.special]) == [])
    }

    /// Every format in every direction; the reductions go round, so that each format and each direction meets each of them, and so
    /// do the comparisons, a quarter of them each. The long run has every combination, every comparison, and all data.
    @Test(arguments: EveryArithmetic.names.indices) func everyArithmeticEqualsItsDefinition(ordinal: Int) throws {
        let arithmetic = try arithmetic(named: EveryArithmetic.names[ordinal])
        let kinds: [Operands.Kind] = EveryArithmetic.long ? Operands.Kind.allCases : [.special]
        let share = EveryArithmetic.long ? 1 : 4
        #expect(
            checkBulkOperations(of: arithmetic, seed: 100 + UInt64(ordinal), threads: [3], kinds: kinds, share: share)
                == [])
    }

    @Test(arguments: EveryArithmetic.accumulating.indices)
    func everyMixedPrecisionEqualsItsDefinition(ordinal: Int) throws {
        let arithmetic = try arithmetic(named: EveryArithmetic.accumulating[ordinal])
        let share = EveryArithmetic.long ? 1 : 4
        #expect(
            checkBulkOperations(
                of: arithmetic, seed: 200 + UInt64(ordinal), threads: [2], kinds: [.special], share: share) == [])
    }

    @Test(
        arguments: ["bfloat16", "half,round=up", "fp8-e4m3,round=down", "tf32,round=stochastic:3"],
        Set([InstructionSet.plain, .best]))
    func softwareKernelsEqualTheDefinitionOnAllData(name: String, set: InstructionSet) throws {
        let arithmetic = try arithmetic(named: name, instructionSet: set)
        #expect(checkBulkOperations(of: arithmetic, seed: 18, threads: [1, 8], share: 2) == [])
    }

    @Test(arguments: ["mpfr:24@binary32", "mpfr:53@binary64", "mpfr:64,reduction=sequential"])
    func arbitraryPrecisionEqualsTheDefinition(name: String) throws {
        let arithmetic = try arithmetic(named: name)
        #expect(checkBulkOperations(of: arithmetic, seed: 13, threads: [1, 3]) == [])
    }

    @Test(arguments: ["mpfr:2", "mpfr:64", "mpfr:113,reduction=sequential", "mpfr:256", "mpfr:1000"])
    func exactReductionsEqualTheDefinition(name: String) throws {
        let arithmetic = try arithmetic(named: name)
        #expect(checkBulkOperations(of: arithmetic, seed: 14, threads: [1, 8], kinds: [.special]) == [])
    }

    @Test(arguments: ["mpfr:130", "mpfr:24@binary32"], ["pairwise", "blocked:3", "kahan", "exact", "sequential"])
    func arbitraryPrecisionReductionsEqualTheDefinition(name: String, reduction: String) throws {
        let arithmetic = try arithmetic(named: "\(name),reduction=\(reduction)")
        #expect(checkBulkOperations(of: arithmetic, seed: 15, threads: [2], kinds: [.special]) == [])
    }

    /// The judge is judged: a fault in the last element of one operation must be found, and nothing where there is none.
    @Test(arguments: Faulty.Fault.ofBulk) func everyFaultIsFound(fault: Faulty.Fault) {
        let kinds: [Operands.Kind] = [.special]
        #expect(!checkBulkOperations(of: Faulty(fault: fault), seed: 11, threads: [1], kinds: kinds).isEmpty)
        #expect(checkBulkOperations(of: Faulty(fault: .none), seed: 11, threads: [1], kinds: kinds) == [])
    }
}
