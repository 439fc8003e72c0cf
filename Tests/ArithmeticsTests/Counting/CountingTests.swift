import Arithmetics
import Foundation
import LawSupport
import Testing

@Suite struct CountingTests {
    /// What each operation counts, and its results, through the protocol.
    private func operations<A: Arithmetic>(
        _ arithmetic: A, _ values: [ExactValue], counts: () -> OperationCounts
    ) -> [(name: String, counts: OperationCounts, bytes: [UInt8])] {
        var all: [(String, OperationCounts, [UInt8])] = []
        var before = counts()
        func record(_ name: String, _ bytes: [UInt8]) {
            let now = counts()
            all.append((name, now + -1 * before, bytes))
            before = now
        }
        func run(_ name: String, results: Int, _ body: (inout MutableSpan<A.Scalar>) -> Void) {
            var out = [A.Scalar](repeating: arithmetic.zero, count: results)
            var span = out.mutableSpan
            body(&span)
            var bytes: [UInt8] = []
            arithmetic.encode(out.span, into: &bytes)
            record(name, bytes)
        }
        let site = Site()
        let x = arithmetic.array(ExactArray(values))
        record("array", [])
        let beta = arithmetic.constant(Rational(3, 2))
        record("constant", [])
        let y = Array(x.reversed())
        let (left, right, block) = (Array(x.prefix(28)), Array(y.prefix(35)), Array(x.prefix(30)))
        run("matmul", results: 20) {
            arithmetic.matmul(
                left.span, right.span, into: &$0, MatmulShape(m: 4, n: 5, k: 7, transposeB: true), at: site)
        }
        for (stride, padding, groups) in [(1, 1, 1), (2, 2, 2)] {
            let s = ConvolutionShape(
                batch: 2, inChannels: 2, inHeight: 4, inWidth: 5, outChannels: 4, kernelHeight: 3, kernelWidth: 2,
                stride: stride, padding: padding, groups: groups)
            func some(_ n: Int) -> [A.Scalar] { (0..<n).map { x[$0 % x.count] } }
            let (image, w, g) = (some(s.inputCount), some(s.kernelCount), some(s.outputCount))
            run("convolve, stride \(stride)", results: g.count) {
                arithmetic.convolve(image.span, w.span, into: &$0, s, at: site)
            }
            run("convolveInputGradient, stride \(stride)", results: image.count) {
                arithmetic.convolveInputGradient(g.span, w.span, into: &$0, s, at: site)
            }
            run("convolveKernelGradient, stride \(stride)", results: w.count) {
                arithmetic.convolveKernelGradient(g.span, image.span, into: &$0, s, at: site)
            }
        }
        let unary: [UnaryFunction<A.Scalar>] =
            [.negate, .absolute, .squareRoot, .relu, .sigmoid, .softplus, .swish(beta: beta)]
            + ElementaryFunction.allCases.map { .elementary($0) }
        for f in unary { run("map \(f)", results: x.count) { arithmetic.map(f, x.span, into: &$0, at: site) } }
        let binary: [BinaryFunction<A.Scalar>] = [
            .add, .subtract, .multiply, .divide, .reluGradient, .sigmoidGradient, .tanhGradient, .softplusGradient,
            .swishGradient(beta: beta),
        ]
        for f in binary {
            run("zip \(f)", results: x.count) {
                arithmetic.zip(f, x.span, y.span, .lastAxis(5), into: &$0, at: site)
            }
        }
        run("sums", results: 5) { arithmetic.sums(block.span, outer: 2, inner: 3, into: &$0, at: site) }
        let lists = IndexLists(offsets: [0, 3, 3, 7, 8], indices: [4, 0, 4, 5, 1, 2, 3, 0], copies: 5, stride: 6)
        run("gatherSums", results: lists.rows) { arithmetic.gatherSums(x.span, lists, into: &$0, at: site) }
        var kept = [Int32](repeating: 0, count: 5)
        var keptSpan = kept.mutableSpan
        arithmetic.maxima(x.span, .rows(5, columns: 7), into: &keptSpan, at: Site())
        record("maxima", kept.map { UInt8($0) })
        for options in 0..<16 {
            let constants = DescentConstants(
                rate: beta, momentum: options & 1 != 0 ? beta : nil, weightDecay: options & 2 != 0 ? beta : nil,
                nesterov: options & 4 != 0, isFirst: options & 8 != 0, k: 3)
            var buffer = options & 1 != 0 ? y : []
            run("descend \(options)", results: x.count) {
                var bufferSpan = buffer.mutableSpan
                arithmetic.descend(&$0, &bufferSpan, x.span, constants, at: site)
            }
        }
        return all
    }

    @Test(arguments: ["float", "mpfr:70", "interval:30"], ["", "pairwise", "blocked:3", "kahan", "exact"])
    func fastPathsCountWhatTheDefinitionMakes(format: String, reduction: String) throws {
        func check(_ base: some Arithmetic) {
            var operands = Operands(base.format, seed: 51)
            // NaNs too, where a comparison with one counts like any other; an enclosing arithmetic asks about them twice.
            let values =
                base.enclosure([base.zero].span) == nil
                ? operands.values(40, .special) : operands.values(40, .ordinary)
            let (fast, slow) = (OperationLog(), OperationLog())
            var counting = Counting(base)
            counting.operationLog = fast
            let found = operations(counting, values) { fast.counts }
            let expected = operations(Tally(base: base, log: slow), values) { slow.counts }
            for (a, b) in zip(found, expected) {
                #expect(
                    a.counts == b.counts, "\(base.name), \(a.name): \(a.counts.occurring), not \(b.counts.occurring)")
                #expect(a.counts.isEmpty == false)
            }
            let uncounted = operations(base, values) { OperationCounts() }
            for (a, b) in zip(found, uncounted) { #expect(a.bytes == b.bytes, "\(base.name), \(a.name)") }
        }
        check(try arithmetic(named: format + (reduction.isEmpty ? "" : ",reduction=\(reduction)")))
    }

    @Test func nothingIsCountedWithoutALog() throws {
        var counting = Counting(Binary32())
        #expect(counting.add(1, 2) == 3)
        let log = OperationLog()
        counting.operationLog = log
        #expect(counting.add(1, 2) == 3)
        #expect(log.counts == OperationCounts(.add))
        #expect(log.counts.occurring.map(\.operation) == [.add])
    }

    @Test func countsSurviveTheFile() throws {
        var counts = OperationCounts(.add, .fma, .fma)
        counts[.exactTerm] = 1 << 40
        let text = try JSONEncoder().encode(counts)
        #expect(try JSONDecoder().decode(OperationCounts.self, from: text) == counts)
    }
}
