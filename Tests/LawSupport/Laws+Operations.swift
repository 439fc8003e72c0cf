import Arithmetics

extension LawChecker {
    func checkUnary() {
        for (x, scalar) in Swift.zip(values, scalars) {
            expect(arithmetic.negate(scalar), is: x.negated, "negate \(text(x))")
            expect(arithmetic.absolute(scalar), is: x.isNaN ? x : x.magnitude, "absolute \(text(x))")
            let root = arithmetic.exactValue(arithmetic.squareRoot(scalar))
            if let special = ExactResult.specialSquareRoot(x) {
                expect(root == special, "√ \(text(x)) is \(text(root)), not \(text(special))")
            } else {
                let square = x.rational
                let nearest = isNearest(root, format, isBelow: { $0 * $0 < square }, isEqual: { $0 * $0 == square })
                expect(nearest, "√ \(text(x)) is \(text(root)), which is not nearest")
            }
        }
        // Where functions begin to overflow, underflow, saturate or pass their argument through.
        var arguments = values
        for x in ["0x1.6p+9", "-0x1.8p+9", "0x1.6p+6", "-0x1.ap+6", "0x1.62e43p+13", "0x1p-30", "-0x1p-60", "0x1.2p+4"]
        {
            arguments.append(format.round(exact(x)))
        }
        // A function of 16384 bits takes milliseconds, and its oracle more.
        let step = format.precision > 4096 ? 6 : 1
        for f in ElementaryFunction.allCases {
            for x in Swift.stride(from: 0, to: arguments.count, by: step).map({ arguments[$0] }) {
                let result = arithmetic.elementary(f, arithmetic.constant(x))
                expect(result, is: ExactResult.elementary(f, x, format), "\(f.rawValue) \(text(x))")
            }
        }
    }

    func checkBinary() {
        for (x, a) in Swift.zip(values, scalars) {
            for (y, b) in Swift.zip(values, scalars) {
                expect(arithmetic.add(a, b), is: ExactResult.sum(x, y, format), "\(text(x)) + \(text(y))")
                let opposite = ExactResult.sum(x, y.negated, format)
                expect(arithmetic.subtract(a, b), is: opposite, "\(text(x)) - \(text(y))")
                expect(arithmetic.multiply(a, b), is: ExactResult.product(x, y, format), "\(text(x)) × \(text(y))")
                checkQuotient(x, y, arithmetic.divide(a, b))
                checkOrder(x, y, arithmetic.compare(a, b))
                let commutes =
                    arithmetic.exactValue(arithmetic.add(a, b)) == arithmetic.exactValue(arithmetic.add(b, a))
                    && arithmetic.exactValue(arithmetic.multiply(a, b))
                        == arithmetic.exactValue(arithmetic.multiply(b, a))
                expect(commutes, "+ and × commute on \(text(x)), \(text(y))")
            }
        }
    }

    func checkQuotient(_ x: ExactValue, _ y: ExactValue, _ result: A.Scalar) {
        let quotient = arithmetic.exactValue(result)
        if let special = ExactResult.specialQuotient(x, y) {
            return expect(quotient == special, "\(text(x)) ÷ \(text(y)) is \(text(quotient)), not \(text(special))")
        }
        // |x| ÷ |y| against a midpoint m: |x| against m × |y|, without a division.
        let (n, d) = (x.magnitude.rational, y.magnitude.rational)
        let nearest =
            quotient.isNegative == (x.isNegative != y.isNegative)
            && isNearest(quotient.magnitude, format, isBelow: { $0 * d < n }, isEqual: { $0 * d == n })
        expect(nearest, "\(text(x)) ÷ \(text(y)) is \(text(quotient)), which is not nearest")
    }

    func checkOrder(_ x: ExactValue, _ y: ExactValue, _ order: Ordering) {
        let expected: Ordering
        if x.isNaN || y.isNaN {
            expected = .unordered
        } else if x == y || (x.isZero && y.isZero) {
            expected = .equal
        } else if x.isInfinite || y.isInfinite {
            let isLess = x.isInfinite ? x.isNegative : !y.isNegative
            expected = isLess ? .less : .greater
        } else {
            expected = x.rational < y.rational ? .less : .greater
        }
        expect(order == expected, "comparing \(text(x)) with \(text(y)) says \(order)")
    }

    func checkFused() {
        // Addends that cancel the rounded product leave its rounding error; every third triple of the edges besides.
        for (i, (x, a)) in Swift.zip(values, scalars).enumerated() {
            for (j, (y, b)) in Swift.zip(values, scalars).enumerated() {
                let product = ExactResult.product(x, y, format).negated
                expect(
                    arithmetic.fma(a, b, arithmetic.constant(product)), is: ExactResult.fma(x, y, product, format),
                    "fma(\(text(x)), \(text(y)), \(text(product)))")
                let k = (7 * i + 3 * j) % values.count
                expect(
                    arithmetic.fma(a, b, scalars[k]), is: ExactResult.fma(x, y, values[k], format),
                    "fma(\(text(x)), \(text(y)), \(text(values[k])))")
            }
        }
    }

    /// Integers beyond the precision of every short format, the largest allowed among them.
    func checkIntegers() {
        for k in [1, 2, 3, 11, 2049, (1 << 24) + 1, (1 << 30) + 1, Int(Int32.max)] {
            let exactK = ExactValue(k)
            for (x, a) in Swift.zip(values, scalars) {
                let product = arithmetic.multiply(a, byInteger: k)
                expect(product, is: ExactResult.product(x, exactK, format), "\(text(x)) × \(k)")
                checkQuotient(x, exactK, arithmetic.divide(a, byInteger: k))
            }
        }
    }

    func checkReductions() {
        let start = RoundingPlace(step: 3, operation: 5, element: 7, roundings: 2)
        let counts = arithmetic.reduction != .exact
        for kind in Operands.Kind.allCases {
            for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 17] {
                let x = operands.values(count, kind).map { arithmetic.constant($0) }
                let y = operands.values(count, kind).map { arithmetic.constant($0) }
                // Both from the same place, so that they draw alike, and on to the same place.
                arithmetic.place = start
                let sum = arithmetic.exactValue(arithmetic.sum(x.span))
                var after = arithmetic.place
                arithmetic.place = start
                let naiveSum = arithmetic.exactValue(arithmetic.naiveSum(x))
                if counts { expect(arithmetic.place == after, "the roundings of Σ of \(count) are counted") }
                expect(sum == naiveSum, "Σ of \(count) \(kind) terms is \(text(sum)), not \(text(naiveSum))")
                arithmetic.place = start
                let dot = arithmetic.exactValue(arithmetic.dot(x.span, y.span))
                after = arithmetic.place
                arithmetic.place = start
                let naiveDot = arithmetic.exactValue(arithmetic.naiveDot(x, y))
                if counts { expect(arithmetic.place == after, "the roundings of dot of \(count) are counted") }
                expect(dot == naiveDot, "dot of \(count) \(kind) terms is \(text(dot)), not \(text(naiveDot))")
            }
        }
        // Contract, section 3: an empty reduction is +0, and every reduction but pairwise begins with +0, which -0 joined to it
        // turns negative where roundings go down.
        let negative = arithmetic.negate(arithmetic.zero)
        let zeros = [negative, negative]
        let none: [A.Scalar] = []
        let isNegative = arithmetic.reduction == .pairwise || arithmetic.direction == .down
        expect(arithmetic.sum(none.span), is: .zero, "the empty sum")
        expect(arithmetic.sum(zeros.span), is: isNegative ? .negativeZero : .zero, "Σ of two -0")
    }

    /// Both ends of the exponent range. With a range the edges hold them already; without one they are MPFR's.
    func checkLimits() {
        let largest = arithmetic.constant(format.largest)
        let two = arithmetic.add(arithmetic.one, arithmetic.one)
        let half = arithmetic.divide(arithmetic.one, two)
        expect(largest, is: format.largest, "the largest number")
        expect(arithmetic.add(largest, largest), is: .infinity, "twice the largest number")
        expect(arithmetic.multiply(arithmetic.negate(largest), two), is: .negativeInfinity, "largest × -2")
        expect(arithmetic.divide(largest, half), is: .infinity, "largest ÷ 1/2")
        expect(arithmetic.subtract(largest, largest), is: .zero, "largest - largest")
        expect(arithmetic.add(largest, arithmetic.one), is: format.largest, "largest + 1")
        expect(
            arithmetic.fma(largest, two, arithmetic.negate(largest)), is: format.largest,
            "fma(largest, 2, -largest), whose product alone overflows")
        let smallest = power(format.quantumExponent ?? -(1 << 30))
        let tiny = arithmetic.constant(smallest)
        expect(tiny, is: smallest, "the smallest number")
        expect(arithmetic.multiply(tiny, half), is: .zero, "half of the smallest number, a tie")
        let small = arithmetic.multiply(tiny, two)
        expect(arithmetic.multiply(small, half), is: smallest, "half of twice the smallest number")
        expect(arithmetic.multiply(arithmetic.negate(tiny), tiny), is: .negativeZero, "-smallest × smallest")
        let above = arithmetic.fma(half, tiny, arithmetic.multiply(half, tiny))
        expect(above, is: .zero, "fma at a tie below the smallest number")
        let threeQuarters = arithmetic.subtract(arithmetic.one, arithmetic.multiply(half, half))
        expect(arithmetic.multiply(tiny, threeQuarters), is: smallest, "three quarters of the smallest number")
    }
}
