/// The elementary functions, correctly rounded in every arithmetic (IEEE 754-2019, section 9.2).
public enum ElementaryFunction: String, CaseIterable, Sendable {
    case exp
    /// C's `expm1`: e^x - 1.
    case expMinusOne = "expm1"
    case log
    /// C's `log1p`: log(1 + x).
    case logOnePlus = "log1p"
    case tanh
    case sin
    case cos
}

/// A function applied to every element of an array. Composites are fixed formulas, each operation rounded:
/// contract, section 2.
public enum UnaryFunction<Scalar: BitwiseCopyable & Sendable>: Sendable {
    /// Flips the sign, of zero too; exact.
    case negate
    /// Clears the sign; exact.
    case absolute
    case squareRoot
    case elementary(ElementaryFunction)
    /// x where x > 0 or x is NaN, else +0.
    case relu
    /// 1 ÷ (1 + exp(-x)).
    case sigmoid
    /// log1p(exp(-|x|)) + relu(x).
    case softplus
    /// x × sigmoid(beta × x).
    case swish(beta: Scalar)
}

/// A function applied to the elements of two arrays. The gradients take what the forward pass kept and the arriving
/// gradient g: contract, section 3a.
public enum BinaryFunction<Scalar: BitwiseCopyable & Sendable>: Sendable {
    case add, subtract, multiply, divide
    /// (x, g): g where x > 0 or x is NaN, else +0.
    case reluGradient
    /// (y, g): t = 1 - y; t = y × t; g × t.
    case sigmoidGradient
    /// (y, g): t = y × y; t = 1 - t; g × t.
    case tanhGradient
    /// (x, g): g × sigmoid(x).
    case softplusGradient
    /// (x, g): u = beta × x; s = sigmoid(u); t = 1 - s; t = u × t; t = 1 + t; t = s × t; g × t.
    case swishGradient(beta: Scalar)
}

/// The outcome of comparing two scalars; NaN is unordered with everything. What an enclosing arithmetic cannot say is
/// undecided.
public enum Ordering: Sendable {
    case less, equal, greater, unordered, undecided
}
