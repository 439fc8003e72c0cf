// How many scalar operations each definition writes: what `Arithmetic+Functions`, `Arithmetic+Reductions` and
// `Arithmetic+Bulk` do, counted. Tests hold every formula to a count made scalar by scalar.

extension Reduction {
    /// Operations of a sum of n terms.
    func sumCounts(_ n: Int) -> OperationCounts {
        var counts = OperationCounts()
        switch self {
        case .sequential: counts[.add] = n
        case .pairwise: counts[.add] = max(0, n - 1)
        case .blocked(let size): counts[.add] = n + blocks(n, size)
        case .kahan:
            counts[.add] = n
            counts[.subtract] = 3 * n
        case .exact:
            counts[.exactTerm] = n
            counts[.round] = 1
        }
        return counts
    }

    private func blocks(_ n: Int, _ size: Int) -> Int { n == 0 ? 0 : (n - 1) / size + 1 }

    /// Operations of a dot product of n terms.
    func dotCounts(_ n: Int) -> OperationCounts {
        var counts = OperationCounts()
        switch self {
        case .sequential: counts[.fma] = n
        case .blocked(let size):
            counts[.fma] = n
            counts[.add] = blocks(n, size)
        case .pairwise, .kahan:
            counts = sumCounts(n)
            counts[.multiply] = n
        case .exact: counts = sumCounts(n)
        }
        return counts
    }
}

private let sigmoidCounts = OperationCounts(.negate, .exp, .add, .divide)

extension UnaryFunction {
    /// Operations of one value.
    var counts: OperationCounts {
        switch self {
        case .negate: OperationCounts(.negate)
        case .absolute: OperationCounts(.absolute)
        case .squareRoot: OperationCounts(.squareRoot)
        case .elementary(let f): OperationCounts(Operation(f))
        case .relu: OperationCounts(.compare)
        case .sigmoid: sigmoidCounts
        case .softplus: OperationCounts(.absolute, .negate, .exp, .log1p, .compare, .add)
        case .swish: sigmoidCounts + OperationCounts(.multiply, .multiply)
        }
    }
}

extension BinaryFunction {
    /// Operations of one value.
    var counts: OperationCounts {
        switch self {
        case .add: OperationCounts(.add)
        case .subtract: OperationCounts(.subtract)
        case .multiply: OperationCounts(.multiply)
        case .divide: OperationCounts(.divide)
        case .reluGradient: OperationCounts(.compare)
        case .sigmoidGradient, .tanhGradient: OperationCounts(.subtract, .multiply, .multiply)
        case .softplusGradient: sigmoidCounts + OperationCounts(.multiply)
        case .swishGradient:
            sigmoidCounts + OperationCounts(.multiply, .subtract, .multiply, .add, .multiply, .multiply)
        }
    }
}

extension DescentConstants {
    /// Operations of the update of one weight.
    var counts: OperationCounts {
        var counts = fused ? OperationCounts(.fma) : OperationCounts(.multiply, .divide, .multiply, .subtract)
        let product = fused ? OperationCounts(.fma) : OperationCounts(.multiply, .add)
        if scaledRate != nil, !fused { counts[.multiply] -= 1 }
        if weightDecay != nil { counts += product }
        if momentum != nil {
            if !isFirst { counts += product }
            if nesterov { counts += product }
        }
        return counts
    }
}

extension ConvolutionShape {
    /// For each place of an axis of the output how many taps of the kernel lie on the image.
    private func taps(_ outputs: Int, _ kernel: Int, _ inputs: Int) -> [Int] {
        (0..<outputs).map { o in (0..<kernel).filter { (0..<inputs).contains(o * stride + $0 - padding) }.count }
    }

    /// For each place of an axis of the input how many outputs reach it.
    private func reached(_ outputs: Int, _ kernel: Int, _ inputs: Int) -> [Int] {
        (0..<inputs).map { i in
            (0..<kernel).filter { k in
                let place = i + padding - k
                return place >= 0 && place % stride == 0 && place / stride < outputs
            }.count
        }
    }

    /// For each tap of an axis of the kernel how many outputs it serves.
    private func served(_ outputs: Int, _ kernel: Int, _ inputs: Int) -> [Int] {
        (0..<kernel).map { k in (0..<outputs).filter { (0..<inputs).contains($0 * stride + k - padding) }.count }
    }

    private typealias Axis = (_ outputs: Int, _ kernel: Int, _ inputs: Int) -> [Int]

    /// `copies` dot products for every place of a plane, of `factor` terms for each of what the axes count there.
    private func counts(_ copies: Int, _ factor: Int, _ axis: Axis, _ reduction: Reduction) -> OperationCounts {
        let rows = axis(outHeight, kernelHeight, inHeight)
        let columns = axis(outWidth, kernelWidth, inWidth)
        var counts = OperationCounts()
        for row in rows { for column in columns { counts += reduction.dotCounts(factor * row * column) } }
        return copies * counts
    }

    func forwardCounts(_ reduction: Reduction) -> OperationCounts {
        counts(batch * outChannels, inChannels / groups, taps, reduction)
    }

    func inputGradientCounts(_ reduction: Reduction) -> OperationCounts {
        counts(batch * inChannels, outChannels / groups, reached, reduction)
    }

    func kernelGradientCounts(_ reduction: Reduction) -> OperationCounts {
        counts(outChannels * (inChannels / groups), batch, served, reduction)
    }
}
