import Arithmetics
import Comparison
import Training

/// The precision ladder (A7) on the nonlinear experiment: the reduced map, and the network itself, at rising precision against a
/// much higher one.
public struct NonlinearLadder: Sendable {
    public let written: Rational
    /// The relative L2 error of z, one number.
    public let ofMap: Ladder
    /// The relative L2 error of the kernel.
    public let ofNetwork: Ladder
    /// Bits of what they were held against.
    public let reference: Int

    /// What is asked for.
    public struct Request: Sendable {
        /// Precisions of MPFR, rising.
        public var bits: [Int]
        /// Of the reference.
        public var reference: Int
        /// Relative L2 error that counts as off.
        public var threshold: Double
        /// Steps to watch at most.
        public var steps: Int

        public static let publishedBits = [24, 53, 113, 200, 300, 400, 500]
        /// Bits of the reference beyond the highest rung's, where none are given.
        public static let margin = 100

        /// - Throws: `StudyError` for precisions that are no ladder.
        public init(
            bits: [Int], reference: Int? = nil, threshold: Double = 0.01, steps: Int
        ) throws(StudyError) {
            for (i, p) in bits.enumerated() {
                guard Format.precisions.contains(p) else {
                    throw StudyError(
                        "ladder: \(p) bits; \(Format.precisions.lowerBound) to \(Format.precisions.upperBound) are possible"
                    )
                }
                guard i == 0 || bits[i - 1] < p else {
                    throw StudyError("ladder: \(p) does not rise above the bits before it")
                }
            }
            guard bits.count >= 2, let highest = bits.last else {
                throw StudyError("ladder: at least two precisions make one")
            }
            let reference = reference ?? min(highest + Request.margin, Format.precisions.upperBound)
            guard highest < reference, reference <= Format.precisions.upperBound else {
                throw StudyError("ladder: a reference of \(reference) bits is not above the highest rung's \(highest)")
            }
            self.bits = bits
            self.reference = reference
            self.threshold = threshold
            self.steps = steps
        }
    }

    /// Everything starts from the numbers that the lowest rung holds.
    ///
    /// - Parameter proceed: asked before each step of either; false stops.
    /// - Returns: nil where it was stopped.
    /// - Throws: `StudyError` for numbers that overflow.
    public init?(
        _ nonlinear: NonlinearSettings, rate written: Rational, _ request: Request, threads: Int = 1,
        _ proceed: () -> Bool = { true }
    ) throws(StudyError) {
        let grid = Format.coarsest(request.bits.map { .mpfr(precision: $0) })
        let rate = try grid.hyperparameter(written, "lr")
        let decay = try grid.hyperparameter(nonlinear.decay, "alpha")
        guard let exactRate = Rational(rate), let exactDecay = Rational(decay) else {
            preconditionFailure("hyper-parameters are finite")
        }
        let kernel = nonlinear.start.kernel(weights: nonlinear.network.weights, on: grid)
        let map = ReducedMap(nonlinear.network, decay: exactDecay, rate: exactRate)
        let start = grid.round(nonlinear.network.projection(of: kernel))
        let classes = PatchClasses(nonlinear.network)
        func orbit<A: Arithmetic>(_ a: A) -> any Climber { MapOrbit(map, from: start, in: a) }
        func run<A: Arithmetic>(_ a: A) -> any Climber {
            NonlinearRun(
                nonlinear.network, rate: rate, decay: decay, k: nonlinear.factors[0], kernel: kernel, in: a,
                classes: nonlinear.usesLayers ? nil : classes, threads: threads)
        }
        func mpfr(_ bits: Int) -> any Arithmetic { mpfrArithmetic(precision: bits) }
        guard
            let ofMap = NonlinearLadder.climb(
                request.bits.map { ($0, orbit(mpfr($0))) }, orbit(mpfr(request.reference)), request, proceed),
            let ofNetwork = NonlinearLadder.climb(
                request.bits.map { ($0, run(mpfr($0))) }, run(mpfr(request.reference)), request, proceed)
        else { return nil }
        self.written = written
        self.ofMap = ofMap
        self.ofNetwork = ofNetwork
        reference = request.reference
    }

    /// All together, each until it is off.
    private static func climb(
        _ rungs: [(bits: Int, climber: any Climber)], _ reference: any Climber, _ request: Request,
        _ proceed: () -> Bool
    ) -> Ladder? {
        var reference = reference
        var climbing = rungs
        var largest = [Double](repeating: 0, count: rungs.count)
        var delays = [Int?](repeating: nil, count: rungs.count)
        var step = 0
        while step < request.steps, delays.contains(nil) {
            guard proceed() else { return nil }
            reference.advance()
            step += 1
            let truth = reference.state
            let length = norm(ofDifference: [truth], [ExactArray(zeros: truth.count, precision: 2)])
            for i in climbing.indices where delays[i] == nil {
                climbing[i].climber.advance()
                let error = norm(ofDifference: [climbing[i].climber.state], [truth]) / length
                // A NaN is off as well.
                if error < request.threshold { largest[i] = max(largest[i], error) } else { delays[i] = step }
            }
        }
        return Ladder(
            rungs.indices.map {
                Ladder.Rung(
                    bits: rungs[$0].bits, delay: delays[$0], steps: delays[$0] ?? step, largestError: largest[$0])
            }, threshold: request.threshold)
    }
}

/// What climbs: one trajectory in one arithmetic.
private protocol Climber {
    mutating func advance()
    var state: ExactArray { get }
}

extension MapOrbit: Climber {}

extension NonlinearRun: Climber {
    fileprivate mutating func advance() { _ = advance() as NonlinearRecord<A.Scalar> }
}
