/// What a name such as `bfloat16,reduction=pairwise,accumulate=float,round=stochastic:7` says, parsed:
/// FORMAT[,reduction=R][,accumulate=FORMAT][,master=FORMAT][,round=D][,overflow=nan|saturate]. Parts come in any order; the
/// canonical text is printed in this one, defaults left out.
///
/// - Source: contract, section 1.
public struct ArithmeticName: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case binary32, binary64
        /// A native format of at most 16 bits of storage, or tf32.
        case small(Format)
        /// MPFR at a precision, in MPFR's exponent range or in that of a format.
        case mpfr(precision: Int, range: Format?)
        /// Enclosures: bounds of a precision, rounded outward.
        case interval(precision: Int)
    }

    public let kind: Kind
    public let reduction: Reduction
    /// Where sums and dot products run; nil for the format itself.
    public let accumulate: Kind?
    /// Where weights, buffers and the update live; nil for the format itself.
    public let master: Kind?
    public let direction: RoundingDirection
    /// The rule of a format without infinities; `.nan` for all others.
    public let overflow: Format.Overflow

    public init(
        _ kind: Kind, reduction: Reduction? = nil, accumulate: Kind? = nil, master: Kind? = nil,
        direction: RoundingDirection = .nearest, overflow: Format.Overflow = .nan
    ) {
        self.kind = kind
        self.reduction = reduction ?? ArithmeticName.defaultReduction(kind)
        self.accumulate = accumulate == kind ? nil : accumulate
        self.master = master == kind ? nil : master
        self.direction = direction
        self.overflow = kind.format.overflow == .infinity ? .nan : overflow
    }

    /// `exact` for MPFR in its own range and for enclosures, a chain for everything else.
    private static func defaultReduction(_ kind: Kind) -> Reduction {
        switch kind {
        case .mpfr(_, range: nil), .interval: .exact
        default: .sequential
        }
    }

    public var description: String {
        var text = kind.description
        if reduction != ArithmeticName.defaultReduction(kind) { text += ",reduction=\(reduction)" }
        if let accumulate { text += ",accumulate=\(accumulate)" }
        if let master { text += ",master=\(master)" }
        if direction != .nearest { text += ",round=\(direction)" }
        if overflow != .nan { text += ",overflow=\(overflow.rawValue)" }
        return text
    }

    /// Are its numbers known between bounds only?
    public var isEnclosing: Bool {
        if case .interval = kind { return true }
        return false
    }

    /// The numbers of the arithmetic; of an enclosing one, those of the bounds.
    public var format: Format { kind.format.with(overflow) }

    /// What the numbers of a run's state are held in.
    public var stateKind: Kind { master ?? kind }
    /// The numbers that weights are: those of the master, where there is one.
    public var stateFormat: Format { stateKind.format.with(overflow) }

    /// The arithmetic of weights, buffers and update, where it is another one. Its only reduction is the norm of clipping.
    public var masterName: ArithmeticName? {
        master.map { ArithmeticName($0, reduction: reduction, direction: direction, overflow: overflow) }
    }
}

extension ArithmeticName.Kind: CustomStringConvertible {
    /// The native kind of a format that has a name of its own.
    init(_ format: Format) {
        switch format {
        case .binary32: self = .binary32
        case .binary64: self = .binary64
        default: self = .small(format.with(.nan))
        }
    }

    public var format: Format {
        switch self {
        case .binary32: .binary32
        case .binary64: .binary64
        case .small(let format): format
        case .mpfr(let precision, let range):
            Format(precision: precision, range: range?.range, overflow: range?.overflow ?? .infinity)
        case .interval(let precision): .mpfr(precision: precision)
        }
    }

    public var description: String {
        switch self {
        case .binary32: "float"
        case .binary64: "double"
        case .small(let format): format.shortName ?? "?"
        case .mpfr(let precision, let range): "mpfr:\(precision)" + (range?.name.map { "@" + $0 } ?? "")
        case .interval(let precision): "interval:\(precision)"
        }
    }
}

/// A name that is no arithmetic: one line that says what is wrong and what exists.
public struct ArithmeticNameError: Error, CustomStringConvertible, Sendable {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// The arithmetic that a name stands for.
///
/// - Throws: `ArithmeticNameError`.
public func arithmetic(
    named text: String, instructionSet: InstructionSet = .best
) throws(ArithmeticNameError) -> any Arithmetic {
    arithmetic(try ArithmeticName(text), instructionSet: instructionSet)
}

public func arithmetic(_ name: ArithmeticName, instructionSet: InstructionSet = .best) -> any Arithmetic {
    func make(_ kind: ArithmeticName.Kind) -> any Arithmetic {
        let soft: any DrawingArithmetic
        switch kind {
        case .binary32 where name.direction == .nearest:
            return Binary32(reduction: name.reduction, instructionSet: instructionSet)
        case .binary64 where name.direction == .nearest:
            return Binary64(reduction: name.reduction, instructionSet: instructionSet)
        case .interval(let precision):
            return intervalArithmetic(
                precision: precision, reduction: name.reduction, instructionSet: instructionSet)
        case .binary32, .binary64, .small:
            soft = SoftFloat(
                kind.format.with(name.overflow), reduction: name.reduction, direction: name.direction,
                instructionSet: instructionSet)
        case .mpfr(let precision, let range):
            soft = mpfrArithmetic(
                precision: precision, range: range?.with(name.overflow), reduction: name.reduction,
                direction: name.direction, instructionSet: instructionSet)
        }
        guard case .stochastic = name.direction else { return soft }
        func drawing(_ base: some DrawingArithmetic) -> any Arithmetic { Stochastic(base) }
        return drawing(soft)
    }
    guard let accumulate = name.accumulate else { return make(name.kind) }
    let text = ArithmeticName(
        name.kind, reduction: name.reduction, accumulate: accumulate, direction: name.direction,
        overflow: name.overflow
    ).description
    func accumulating(_ narrow: some Arithmetic, _ wide: some Arithmetic) -> any Arithmetic {
        Accumulating(narrow, in: wide, name: text)
    }
    return accumulating(make(name.kind), make(accumulate))
}
