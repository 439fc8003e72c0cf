/// What cannot be judged: operands that do not fit together, or bounds of the exact value that never came close enough. One line.
struct ExpectationError: Error, CustomStringConvertible {
    let description: String
}
