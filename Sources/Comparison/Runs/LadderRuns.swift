import Arithmetics
import CMPFR
import TensorFiles
import Training

public struct LadderOptions: Sendable {
    /// Precisions of the rungs, all distinct.
    public var bits: [Int] = []
    /// Relative L2 error of all weights at which a rung is off.
    public var threshold = 0.01
    /// How many steps the answer is to be trusted for; nil: the study's.
    public var trustSteps: Int?
    /// Measure the growth exponent by amplification too, on the highest rung.
    public var decompose = false
    /// Measure the Lyapunov exponent by the tangent map too, along the reference.
    public var lyapunov = false
    /// Never changes a result.
    public var threads = 1
    public var instructionSet = InstructionSet.best

    public init() {}
}

/// One study at rising precision, each rung against a much higher one, until every rung is off or the study ends: see `Ladder`.
///
/// All rungs and the reference step together, and no trajectory is held. A rung that is off is dropped.
///
/// - Source: Documentation/experiments/a7-precision-ladder.md.
public struct LadderRuns: Sendable {
    /// The study with the rungs for arithmetics, all of them on the grid of the coarsest.
    public let prepared: PreparedStudy
    public let options: LadderOptions
    public private(set) var findings: LadderFindings
    public private(set) var step = 0

    private var reference: any Run
    /// By rising bits; nil once off.
    private var rungs: [(any Run)?]
    /// The reference's arithmetic, put wherever the highest rung stands.
    private var image: (any Run)?

    /// The study as a ladder has it: `mpfr:P` for every P, and a reference that is 100 bits above the highest unless the study
    /// names one.
    ///
    /// - Throws: `StudyError` for precisions that make no ladder.
    public static func study(_ study: Study, _ options: LadderOptions) throws -> Study {
        guard options.bits.count >= 2, Set(options.bits).count == options.bits.count else {
            throw StudyError("ladder: wants two precisions at least, each once, such as 24,53,113,200,300")
        }
        for bits in options.bits where !Format.precisions.contains(bits) {
            throw StudyError(
                "ladder: \(bits) is no precision; MPFR has \(Format.precisions.lowerBound) to \(Format.precisions.upperBound) bits"
            )
        }
        guard options.threshold > 0, options.threshold < 1 else {
            throw StudyError("ladder-threshold: \(options.threshold) is not between 0 and 1")
        }
        let highest = options.bits.max() ?? 2
        guard study.reference != nil || Format.precisions.contains(highest + 100) else {
            throw StudyError("ladder: \(highest) bits leave no room for a reference 100 bits above")
        }
        var study = study
        study.arithmetics = options.bits.sorted().map { ArithmeticName(.mpfr(precision: $0, range: nil)) }
        let chosen = study.reference ?? ArithmeticName(.mpfr(precision: highest + 100, range: nil))
        // Closer, and its own error would be a visible part of the highest rung's.
        guard case .mpfr(let precision, range: nil) = chosen.kind, precision >= highest + 20 else {
            throw StudyError(
                "reference: \(chosen) is no reference for \(highest) bits; wanted is mpfr:P with P of \(highest + 20) at least"
            )
        }
        study.reference = chosen
        return study
    }

    /// - Parameter study: as `study(_:_:)` gives it.
    /// - Throws: what loading the study throws.
    public init(_ study: Study, _ options: LadderOptions) throws {
        let prepared = try PreparedStudy(study)
        self.prepared = prepared
        self.options = options
        func run(_ name: ArithmeticName, carryingTangent: Bool = false) throws -> any Run {
            try makeRun(
                prepared, in: name, instructionSet: options.instructionSet, threads: options.threads,
                carryingTangent: carryingTangent)
        }
        guard let name = study.reference else { preconditionFailure("a ladder has a reference") }
        reference = try run(name, carryingTangent: options.lyapunov)
        if options.lyapunov { reference.startTangent(seed: study.seed) }
        image = options.decompose ? try run(name) : nil
        rungs = try study.arithmetics.map { try run($0) }
        findings = LadderFindings(
            reference: "\(name)", threshold: options.threshold,
            rungs: study.arithmetics.map { LadderFindings.Rung(bits: $0.format.precision) })
        measure()
    }

    public var isFinished: Bool {
        step >= prepared.study.steps || findings.blowUp != nil || rungs.allSatisfy { $0 == nil }
    }

    /// Makes one update in the reference and in every rung that is not off yet, and measures.
    public mutating func advance() {
        var tasks = [Task(run: reference)]
        let watched = rungs.indices.filter { rungs[$0] != nil }
        for i in watched { if let run = rungs[i] { tasks.append(Task(run: run)) } }
        let top = watched.last.flatMap { rungs[$0]?.state }
        let origin = reference.state
        if var image, let top {
            image.adopt(top)
            tasks.append(Task(run: image))
        }
        for i in watched { rungs[i] = nil }
        forEachConcurrently(&tasks, threads: options.threads) { task in
            (_, task.amplification) = task.run.advanceMeasuringTangent(observe: [])
        }
        reference = tasks[0].run
        for (place, i) in watched.enumerated() { rungs[i] = tasks[place + 1].run }
        step += 1
        if let amplification = tasks[0].amplification { findings.tangentAmplifications.append(amplification) }
        if image != nil, let top, let last = watched.last, let after = rungs[last]?.state {
            let parts = ErrorParts(
                before: (top.parameters, origin.parameters), image: tasks[tasks.count - 1].run.state.parameters,
                after: (after.parameters, reference.state.parameters))
            findings.amplifications.append(parts.amplification ?? .nan)
        }
        measure()
    }

    private struct Task: Sendable {
        var run: any Run
        var amplification: Double?
    }

    /// Errors after the present step; drops what is off.
    private mutating func measure() {
        let exact = reference.state.parameters
        findings.step = step
        guard exact.allSatisfy({ $0.firstNonFinite == nil }) else {
            findings.blowUp = step
            return
        }
        for i in rungs.indices {
            guard let run = rungs[i] else { continue }
            let error = relativeL2(run.state.parameters, against: exact)
            findings.rungs[i].errors.append(error)
            if error >= options.threshold { rungs[i] = nil }
        }
    }

    /// The exponents, which are known only at the end.
    public mutating func finish() {
        findings.amplificationExponent = GrowthExponent(findings.amplifications)
        findings.lyapunovExponent = GrowthExponent(ofTangent: findings.tangentAmplifications)
    }
}

/// What a ladder found. Plain data: reports are made of it.
public struct LadderFindings: Sendable, Equatable, Codable {
    public var reference: String
    /// Relative L2 error at which a rung is off.
    public var threshold: Double
    /// Updates made.
    public var step = 0
    /// The step at which a weight of the reference is not finite: the ladder ends there.
    public var blowUp: Int?
    /// By rising bits.
    public var rungs: [Rung]
    /// Of the highest rung, update by update, until all rungs are off: NaN where undefined, empty where not asked for.
    public var amplifications: [Double] = []
    public var amplificationExponent: GrowthExponent?
    /// Of the tangent along the reference, update by update; empty where not asked for.
    public var tangentAmplifications: [Double] = []
    public var lyapunovExponent: GrowthExponent?

    public struct Rung: Sendable, Equatable, Codable {
        public var bits: Int
        /// Relative L2 error of all weights after every step, from step 0 to the first one off.
        public var errors: [Double] = []
    }

    /// First steps off, and what their line says.
    public var ladder: Ladder {
        Ladder(
            rungs.map { rung in
                let delay = rung.errors.firstIndex { $0 >= threshold }
                return Ladder.Rung(
                    bits: rung.bits, delay: delay, steps: rung.errors.count - 1,
                    largestError: rung.errors.filter { $0 < threshold }.max())
            }, threshold: threshold)
    }
}

/// ‖a - b‖₂ ÷ ‖b‖₂ over all elements; ∞ where b is 0 and a is not, or anything is not finite.
func relativeL2(_ a: [ExactArray], against b: [ExactArray]) -> Double {
    let difference = differenceNorm(a, b)
    let length = norm(of: b)
    guard mpfr_number_p(difference.pointer) != 0, mpfr_number_p(length.pointer) != 0 else { return .infinity }
    if mpfr_zero_p(difference.pointer) != 0 { return 0 }
    mpfr_div(difference.pointer, difference.pointer, length.pointer, MPFR_RNDN)
    return difference.double
}
