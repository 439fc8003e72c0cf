import Arithmetics
import Training

/// What determines the nonlinear experiment besides `PDESettings`.
public struct NonlinearSettings: Sendable {
    public var network: CheckerboardNetwork
    /// α as written.
    public var decay: Rational
    /// η as written, one trajectory each.
    public var rates: [Rational]
    /// Factors of perturbed SGD (contract, section 4): the first is the trajectory itself, the others are copies that only
    /// rounding tells from it.
    public var factors: [Int]
    public var start: KernelStart
    /// Pass through all layers position by position even where classes of positions give the same bits.
    public var usesLayers: Bool

    public static let publishedFactors = [1, 3]
    public static let publishedSteps = 1000
    /// Steps of the sliding mean of the relative L1 difference.
    public static let window = 100

    /// - Throws: `StudyError` where a number makes no sense.
    public init(
        network: CheckerboardNetwork, decay: Rational, rates: [Rational], factors: [Int] = publishedFactors,
        start: KernelStart, usesLayers: Bool = false
    ) throws(StudyError) {
        guard Rational(0) < decay else { throw StudyError("alpha: \(decay) is not above 0") }
        guard !rates.isEmpty else { throw StudyError("lr: no rate is given") }
        for rate in rates where rate <= Rational(0) { throw StudyError("lr: \(rate) is not above 0") }
        for (i, k) in factors.enumerated() where factors[..<i].contains(k) {
            throw StudyError("k: \(k) is given twice")
        }
        precondition(!factors.isEmpty && factors.allSatisfy { $0 >= 1 }, "factors begin at 1")
        self.network = network
        self.decay = decay
        self.rates = rates
        self.factors = factors
        self.start = start
        self.usesLayers = usesLayers
    }

    /// The published setting, and one like it that takes a 250th of the work.
    public enum Preset: String, Sendable, CaseIterable {
        case published
        /// A 16th of ‖c‖²; with a 16th of α and 16 times the rate it is the same map but for the share of patches -c.
        case small

        public var imageSide: Int { self == .published ? 256 : 32 }
        public var kernelSide: Int { self == .published ? 32 : 8 }
        public var decay: Rational { self == .published ? Rational(20) : Rational(5, 4) }
        public var rates: [Rational] {
            let hundredths = [1, 3, 5, 7, 9, 10, 11, 13]
            return hundredths.map { Rational(self == .published ? $0 : 16 * $0, 100) }
        }
    }
}

extension NonlinearSettings {
    /// Those of the rates at which no fixed point attracts, and nothing orthogonal to c grows.
    public var restrainedRates: [Rational] {
        let fixedPoints = FixedPoints(of: ReducedMap(network, decay: decay, rate: rates[0]), precision: 64)
        let thresholds = fixedPoints.points.compactMap { $0.threshold.flatMap { Rational($0.value) } }
        return rates.filter { rate in
            rate * decay < Rational(2) && thresholds.allSatisfy { $0 < rate }
        }
    }
}

/// Where the kernel comes from.
public enum KernelStart: Sendable {
    /// Independent standard normal weights: stream of purpose 5, i₀ = 0, of this seed.
    case normal(seed: UInt64)
    /// Numbers of a file, as many as there are weights.
    case values(ExactArray, source: String)

    /// The one tensor of a file that has as many elements as there are weights, or the one called `kernel`.
    ///
    /// - Throws: `FileError` for a file that cannot be read, `StudyError` where no tensor fits, or several do.
    public init(file path: String, weights: Int) throws {
        let tensors = try TensorStore.read(path)
        let fitting = tensors.filter { $0.values.count == weights }
        let named = fitting.filter { $0.name == "kernel" }
        guard let one = named.count == 1 ? named[0] : fitting.count == 1 ? fitting[0] : nil else {
            let all = tensors.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
            throw StudyError(
                fitting.isEmpty
                    ? "init-from: \(path) has no tensor of \(weights) numbers, as the kernel wants; it has \(all)"
                    : "init-from: \(path) has several tensors of \(weights) numbers (\(all)); name one of them kernel")
        }
        self = .values(one.values, source: path)
    }

    /// The start on a grid.
    func kernel(weights: Int, on grid: Format) -> ExactArray {
        switch self {
        case .values(let values, _): return values.rounded(to: grid)
        case .normal(let seed):
            var stream = RandomStream(seed: seed, .other, 0)
            var values: [Double] = []
            while values.count < weights {
                let (a, b) = stream.normals()
                values += [a, b]
            }
            return ExactArray(Array(values.prefix(weights))).rounded(to: grid)
        }
    }
}
