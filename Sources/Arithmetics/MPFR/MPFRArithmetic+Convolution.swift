import CKernels
import Synchronization

// Convolutions with exact sums. Each value of an image becomes residues once, for all the windows that hold it; where
// residues do not serve (an infinity, a NaN, exponents far apart), by patches, where each line of a product is judged alone.

extension MPFRArithmetic {
    private typealias Kernel =
        @Sendable (
            UnsafePointer<ls_convolution>, Int64, Int64, UnsafeRawPointer?, UnsafeRawPointer?, UnsafeMutableRawPointer?,
            UnsafePointer<ls_big_format>?
        ) -> Bool

    /// False, with `out` to be made anew, where the kernel says so for any part.
    private func byResidues(
        _ kernel: Kernel, _ first: Span<Scalar>, _ second: Span<Scalar>,
        into out: inout MutableSpan<Scalar>, rows: Int, _ s: ConvolutionShape, at site: Site
    ) -> Bool {
        check(first)
        check(second)
        guard reduction == .exact else { return false }
        let refused = Atomic(false)
        // A multiply-accumulate takes a few nanoseconds, results and the conversion of values aside.
        inParts(&out, of: rows, nanoseconds: Double(s.terms) * Double(2 + limbs), at: site) { part, out, format in
            var shape = s.kernel
            let made = first.withUnsafeBufferPointer { first in
                second.withUnsafeBufferPointer { second in
                    kernel(&shape, part.first, part.last, first.baseAddress, second.baseAddress, out, format)
                }
            }
            if !made { refused.store(true, ordering: .relaxed) }
        }
        return !refused.load(ordering: .relaxed)
    }

    public func convolve(
        _ x: Span<Scalar>, _ w: Span<Scalar>, into y: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        precondition(
            x.count == s.inputCount && w.count == s.kernelCount && y.count == s.outputCount, "shapes do not match")
        if byResidues({ ls_big_convolve($0, $1, $2, $3, $4, $5, $6) }, x, w, into: &y, rows: s.batch, s, at: site) {
            return
        }
        convolveByPatches(x, w, into: &y, s, at: site)
    }

    public func convolveInputGradient(
        _ g: Span<Scalar>, _ w: Span<Scalar>, into dx: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        precondition(
            g.count == s.outputCount && w.count == s.kernelCount && dx.count == s.inputCount, "shapes do not match")
        if byResidues(
            { ls_big_convolve_input_gradient($0, $1, $2, $3, $4, $5, $6) }, g, w, into: &dx, rows: s.batch, s, at: site)
        {
            return
        }
        convolveInputGradientByPatches(g, w, into: &dx, s, at: site)
    }

    public func convolveKernelGradient(
        _ g: Span<Scalar>, _ x: Span<Scalar>, into dw: inout MutableSpan<Scalar>, _ s: ConvolutionShape, at site: Site
    ) {
        precondition(
            g.count == s.outputCount && x.count == s.inputCount && dw.count == s.kernelCount, "shapes do not match")
        if byResidues(
            { ls_big_convolve_kernel_gradient($0, $1, $2, $3, $4, $5, $6) }, g, x, into: &dw, rows: s.outChannels, s,
            at: site)
        {
            return
        }
        convolveKernelGradientByPatches(g, x, into: &dw, s, at: site)
    }
}
