import Arithmetics
import CMPFR

/// Holds every bulk operation of an arithmetic to its definition, `Plain(arithmetic)`, bit for bit: all transpositions,
/// strides, paddings, groups, functions, repetitions and options of an update, on ordinary and on hostile data, for each
/// number of threads. Work is shared however little it is.
///
/// - Parameters:
///   - arithmetic: Under test.
///   - seed: Of the operands.
///   - kinds: Data to use; a definition may be slow.
///   - share: Every so many-th comparison is made, beginning at one that the seed chooses.
/// - Returns: One line for every operation that differs, with the first element that does; empty when all are identical.
public func checkBulkOperations<A: Arithmetic>(
    of arithmetic: A, seed: UInt64, threads: [Int] = [1, 2, 3, 8], kinds: [Operands.Kind] = Operands.Kind.allCases,
    share: Int = 1
) -> [String] {
    let checker = BulkChecker(arithmetic, seed: seed, threads: threads, share: share)
    for kind in kinds {
        checker.kind = kind
        checker.checkMatmul()
        checker.checkConvolutions()
        checker.checkMap()
        checker.checkZip()
        checker.checkSums()
        checker.checkFusion()
        checker.checkScatterSums()
        checker.checkMaxima()
        checker.checkDescend()
    }
    return checker.violations
}

final class BulkChecker<A: Arithmetic> {
    let arithmetic: A
    let definition: Plain<A>
    let seed: UInt64
    let sites: [Site]
    /// The same place, without threads: where the definition runs.
    private let alone: Site
    var kind = Operands.Kind.ordinary
    private var operands: Operands
    private(set) var violations: [String] = []

    /// Comparisons so far, made or not.
    private var comparisons: Int
    private let share: Int

    init(_ arithmetic: A, seed: UInt64, threads: [Int], share: Int) {
        self.share = share
        comparisons = Int(seed % UInt64(share))
        self.arithmetic = arithmetic
        self.seed = seed
        definition = Plain(arithmetic)
        operands = Operands(arithmetic.format, seed: seed)
        var site = Site(step: 3, operation: 5)
        site.leastSharedNanoseconds = 0
        site.firstElement = 11
        alone = site
        sites = threads.map {
            site.threads = $0
            return site
        }
    }

    /// Numbers as below, with such numbers for derivatives too where they carry any.
    func array(_ count: Int) -> [A.Scalar] {
        let x = values(count)
        guard arithmetic.tangents(x.span) != nil else { return x }
        return arithmetic.attaching(ExactArray(operands.values(count, kind)), to: x.span)
    }

    /// Numbers of the format; of an enclosing arithmetic intervals between two of them, every third one thin.
    private func values(_ count: Int) -> [A.Scalar] {
        let values = operands.values(count, kind)
        guard isEnclosing else { return values.map { arithmetic.constant($0) } }
        let others = operands.values(count, kind)
        var (lower, upper) = (values, values)
        for i in values.indices where i % 3 != 0 {
            let isOrdered = values[i].withMPFR { x in others[i].withMPFR { y in mpfr_lessequal_p(x, y) != 0 } }
            if isOrdered { upper[i] = others[i] } else { lower[i] = others[i] }
        }
        return arithmetic.array(Enclosure(lower: ExactArray(lower), upper: ExactArray(upper)))
    }

    var isEnclosing: Bool { arithmetic.enclosure([arithmetic.zero].span) != nil }

    private func encoding(_ x: Span<A.Scalar>) -> [UInt8] {
        var bytes: [UInt8] = []
        arithmetic.encode(x, into: &bytes)
        return bytes
    }

    /// Runs one operation on arrays of `count` results, by the definition and by the arithmetic with each number of threads.
    func compare(
        _ operation: String, count: Int, initial: [A.Scalar]? = nil,
        expected: (inout MutableSpan<A.Scalar>, Site) -> Void, actual: (inout MutableSpan<A.Scalar>, Site) -> Void
    ) {
        comparisons += 1
        guard comparisons % share == 0 else { return }
        let start = initial ?? [A.Scalar](repeating: arithmetic.constant(.nan), count: count)
        var right = start
        var rightSpan = right.mutableSpan
        expected(&rightSpan, alone)
        let reference = arithmetic.exactArray(right.span)
        let derivatives = arithmetic.tangents(right.span)
        let bytes = encoding(right.span)
        for site in sites {
            var result = start
            var span = result.mutableSpan
            actual(&span, site)
            let exact = arithmetic.exactArray(result.span)
            if let derivatives, let found = arithmetic.tangents(result.span),
                let i = derivatives.firstDifference(from: found)
            {
                record(
                    "\(operation), \(site.threads) threads: the tangent of element \(i) of \(count) is "
                        + "\(found[i].hexadecimal), not \(derivatives[i].hexadecimal)")
            }
            guard let i = reference.firstDifference(from: exact) else {
                // Middles may agree where bounds do not.
                if isEnclosing, encoding(result.span) != bytes {
                    record("\(operation), \(site.threads) threads: bounds differ")
                }
                continue
            }
            record(
                "\(operation), \(site.threads) threads: element \(i) of \(count) is \(exact[i].hexadecimal), "
                    + "not \(reference[i].hexadecimal)")
        }
    }

    func record(_ line: String) {
        if violations.count < 20 { violations.append("\(arithmetic.name), \(kind) data, seed \(seed): \(line)") }
    }
}

extension BulkChecker {
    func checkMatmul() {
        // Whole and broken vector tiles, single rows and columns, an empty chain, nothing at all.
        for (m, n, k) in [(7, 17, 5), (13, 3, 4), (1, 9, 2), (5, 1, 3), (2, 3, 0), (0, 2, 2)] {
            let (a, b) = (array(m * k), array(k * n))
            for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
                let s = MatmulShape(m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB)
                compare("matmul \(m)×\(n)×\(k), transposed \(transposeA) \(transposeB)", count: m * n) {
                    definition.matmul(a.span, b.span, into: &$0, s, at: $1)
                } actual: {
                    arithmetic.matmul(a.span, b.span, into: &$0, s, at: $1)
                }
            }
        }
    }

    func checkConvolutions() {
        let shapes = [
            ConvolutionShape(
                batch: 3, inChannels: 2, inHeight: 5, inWidth: 4, outChannels: 3, kernelHeight: 3, kernelWidth: 2,
                padding: 1),
            ConvolutionShape(
                batch: 2, inChannels: 4, inHeight: 5, inWidth: 6, outChannels: 2, kernelHeight: 2, kernelWidth: 3,
                stride: 2, padding: 2, groups: 2),
            ConvolutionShape(
                batch: 1, inChannels: 3, inHeight: 4, inWidth: 4, outChannels: 3, kernelHeight: 1, kernelWidth: 1,
                stride: 3, groups: 3),
            ConvolutionShape(
                batch: 1, inChannels: 1, inHeight: 3, inWidth: 9, outChannels: 9, kernelHeight: 3, kernelWidth: 3),
        ]
        for s in shapes {
            let (x, w, g) = (array(s.inputCount), array(s.kernelCount), array(s.outputCount))
            let text = "stride \(s.stride), padding \(s.padding), groups \(s.groups)"
            compare("convolve, \(text)", count: s.outputCount) {
                definition.convolve(x.span, w.span, into: &$0, s, at: $1)
            } actual: {
                arithmetic.convolve(x.span, w.span, into: &$0, s, at: $1)
            }
            compare("convolveInputGradient, \(text)", count: s.inputCount) {
                definition.convolveInputGradient(g.span, w.span, into: &$0, s, at: $1)
            } actual: {
                arithmetic.convolveInputGradient(g.span, w.span, into: &$0, s, at: $1)
            }
            compare("convolveKernelGradient, \(text)", count: s.kernelCount) {
                definition.convolveKernelGradient(g.span, x.span, into: &$0, s, at: $1)
            } actual: {
                arithmetic.convolveKernelGradient(g.span, x.span, into: &$0, s, at: $1)
            }
        }
    }

    func checkSums() {
        for (outer, out, inner) in [(3, 4, 5), (1, 1, 17), (9, 5, 1), (2, 3, 0), (0, 2, 3), (1, 19, 3)] {
            let x = array(outer * out * inner)
            compare("sums [\(outer), \(out), \(inner)]", count: out) {
                definition.sums(x.span, outer: outer, inner: inner, into: &$0, at: $1)
            } actual: {
                arithmetic.sums(x.span, outer: outer, inner: inner, into: &$0, at: $1)
            }
        }
        let lists = IndexLists(
            offsets: [0, 3, 3, 7, 8], indices: [4, 0, 4, 5, 1, 2, 3, 0], copies: 5, stride: 6)
        let x = array(30)
        compare("gatherSums", count: lists.rows) {
            definition.gatherSums(x.span, lists, into: &$0, at: $1)
        } actual: {
            arithmetic.gatherSums(x.span, lists, into: &$0, at: $1)
        }
    }

    /// Several to one position, none to another.
    func checkScatterSums() {
        let x = array(23)
        let positions = x.indices.map { Int32($0 * $0 % 17) }
        compare("scatterSums", count: 17) {
            definition.scatterSums(x.span, to: positions.span, into: &$0, at: $1)
        } actual: {
            arithmetic.scatterSums(x.span, to: positions.span, into: &$0, at: $1)
        }
    }

    /// Against the rule itself as well: the first of the largest, NaN above all, -0 equal to +0.
    func checkMaxima() {
        let negative = arithmetic.negate(arithmetic.zero)
        let x =
            array(24) + [
                negative, arithmetic.zero, negative, arithmetic.constant(.nan), arithmetic.one,
                arithmetic.constant(.nan),
            ]
        checkMaxima(
            x,
            IndexLists(
                offsets: [0, 2, 4, 6, 10, 12], indices: [0, 1, 1, 0, 2, 3, 4, 3, 5, 1, 2, 2], copies: 5, stride: 6))
        // Many rows of one length, as pooling has them, and then some of another.
        let long = IndexLists(
            offsets: (0...19).map { Int32(min(3 * $0, $0 + 36)) }, indices: (0..<55).map { Int32($0 * 7 % 15) },
            copies: 2,
            stride: 15)
        checkMaxima(x, long)
    }

    private func checkMaxima(_ x: [A.Scalar], _ lists: IndexLists) {
        var expected = [Int32](repeating: -1, count: lists.rows)
        var expectedSpan = expected.mutableSpan
        definition.maxima(x.span, lists, into: &expectedSpan, at: alone)
        for site in sites {
            var kept = [Int32](repeating: -1, count: lists.rows)
            var span = kept.mutableSpan
            arithmetic.maxima(x.span, lists, into: &span, at: site)
            if kept != expected { record("maxima are at \(kept), not \(expected), with \(site.threads) threads") }
        }
        // Which of several contenders is kept has no rule of its own.
        if isEnclosing { return }
        for r in 0..<lists.rows {
            let (positions, shift) = lists.row(r)
            let row = positions.map { Int(lists.indices[$0]) + shift }
            let firstNaN = row.first { arithmetic.exactValue(x[$0]).isNaN }
            let firstLargest = row.first { i in row.allSatisfy { arithmetic.compare(x[i], x[$0]) != .less } }
            let found = Int(expected[r])
            if found != firstNaN ?? firstLargest { record("maximum of row \(r), \(row), is kept at \(found)") }
        }
    }
}
