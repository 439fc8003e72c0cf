import Arithmetics

/// What the symbols say of one time step, by intervals: proved, not estimated.
public struct HeatPrediction: Sendable {
    public let timeStep: ExactValue
    /// g(k) for modes 1 … 29.
    public let symbols: [RecordedValue]
    /// The largest modulus.
    public let radius: RecordedValue
    /// Its logarithm: the Lyapunov exponent of the map, per step.
    public let exponent: RecordedValue
    /// `.decays` or `.blowsUp`. No dt but 0 that a format holds is marginal: the threshold, 1/(1 + cos(π/30)), is irrational.
    public let behaviour: Behaviour

    /// - Parameter timeStep: finite.
    public init(timeStep: ExactValue) {
        var precision = 128
        var prediction = HeatPrediction(timeStep, precision: precision)
        // Ends: the moduli differ from 1, and bounds close in on them.
        while prediction.behaviour == .undecided, precision < Format.precisions.upperBound {
            precision *= 2
            prediction = HeatPrediction(timeStep, precision: precision)
        }
        self = prediction
    }

    private init(_ timeStep: ExactValue, precision: Int) {
        func predict(_ a: some Arithmetic) -> HeatPrediction {
            HeatPrediction(timeStep, HeatSymbols(in: a), timeStep: a.constant(timeStep))
        }
        self = predict(intervalArithmetic(precision: precision))
    }

    /// - Parameter enclosed: the time step, as an enclosure of which dt is a number.
    fileprivate init<I: Arithmetic>(_ dt: ExactValue, _ symbols: HeatSymbols<I>, timeStep enclosed: I.Scalar) {
        var a = symbols.arithmetic
        let factors = HeatEquation.modes.map { symbols.symbol(mode: $0, timeStep: enclosed) }
        let largest = factors.map { a.absolute($0) }.reduce(a.zero) { a.maximum($0, $1) }
        timeStep = dt
        self.symbols = factors.map { RecordedValue($0, in: a) }
        radius = RecordedValue(largest, in: a)
        exponent = RecordedValue(a.elementary(.log, largest), in: a)
        switch a.compare(largest, a.one) {
        case .less: behaviour = .decays
        case .greater: behaviour = .blowsUp
        // dt = 0, to which a grid may round it.
        case .equal: behaviour = .marginal
        default: behaviour = .undecided
        }
    }
}

/// The stability threshold of the time step, and what is proved and shown just beside it.
public struct HeatThreshold: Sendable {
    /// Bounds of 2 ÷ (4·sin²(29π/60)).
    public let value: RecordedValue
    /// At the threshold × (1 - 2⁻⁴⁰): every mode decays.
    public let below: Side
    /// At the threshold × (1 + 2⁻⁴⁰): mode 29 grows.
    public let above: Side

    /// How far beside the threshold.
    public static let margin = Rational(1, 1 << 40)
    public static let precision = 256
    /// Updates of the runs that show it.
    public static let steps = 1000

    public struct Side: Sendable {
        /// Enclosures, for every time step that the enclosure of the threshold leaves.
        public let proof: HeatPrediction
        /// The time step of the run: the proof's, rounded to mpfr:256.
        public var timeStep: ExactValue { proof.timeStep }
        /// ln|b(29) after the run ÷ b(29) before it| ÷ steps, an enclosure of what the run did.
        public let shown: RecordedValue
        public let behaviour: Behaviour
    }

    public init(instructionSet: InstructionSet = .best) {
        func open(_ a: some Arithmetic) -> HeatThreshold {
            HeatThreshold(HeatSymbols(in: a), instructionSet)
        }
        self = open(intervalArithmetic(precision: HeatThreshold.precision, instructionSet: instructionSet))
    }

    private init<I: Arithmetic>(_ symbols: HeatSymbols<I>, _ instructionSet: InstructionSet) {
        var a = symbols.arithmetic
        let threshold = symbols.threshold
        value = RecordedValue(threshold, in: a)
        func side(_ factor: Rational) -> Side {
            let enclosed = a.multiply(threshold, a.constant(factor))
            let proof = HeatPrediction(a.exactValue(enclosed), symbols, timeStep: enclosed)
            func show(_ reference: some Arithmetic) -> I.Scalar {
                let tent = ExactArray((0..<HeatEquation.nodes).map { reference.format.round(HeatEquation.tent($0)) })
                var run = HeatRun(timeStep: proof.timeStep, initial: tent, in: reference)
                let before = symbols.amplitudes(a.array(run.state))[28]
                for _ in 0..<HeatThreshold.steps { run.advance() }
                let after = symbols.amplitudes(a.array(run.state))[28]
                let growth = a.elementary(.log, a.absolute(a.divide(after, before)))
                return a.divide(growth, byInteger: HeatThreshold.steps)
            }
            let shown = show(mpfrArithmetic(precision: HeatThreshold.precision, instructionSet: instructionSet))
            let behaviour: Behaviour =
                switch a.compare(shown, a.zero) {
                case .less: .decays
                case .greater: .blowsUp
                default: .undecided
                }
            return Side(proof: proof, shown: RecordedValue(shown, in: a), behaviour: behaviour)
        }
        below = side(Rational(1) - HeatThreshold.margin)
        above = side(Rational(1) + HeatThreshold.margin)
    }
}
