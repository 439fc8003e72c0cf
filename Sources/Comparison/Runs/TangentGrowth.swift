import Arithmetics
import CMPFR
import Training

// The largest Lyapunov exponent of training: how fast the tangent map of its updates stretches a direction that is carried along, in
// the order of batches as trained. The direction is scaled back after every update by a power of two, which rounds nothing.
//
// Source: Benettin, Galgani, Giorgilli, Strelcyn, *Lyapunov Characteristic Exponents for Smooth Dynamical Systems*, Meccanica 15
// (1980), part 2; one vector is enough for the largest.

extension Run {
    /// Sets a direction over all weights, buffers and running statistics at rest: normal numbers of the study's seed, purpose 5, i₀ = 2³², i₁ = ordinal of
    /// the tensor, before they are scaled.
    mutating func startTangent(seed: UInt64) {
        var tensors: [ExactArray] = []
        for i in 0..<parameterCount {
            var stream = RandomStream(seed: seed, .other, 1 << 32, UInt64(i))
            let count = elementCount(ofParameter: i)
            var numbers: [Double] = []
            while numbers.count < count {
                let (a, b) = stream.normals()
                numbers += [a, b]
            }
            tensors.append(ExactArray(Array(numbers.prefix(count))))
        }
        setTangent(ExactState(step: step, parameters: tensors, momentum: []).scaledToUnitNorm)
    }

    /// Makes one update, scales the tangent back, and says by which factor the update changed its norm over all weights: NaN where
    /// that is undefined, nil in a run that carries no tangent.
    mutating func advanceMeasuringTangent(observe: Observation) -> (Update, Double?) {
        guard let before = tangent else { return (advance(observe: observe), nil) }
        let update = advance(observe: observe)
        guard let after = tangent else { return (update, nil) }
        let factor = norm(of: after.parameters)
        let old = norm(of: before.parameters)
        mpfr_div(factor.pointer, factor.pointer, old.pointer, MPFR_RNDN)
        setTangent(after.scaledToUnitNorm)
        return (update, factor.double)
    }
}

extension ExactState {
    /// Times the power of two that brings the norm over all weights into [1, 2). As it is where that norm is 0 or not finite.
    var scaledToUnitNorm: ExactState {
        let length = norm(of: parameters)
        guard mpfr_regular_p(length.pointer) != 0 else { return self }
        let shift = 1 - Int(mpfr_get_exp(length.pointer))
        return ExactState(
            step: step, parameters: parameters.map { $0.scaled(byPowerOfTwo: shift) },
            momentum: momentum.map { $0.scaled(byPowerOfTwo: shift) },
            statistics: statistics.map { $0.scaled(byPowerOfTwo: shift) })
    }
}

/// ‖a‖₂ over all elements, at 128 bits; NaN when an element is NaN, else ∞ when one is infinite.
func norm(of a: [ExactArray]) -> Scratch {
    withWidestExponentRange {
        let squares = Column(count: a.reduce(0) { $0 + $1.count })
        var position = 0
        for x in a {
            for i in 0..<x.count {
                x.withElement(i) { _ = mpfr_sqr(squares[position], $0, MPFR_RNDN) }
                position += 1
            }
        }
        let total = squares.sum(0..<position)
        mpfr_sqrt(total.pointer, total.pointer, MPFR_RNDN)
        return total
    }
}

extension RunRecord {
    mutating func noteTangent(_ amplification: Double?) {
        guard let amplification else { return }
        tangentAmplifications = (tangentAmplifications ?? []) + [amplification]
    }

    mutating func settleTangent() {
        lyapunovExponent = tangentAmplifications.flatMap { GrowthExponent(ofTangent: $0) }
    }
}

extension GrowthExponent {
    /// Of a tangent's amplifications, in order. The first tenth is left out: until then a direction chosen at random turns toward the
    /// one that grows fastest. nil for fewer than nine others.
    public init?(ofTangent amplifications: [Double]) {
        self.init(Array(amplifications.dropFirst(amplifications.count / 10)))
    }
}
