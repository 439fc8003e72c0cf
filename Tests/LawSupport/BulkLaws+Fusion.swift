import Arithmetics

extension BulkChecker {
    /// Operands of every extent, results that are kept, summed, both or neither, sums that later steps use, in passes of one or
    /// several, long and short rows, more steps and sums than a kernel may take at once.
    func checkFusion() {
        for (outer, channels, inner) in [(2, 11, 37), (1, 3, 300), (3, 2, 5), (0, 2, 20), (2, 0, 20), (1, 9, 16)] {
            let count = outer * channels * inner
            let operands = [array(count), array(count), array(channels), array(inner), array(1)]
            // Others make one operation after the other: what they are held to.
            for recipe in arithmetic.makesAgain ? Array(0..<8) : [3] {
                let kept = fusion(recipe, (outer, channels, inner), operands, at: sites[0]).kept
                let results = kept.map { $0 ? count : channels }.reduce(0, +)
                func write(_ all: [[A.Scalar]], _ out: inout MutableSpan<A.Scalar>) {
                    for (i, value) in all.joined().enumerated() { out[i] = value }
                }
                compare("fusion \(recipe) of [\(outer), \(channels), \(inner)]", count: results) {
                    let (fusion, values, _) = fusion(recipe, (outer, channels, inner), operands, at: $1)
                    write(definition.evaluate(fusion, keeping: values), &$0)
                } actual: {
                    let (fusion, values, _) = fusion(recipe, (outer, channels, inner), operands, at: $1)
                    write(arithmetic.evaluate(fusion, keeping: values), &$0)
                }
            }
        }
    }

    /// - Returns: the operations, what to keep of them, and which of that has the whole shape.
    private func fusion(
        _ recipe: Int, _ shape: (outer: Int, channels: Int, inner: Int), _ operands: [[A.Scalar]], at site: Site
    ) -> (fusion: Fusion<A.Scalar>, values: [Fusion<A.Scalar>.Value], kept: [Bool]) {
        var site = site
        func next() -> Site {
            site.operation += 1
            return site
        }
        var fusion = Fusion<A.Scalar>(outer: shape.outer, channels: shape.channels, inner: shape.inner)
        let (x, g) = (fusion.elements(operands[0]), fusion.elements(operands[1]))
        let (c, p, s) = (
            fusion.channels(operands[2]), fusion.positions(operands[3]), fusion.scalar(operands[4][0])
        )
        let d = fusion.zip(.subtract, x, c, at: next())
        var values: [Fusion<A.Scalar>.Value]
        switch recipe {
        case 0:  // a result kept and summed, one only summed, an operand summed
            let total = fusion.sum(g, at: next())
            let squares = fusion.sum(fusion.zip(.multiply, d, d, at: next()), at: next())
            values = [d, squares, total, fusion.sum(d, at: next())]
        case 1:  // positions and scalars; a function of a block; nothing kept but the end
            let scaled = fusion.zip(.multiply, fusion.zip(.divide, d, p, at: next()), s, at: next())
            values = [fusion.zip(.add, fusion.map(.sigmoid, scaled, at: next()), g, at: next())]
        case 2:  // two sums of one result, and a gradient
            let product = fusion.zip(.reluGradient, d, fusion.map(.negate, g, at: next()), at: next())
            values = [fusion.sum(product, at: next()), product, fusion.sum(product, at: next())]
        case 3:  // batch norm, what comes after it, and its gradient, with all that may be kept on the way
            let mean = fusion.zip(.multiply, fusion.sum(x, at: next()), s, at: next())
            let d = fusion.zip(.subtract, x, mean, at: next())
            let total = fusion.sum(fusion.zip(.multiply, d, d, at: next()), at: next())
            let sigma = fusion.map(.squareRoot, fusion.zip(.add, total, s, at: next()), at: next())
            let n = fusion.zip(.divide, d, sigma, at: next())
            let y = fusion.zip(.add, fusion.zip(.multiply, n, c, at: next()), c, at: next())
            let relu = fusion.map(.relu, fusion.zip(.add, g, y, at: next()), at: next())
            values = [relu, mean, sigma, total]
        case 4:  // a result of the first pass that the second and third read, a sum of what is kept
            let masked = fusion.zip(.reluGradient, x, fusion.zip(.add, g, x, at: next()), at: next())
            let first = fusion.sum(masked, at: next())
            let product = fusion.zip(.multiply, masked, fusion.map(.negate, d, at: next()), at: next())
            let slope = fusion.zip(
                .multiply, fusion.sum(fusion.zip(.multiply, product, c, at: next()), at: next()), s, at: next())
            let half = fusion.zip(.multiply, d, slope, at: next())
            let q = fusion.zip(.add, half, half, at: next())
            let shift = fusion.zip(
                .subtract, fusion.zip(.multiply, c, first, at: next()), fusion.sum(q, at: next()), at: next())
            let direct = fusion.zip(.multiply, masked, c, at: next())
            values = [fusion.zip(.add, fusion.zip(.add, direct, q, at: next()), shift, at: next()), masked, first]
        case 5:  // sums of sums, steps of channels alone, a value that nothing uses
            let r = fusion.zip(.divide, fusion.sum(d, at: next()), c, at: next())
            _ = fusion.zip(.multiply, x, r, at: next())
            let t = fusion.sum(fusion.zip(.subtract, d, r, at: next()), at: next())
            values = [fusion.map(.negate, fusion.zip(.add, t, r, at: next()), at: next()), t]
        case 6:  // a run longer than one kernel's, with functions that want whole rows inside
            var last = d
            for i in 0..<11 {
                let other = [g, c, p, s][i % 4]
                last = fusion.zip(i % 3 == 0 ? .subtract : .multiply, last, other, at: next())
                if i == 5 { last = fusion.map(.elementary(.tanh), last, at: next()) }
                if i == 7 { last = fusion.zip(.sigmoidGradient, x, last, at: next()) }
                if i == 8 { last = fusion.zip(.tanhGradient, last, last, at: next()) }
            }
            values = [fusion.zip(.divide, x, last, at: next())]
        default:  // more than one pass takes
            var last = d
            values = []
            for i in 0..<9 {
                last = fusion.zip(i % 2 == 0 ? .add : .multiply, last, i % 3 == 0 ? g : c, at: next())
                values.append(fusion.sum(last, at: next()))
            }
            values.append(last)
        }
        return (fusion, values, values.map(fusion.hasElements))
    }
}
