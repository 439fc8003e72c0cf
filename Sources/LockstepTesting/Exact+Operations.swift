import Arithmetics

// Names as in swift-numerics, where it has one. They are found from the protocol, so that `.log(.exp(x))` needs no type names.

extension ExactOperand where Self == Exact {
    private static func elementary(_ function: ElementaryFunction, _ x: some ExactOperand) -> Exact {
        Exact(.unary(.elementary(function), x.exact.node))
    }

    public static func exp(_ x: some ExactOperand) -> Exact { elementary(.exp, x) }
    /// C's `expm1`: e^x - 1.
    public static func expMinusOne(_ x: some ExactOperand) -> Exact { elementary(.expMinusOne, x) }
    public static func log(_ x: some ExactOperand) -> Exact { elementary(.log, x) }
    /// C's `log1p`: log(1 + x).
    public static func log(onePlus x: some ExactOperand) -> Exact { elementary(.logOnePlus, x) }
    public static func tanh(_ x: some ExactOperand) -> Exact { elementary(.tanh, x) }
    public static func sin(_ x: some ExactOperand) -> Exact { elementary(.sin, x) }
    public static func cos(_ x: some ExactOperand) -> Exact { elementary(.cos, x) }
    /// C's `sqrt`.
    public static func squareRoot(_ x: some ExactOperand) -> Exact { Exact(.unary(.squareRoot, x.exact.node)) }
    /// C's `fabs`.
    public static func absolute(_ x: some ExactOperand) -> Exact { Exact(.unary(.absolute, x.exact.node)) }

    /// 1 ÷ (1 + e^-x).
    public static func sigmoid(_ x: some ExactOperand) -> Exact { 1 / (1 + exp(-x.exact)) }

    /// Σ x; +0 when empty.
    public static func sum(_ x: some ExactOperand) -> Exact { Exact(.sum(x.exact.node)) }
    /// Σ x·y; +0 when empty.
    public static func dot(_ x: some ExactOperand, _ y: some ExactOperand) -> Exact {
        Exact(.dot(x.exact.node, y.exact.node))
    }

}

extension Exact {
    public static prefix func - (x: Exact) -> Exact { Exact(.unary(.negate, x.node)) }
    public static func + (x: Exact, y: Exact) -> Exact { Exact(.binary(.add, x.node, y.node)) }
    public static func - (x: Exact, y: Exact) -> Exact { Exact(.binary(.subtract, x.node, y.node)) }
    public static func * (x: Exact, y: Exact) -> Exact { Exact(.binary(.multiply, x.node, y.node)) }
    public static func / (x: Exact, y: Exact) -> Exact { Exact(.binary(.divide, x.node, y.node)) }
}
