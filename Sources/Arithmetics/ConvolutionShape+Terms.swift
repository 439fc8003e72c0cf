// The terms of a convolution and of its gradients in the contract's order, as pairs of row-major indices. A tap outside the
// image, or that the stride skips, has none.
// Source: contract, section 3.

extension ConvolutionShape {
    /// Terms of one output, padding included.
    public var termsOfAnOutput: Int { inChannels / groups * kernelHeight * kernelWidth }

    @inlinable var inputsOfAGroup: Int { inChannels / groups }
    @inlinable var outputsOfAGroup: Int { outChannels / groups }

    @inlinable
    func input(_ n: Int, _ ic: Int, _ row: Int, _ column: Int) -> Int {
        ((n * inChannels + ic) * inHeight + row) * inWidth + column
    }
    @inlinable
    func output(_ n: Int, _ oc: Int, _ oh: Int, _ ow: Int) -> Int {
        ((n * outChannels + oc) * outHeight + oh) * outWidth + ow
    }
    /// c numbers the input channels of the group.
    @inlinable
    func weight(_ oc: Int, _ c: Int, _ kh: Int, _ kw: Int) -> Int {
        ((oc * inputsOfAGroup + c) * kernelHeight + kh) * kernelWidth + kw
    }

    /// Pairs (input, weight) over input channel of the group, kernel row, kernel column.
    @inlinable
    func forEachTerm(ofOutput element: Int, _ body: (_ input: Int, _ weight: Int) -> Void) {
        let (oh, ow) = (element / outWidth % outHeight, element % outWidth)
        let channel = element / (outHeight * outWidth)
        let (n, oc) = (channel / outChannels, channel % outChannels)
        for c in 0..<inputsOfAGroup {
            let ic = oc / outputsOfAGroup * inputsOfAGroup + c
            for kh in 0..<kernelHeight {
                let row = oh * stride + kh - padding
                guard 0 <= row, row < inHeight else { continue }
                for kw in 0..<kernelWidth {
                    let column = ow * stride + kw - padding
                    guard 0 <= column, column < inWidth else { continue }
                    body(input(n, ic, row, column), weight(oc, c, kh, kw))
                }
            }
        }
    }

    /// Pairs (output, weight) over output channel of the group, kernel row, kernel column.
    @inlinable
    func forEachTerm(ofInput element: Int, _ body: (_ output: Int, _ weight: Int) -> Void) {
        let (row, column) = (element / inWidth % inHeight, element % inWidth)
        let channel = element / (inHeight * inWidth)
        let (n, ic) = (channel / inChannels, channel % inChannels)
        for o in 0..<outputsOfAGroup {
            let oc = ic / inputsOfAGroup * outputsOfAGroup + o
            for kh in 0..<kernelHeight {
                let oh = row + padding - kh
                guard oh >= 0, oh % stride == 0, oh / stride < outHeight else { continue }
                for kw in 0..<kernelWidth {
                    let ow = column + padding - kw
                    guard ow >= 0, ow % stride == 0, ow / stride < outWidth else { continue }
                    body(output(n, oc, oh / stride, ow / stride), weight(oc, ic % inputsOfAGroup, kh, kw))
                }
            }
        }
    }

    /// Pairs (output, input) over sample, output row, output column.
    @inlinable
    func forEachTerm(ofWeight element: Int, _ body: (_ output: Int, _ input: Int) -> Void) {
        let (kh, kw) = (element / kernelWidth % kernelHeight, element % kernelWidth)
        let channel = element / (kernelHeight * kernelWidth)
        let (oc, c) = (channel / inputsOfAGroup, channel % inputsOfAGroup)
        let ic = oc / outputsOfAGroup * inputsOfAGroup + c
        for n in 0..<batch {
            for oh in 0..<outHeight {
                let row = oh * stride + kh - padding
                guard 0 <= row, row < inHeight else { continue }
                for ow in 0..<outWidth {
                    let column = ow * stride + kw - padding
                    guard 0 <= column, column < inWidth else { continue }
                    body(output(n, oc, oh, ow), input(n, ic, row, column))
                }
            }
        }
    }
}
