import Arithmetics
import Comparison

/// How large the error of one tensor is, and how much of it points one way.
public struct ErrorSize: Sendable, Equatable {
    /// Root mean square of the error, in ulps of the tensor's largest reference magnitude ("ulps of scale").
    public var rms: Double
    /// Largest error, in the same unit.
    public var max: Double
    /// Where that is.
    public var element: Int
    /// Largest error in ulps of the element's own reference value, and where that is.
    public var maxUlp: Double
    public var maxUlpElement: Int
    /// Share c of the update U that the error is along it: <error, U> / <U, U>. Roundings point every way, so this is far
    /// smaller than the error itself; a wrong rate or a wrong mean is nothing else. nil without an update.
    public var alongUpdate: Double?
    /// The same along the weights w before the update: a wrong weight decay. In units of the update: <error, w> / (|w| |U|).
    public var alongWeights: Double?
    /// Some element is NaN or infinite and the reference is not, or the other way round.
    public var isBroken: Bool
}

/// Measures errors of one tensor against its reference.
///
/// All sums are of doubles in index order: these are sizes to compare within a factor, not results.
struct ErrorScale {
    private let reference: ExactArray
    private let scale: Double
    private let ulps: [Double]
    /// Half an ulp at every element, root mean square, in ulps of scale: nothing can be closer to the exact result for sure.
    let leastRms: Double
    /// The same for the other sizes.
    let leastMax = 0.5
    let leastAlongUpdate: Double
    let leastAlongWeights: Double
    /// Root mean square of the update, in ulps of scale; nil without one.
    let update: Double?
    private let direction: [Double]?
    private let weights: [Double]?

    /// - Parameters:
    ///   - reference: the exact result, or near enough.
    ///   - format: of the numbers that are judged.
    ///   - start: the weights before the update, for tensors of weights.
    init(_ reference: ExactArray, _ format: Format, start: ExactArray? = nil) {
        self.reference = reference
        ulps = format.ulps(of: reference)
        let ulps = ulps
        let finite = ulps.filter(\.isFinite)
        scale = finite.max() ?? 1
        let scale = scale
        let n = Double(Swift.max(1, reference.count))
        func rootMeanSquare(_ x: [Double]) -> Double { (x.reduce(0) { $0 + $1 * $1 } / n).squareRoot() }
        leastRms = 0.5 * rootMeanSquare(finite.map { $0 / scale })
        guard let start else {
            update = nil
            direction = nil
            weights = nil
            leastAlongUpdate = 0
            leastAlongWeights = 0
            return
        }
        let direction = differences(reference, start).map { $0 / scale }
        let weights = start.doubles.map { $0 / scale }
        let along = direction.reduce(0) { $0 + $1 * $1 }
        let ulpsOfScale = ulps.map { $0.isFinite ? $0 / scale : 0 }
        func noise(_ x: [Double]) -> Double {
            0.5 * zip(x, ulpsOfScale).reduce(0) { $0 + ($1.0 * $1.1) * ($1.0 * $1.1) }.squareRoot()
        }
        let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
        leastAlongUpdate = along > 0 ? noise(direction) / along : 0
        // Some programs make the decay a factor 1 - η·λ of the weights, which rounds by up to u.
        let unit = Double(sign: .plus, exponent: -format.precision, significand: 1)
        leastAlongWeights =
            along > 0 && length > 0
            ? max(noise(weights) / (length * along.squareRoot()), unit * length / along.squareRoot()) : 0
        self.direction = along > 0 && along.isFinite ? direction : nil
        self.weights = length > 0 && length.isFinite ? weights : nil
        update = rootMeanSquare(direction)
    }

    func size(of x: ExactArray) -> ErrorSize {
        let errors = differences(x, reference)
        var worst = 0
        var (maxUlp, maxUlpElement) = (0.0, 0)
        var squares = 0.0
        var isBroken = false
        for (i, error) in errors.enumerated() {
            guard !error.isNaN else {
                if !isBroken { worst = i }
                isBroken = true
                continue
            }
            let size = error / scale
            squares += size * size
            if !isBroken, abs(error) > abs(errors[worst]) { worst = i }
            let ulp = error == 0 ? 0 : abs(error) / ulps[i]
            if ulp > maxUlp { (maxUlp, maxUlpElement) = (ulp, i) }
        }
        guard !isBroken else {
            return ErrorSize(
                rms: .infinity, max: .infinity, element: worst, maxUlp: .infinity, maxUlpElement: worst,
                alongUpdate: nil, alongWeights: nil, isBroken: true)
        }
        let n = Double(Swift.max(1, errors.count))
        var result = ErrorSize(
            rms: (squares / n).squareRoot(), max: errors.isEmpty ? 0 : abs(errors[worst]) / scale, element: worst,
            maxUlp: maxUlp, maxUlpElement: maxUlpElement, alongUpdate: nil, alongWeights: nil, isBroken: false)
        if let direction {
            let along = direction.reduce(0) { $0 + $1 * $1 }
            result.alongUpdate = zip(errors, direction).reduce(0) { $0 + $1.0 / scale * $1.1 } / along
            if let weights {
                let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
                result.alongWeights =
                    zip(errors, weights).reduce(0) { $0 + $1.0 / scale * $1.1 } / (length * along.squareRoot())
            }
        }
        return result
    }
}
