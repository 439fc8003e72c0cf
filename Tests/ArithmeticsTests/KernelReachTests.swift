import Arithmetics
import Foundation
import Synchronization
import Testing

/// An override whose signature slips is silently ignored through the protocol, and the definition runs instead. These tests
/// see which of the two ran: binary32 with scalar operations that count themselves, and the kernels of `IEEEArithmetic`.
@Suite struct KernelReachTests {
    private func array(_ count: Int) -> [Float] { (0..<count).map { Float($0 % 5) - 2 } }

    /// Scalar operations of each bulk operation, called as layers call it: through the protocol.
    private func operations<A: Arithmetic>(of arithmetic: A, counter: Counter) -> [String: Int]
    where A.Scalar == Float {
        var counts: [String: Int] = [:]
        func count(_ name: String, results: Int, _ body: (inout MutableSpan<Float>) -> Void) {
            var out = array(results)
            var span = out.mutableSpan
            counter.reset()
            body(&span)
            counts[name] = counter.value
        }
        let site = Site()
        let x = array(48)
        let y = array(48)
        let matrices = MatmulShape(m: 6, n: 6, k: 8)
        let images = ConvolutionShape(
            batch: 2, inChannels: 1, inHeight: 4, inWidth: 6, outChannels: 2, kernelHeight: 3, kernelWidth: 3,
            padding: 1)
        let (w, g) = (array(images.kernelCount), array(images.outputCount))
        let lists = IndexLists(offsets: [0, 2, 4], indices: [0, 1, 2, 3])
        count("matmul", results: 36) { arithmetic.matmul(x.span, y.span, into: &$0, matrices, at: site) }
        count("convolve", results: g.count) { arithmetic.convolve(x.span, w.span, into: &$0, images, at: site) }
        count("convolveInputGradient", results: 48) {
            arithmetic.convolveInputGradient(g.span, w.span, into: &$0, images, at: site)
        }
        count("convolveKernelGradient", results: w.count) {
            arithmetic.convolveKernelGradient(g.span, x.span, into: &$0, images, at: site)
        }
        count("map", results: 48) { arithmetic.map(.sigmoid, x.span, into: &$0, at: site) }
        count("zip", results: 48) { arithmetic.zip(.add, x.span, y.span, .none(48), into: &$0, at: site) }
        count("sums", results: 6) { arithmetic.sums(x.span, outer: 4, inner: 2, into: &$0, at: site) }
        count("gatherSums", results: 2) { arithmetic.gatherSums(x.span, lists, into: &$0, at: site) }
        count("dot", results: 1) {
            var own = arithmetic
            $0[0] = own.dot(x.span, y.span)
        }
        count("descend", results: 48) {
            let constants = DescentConstants<Float>(
                rate: 0.5, momentum: nil, weightDecay: 0.5, nesterov: false, isFirst: false, k: 1)
            var none: [Float] = []
            var buffer = none.mutableSpan
            arithmetic.descend(&$0, &buffer, x.span, constants, at: site)
        }
        return counts
    }

    @Test func theKernelsOfNativeFormatsAreReached() {
        let counter = Counter()
        let native = Counted(counter: counter)
        let kernels = operations(of: native, counter: counter)
        let definitions = operations(of: Plain(native), counter: counter)
        #expect(kernels.count == 10)
        for (name, count) in kernels { #expect(count == 0, "\(name) made \(count) scalar operations") }
        for (name, count) in definitions {
            #expect(count > 0, "the definition of \(name) made none, so the count is blind")
        }
    }

    /// Where scalars cannot count themselves time must tell: exact reductions by the definition go through allocated exact
    /// values and take some hundred times as long as the kernels, as do software formats scalar by scalar; of which a factor of 4
    /// is asked.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["LOCKSTEP_LONG"] != nil, "set LOCKSTEP_LONG"))
    func theKernelsOfArbitraryPrecisionAndOfSoftwareFormatsAreReached() {
        func check(_ arithmetic: some Arithmetic) {
            for (fast, slow) in zip(times(of: arithmetic), times(of: Plain(arithmetic))) {
                #expect(
                    fast.time * 4 < slow.time,
                    "\(arithmetic.name): \(fast.name) takes \(fast.time), its definition \(slow.time)")
            }
        }
        check(MPFRArithmetic<4>(precision: 256))
        check(SoftFloat(.bfloat16, reduction: .kahan))
        check(SoftFloat(.binary64, direction: .up))
        check(Stochastic(SoftFloat(.binary16, direction: .stochastic(seed: 1))))
    }

    private func times<A: Arithmetic>(of arithmetic: A) -> [(name: String, time: Duration)] {
        let values = arithmetic.array(ExactArray((0..<576).map { Double($0 % 7) - 2.5 }))
        let site = Site()
        let images = ConvolutionShape(
            batch: 4, inChannels: 1, inHeight: 12, inWidth: 12, outChannels: 4, kernelHeight: 3, kernelWidth: 3,
            padding: 1)
        let x = Array(values.prefix(images.inputCount))
        let w = Array(values.prefix(images.kernelCount))
        let g = arithmetic.array(ExactArray((0..<images.outputCount).map { Double($0 % 5) }))
        let lists = IndexLists.rows(24, columns: 24)
        func time(_ results: Int, _ body: (inout MutableSpan<A.Scalar>) -> Void) -> Duration {
            var out = [A.Scalar](repeating: arithmetic.zero, count: results)
            var best = Duration.seconds(1000)
            for _ in 0..<3 {
                var span = out.mutableSpan
                best = min(best, ContinuousClock().measure { body(&span) })
            }
            return best
        }
        let matrices = MatmulShape(m: 24, n: 24, k: 24)
        return [
            ("matmul", time(576) { arithmetic.matmul(values.span, values.span, into: &$0, matrices, at: site) }),
            ("convolve", time(g.count) { arithmetic.convolve(x.span, w.span, into: &$0, images, at: site) }),
            (
                "convolveInputGradient",
                time(x.count) { arithmetic.convolveInputGradient(g.span, w.span, into: &$0, images, at: site) }
            ),
            (
                "convolveKernelGradient",
                time(w.count) { arithmetic.convolveKernelGradient(g.span, x.span, into: &$0, images, at: site) }
            ),
            ("sums", time(24) { arithmetic.sums(values.span, outer: 24, inner: 1, into: &$0, at: site) }),
            ("gatherSums", time(24) { arithmetic.gatherSums(values.span, lists, into: &$0, at: site) }),
        ]
    }
}

private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
    func note() { count.add(1, ordering: .relaxed) }
}

/// binary32 whose scalar operations count themselves; its bulk operations are those that `Binary32` gets too.
private struct Counted: IEEEArithmetic {
    let counter: Counter
    private let base = Binary32()

    static var kernels: IEEEKernels<Float> { Binary32.kernels }
    var instructionSet: InstructionSet { base.instructionSet }
    var name: String { "counted" }
    var format: Format { base.format }
    var reduction: Reduction { base.reduction }

    private func noted<R>(_ result: R) -> R {
        counter.note()
        return result
    }
    func add(_ a: Float, _ b: Float) -> Float { noted(a + b) }
    func subtract(_ a: Float, _ b: Float) -> Float { noted(a - b) }
    func multiply(_ a: Float, _ b: Float) -> Float { noted(a * b) }
    func divide(_ a: Float, _ b: Float) -> Float { noted(a / b) }
    func fma(_ a: Float, _ b: Float, _ c: Float) -> Float { noted(base.fma(a, b, c)) }
    func elementary(_ f: ElementaryFunction, _ x: Float) -> Float { noted(base.elementary(f, x)) }

    func constant(_ x: ExactValue) -> Float { base.constant(x) }
    func exactValue(_ x: Float) -> ExactValue { base.exactValue(x) }
    func encode(_ x: Span<Float>, into bytes: inout [UInt8]) { base.encode(x, into: &bytes) }
}
