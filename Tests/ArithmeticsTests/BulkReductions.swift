import Arithmetics

/// One result of every operation on whole arrays that reduces, on small seeded data: an arithmetic and its `Plain` must give
/// the same.
func bulkReductions<A: Arithmetic>(_ a: A, seed: UInt64 = 9, scale: Double = 1) -> [[ExactValue]] {
    var stream = RandomStream(seed: seed, .other)
    func values(_ count: Int) -> [A.Scalar] {
        a.array(ExactArray((0..<count).map { _ in scale * (stream.uniform() - 0.5) }))
    }
    let s = ConvolutionShape(
        batch: 2, inChannels: 3, inHeight: 5, inWidth: 5, outChannels: 4, kernelHeight: 3, kernelWidth: 3, stride: 2,
        padding: 1)
    let x = values(s.inputCount), w = values(s.kernelCount), g = values(s.outputCount)
    let site = Site(step: 1, operation: 6)
    var results: [[ExactValue]] = []
    func collect(_ count: Int, _ body: (inout MutableSpan<A.Scalar>) -> Void) {
        var out = [A.Scalar](repeating: a.zero, count: count)
        var span = out.mutableSpan
        body(&span)
        results.append(out.map { a.exactValue($0) })
    }
    collect(s.outputCount) { a.convolve(x.span, w.span, into: &$0, s, at: site) }
    collect(s.inputCount) { a.convolveInputGradient(g.span, w.span, into: &$0, s, at: site) }
    collect(s.kernelCount) { a.convolveKernelGradient(g.span, x.span, into: &$0, s, at: site) }
    for (transposeA, transposeB) in [(false, false), (true, false), (false, true)] {
        let shape = MatmulShape(m: 5, n: 6, k: 7, transposeA: transposeA, transposeB: transposeB)
        let left = Array(x[..<35]), right = Array(x[35..<77])
        collect(30) { a.matmul(left.span, right.span, into: &$0, shape, at: site) }
    }
    collect(3) { a.sums(x.span, outer: 10, inner: 5, into: &$0, at: site) }
    let lists = IndexLists(offsets: [0, 3, 3, 7], indices: [4, 2, 0, 1, 1, 8, 5])
    collect(3) { a.gatherSums(x.span, lists, into: &$0, at: site) }
    return results
}
