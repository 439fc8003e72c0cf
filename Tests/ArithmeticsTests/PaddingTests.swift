import Arithmetics
import Testing

/// Padding takes no part in a sum: not even as a zero, whose product with a negative weight is -0.
@Suite struct PaddingTests {
    /// On an image of zeros every product is a zero, and rounding down one -0 makes the whole sum -0. Only the tap at the top
    /// left is negative, and for the output at the top left it lies on the padding: that sum is +0, the last one is -0.
    @Test(arguments: ["mpfr:40,round=down", "mpfr:40,reduction=sequential,round=down", "float,round=down"])
    func zerosOnThePaddingDoNotShow(_ name: String) throws {
        func outputs<A: Arithmetic>(_ arithmetic: A) -> [ExactValue] {
            let shape = ConvolutionShape(
                batch: 1, inChannels: 1, inHeight: 2, inWidth: 2, outChannels: 1, kernelHeight: 3, kernelWidth: 3,
                padding: 1)
            let x = [A.Scalar](repeating: arithmetic.zero, count: 4)
            var w = [A.Scalar](repeating: arithmetic.one, count: 9)
            w[0] = arithmetic.negate(arithmetic.one)
            var y = [A.Scalar](repeating: arithmetic.one, count: 4)
            var out = y.mutableSpan
            arithmetic.convolve(x.span, w.span, into: &out, shape, at: Site())
            return y.map { arithmetic.exactValue($0) }
        }
        let found = outputs(try arithmetic(named: name))
        #expect(found == [.zero, .zero, .zero, .negativeZero])
    }
}
