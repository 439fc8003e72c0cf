import Arithmetics
import CMPFR
import LawSupport
import Testing

@Suite struct FormatTests {
    static let formats: [Format] = [
        .binary16, .bfloat16, .tf32, .binary32, .binary64, .binary128, .mpfr(precision: 2), .mpfr(precision: 100),
        Format(precision: 2, range: Format.ExponentRange(emin: -3, emax: 4)),
    ]

    /// Midpoints, their neighbours, subnormals and the overflow boundary, against the definition of rounding.
    @Test(arguments: formats.indices) func roundingGivesTheNearestNumber(ordinal: Int) {
        let format = Self.formats[ordinal]
        var operands = Operands(format, seed: 5)
        let two = Rational(2)
        for value in operands.edges(random: 4) where value.isFinite {
            let x = Rational(value) ?? Rational(0)
            // A quarter of the last place of the value itself, were it of full length.
            let unit = (x < Rational(0) ? Rational(0) - x : x) / two.power(format.precision + 1)
            for quarters in -8...8 {
                let y = x + Rational(quarters) * unit
                #expect(isNearest(format.round(y), to: y, format), "\(y)")
                let exact = Format.mpfr(precision: min(16384, 4 * format.precision + 40)).round(y)
                #expect(format.round(exact) == format.round(Rational(exact) ?? y), "\(y)")
            }
        }
        if let quantum = format.quantumExponent {
            for quarters in 1...12 {
                let y = Rational(quarters, 4) * (Rational(ExactValue(1.0).times(power(quantum))) ?? Rational(0))
                #expect(isNearest(format.round(y), to: y, format), "\(quarters) quarters of the quantum")
                let negative = format.round(Rational(0) - y)
                #expect(negative == format.round(y).negated)
            }
        }
    }

    /// Down and up enclose a number, and nothing of the format lies between them; toward zero is the one of them that does.
    @Test(arguments: formats.indices) func directionsGiveTheNeighbours(ordinal: Int) throws {
        let format = Self.formats[ordinal]
        var operands = Operands(format, seed: 5)
        let zero = Rational(0)
        for value in operands.edges(random: 2) where value.kind == .finite {
            let x = try #require(Rational(value))
            let unit = (x < zero ? zero - x : x) / Rational(2).power(format.precision + 1)
            for quarters in [-7, -4, -1, 0, 1, 2, 3, 5] {
                let y = x + Rational(quarters) * unit
                let wide = Format.mpfr(precision: min(16384, 4 * format.precision + 40)).round(y)
                let (low, high) = (format.round(wide, .down), format.round(wide, .up))
                #expect(format.round(wide, .zero) == (y < zero ? high : low), "\(y)")
                if format.holds(wide) {
                    #expect(low == wide && high == wide, "\(y)")
                } else if low.isFinite && high.isFinite {
                    let (below, above) = (Rational(low) ?? zero, Rational(high) ?? zero)
                    let middle = Format.mpfr(precision: 16384).round((below + above) * Rational(1, 2))
                    #expect(below < y && y < above && !format.holds(middle), "\(y)")
                    #expect([low, high].contains(format.round(wide)), "\(y)")
                } else {
                    let most = Rational(format.largest) ?? zero
                    #expect(
                        y < zero ? y < zero - most && high == format.largest.negated : most < y && low == format.largest
                    )
                }
            }
        }
    }

    /// Without infinities the numbers end at 448, cut to the precision: with one bit less than 448 needs, at 384.
    @Test(arguments: [(2, 384.0), (3, 448), (4, 448), (10, 448)])
    func precisionsInTheRangeOfE4M3EndAt448(precision: Int, largest: Double) throws {
        func check(_ arithmetic: some Arithmetic, overflows: ExactValue) {
            var a = arithmetic
            let most = a.constant(ExactValue(largest))
            #expect(a.format.largest == ExactValue(largest))
            #expect(a.exactValue(most) == ExactValue(largest))
            #expect(a.exactValue(a.add(most, most)) == overflows)
            #expect(a.exactValue(a.add(most, a.constant(ExactValue(0x1p-9)))) == ExactValue(largest))
        }
        let name = "mpfr:\(precision)@fp8-e4m3"
        check(try arithmetic(named: name), overflows: .nan)
        check(try arithmetic(named: name + ",overflow=saturate"), overflows: ExactValue(largest))
    }

    /// The hardware's own conversion.
    @Test func roundingToBinary32IsTheHardwares() {
        var operands = Operands(.binary64, seed: 6)
        let wide = (0..<200).map { _ in
            operands.value(exponent: -150 + Int(operands.value(.ordinary).double.magnitude * 17))
        }
        for x in wide { #expect(Format.binary32.round(x) == ExactValue(Float(x.double)), "\(x.hexadecimal)") }
        for x in [.nan, .infinity, .negativeInfinity, .zero, .negativeZero] as [ExactValue] {
            #expect(Format.binary32.round(x) == x && Format.binary32.holds(x))
        }
        #expect(!Format.binary32.holds(ExactValue(0.1)) && Format.binary32.holds(ExactValue(Float(0.1))))
    }

    @Test func largestNumbersAreKnown() {
        #expect(Format.binary16.largest == ExactValue(65504.0))
        #expect(Format.binary32.largest == ExactValue(Float.greatestFiniteMagnitude))
        #expect(Format.binary64.largest == ExactValue(Double.greatestFiniteMagnitude))
        #expect(Format.bfloat16.largest == ExactValue(0x1.fep127))
        #expect(Format.mpfr(precision: 2).largest == exact("0x1.8p+1073741822"))
        #expect(Format.binary32.quantumExponent == -149 && Format.binary64.quantumExponent == -1074)
        #expect(Format.mpfr(precision: 24).quantumExponent == nil)
    }

    @Test func formatsContainOneAnother() {
        let holds: [(Format, Format, Bool)] = [
            (.binary64, .binary32, true), (.binary32, .binary64, false), (.tf32, .bfloat16, true),
            (.tf32, .binary16, true),
            (.bfloat16, .binary16, false), (.binary16, .bfloat16, false), (.binary32, .tf32, true),
            (.mpfr(precision: 24), .binary32, true), (.mpfr(precision: 23), .binary32, false),
            (.binary128, .mpfr(precision: 24), false), (.binary32, .binary32, true),
            (.mpfr(precision: 5), .mpfr(precision: 4), true),
        ]
        for (outer, inner, expected) in holds { #expect(outer.contains(inner) == expected, "\(outer) \(inner)") }
    }

    @Test func theCoarsestFormatIsHeldByAll() {
        #expect(Format.coarsest([.binary32, .binary64]) == .binary32)
        #expect(Format.coarsest([.mpfr(precision: 256), .binary64]) == .binary64)
        #expect(Format.coarsest([.mpfr(precision: 256), .mpfr(precision: 64)]) == .mpfr(precision: 64))
        #expect(Format.coarsest([.mpfr(precision: 20), .binary32]).precision == 20)
        // binary16's quantum 2^-24 and largest exponent 15, bfloat16's precision.
        let mixed = Format.coarsest([.binary16, .bfloat16])
        #expect(mixed == Format(precision: 8, range: Format.ExponentRange(emin: -17, emax: 15)))
        #expect(mixed.quantumExponent == -24)
        for list in [[Format.binary16, .bfloat16], [.tf32, .binary64], [.mpfr(precision: 9), .binary16]] {
            for format in list { #expect(format.contains(Format.coarsest(list))) }
        }
    }

    @Test func namesAreUnderstood() {
        for (names, format) in Format.named {
            for name in names { #expect(Format.named(name) == format) }
            #expect(format.name == names.last)
        }
        #expect(Format.named("quad") == nil && Format(precision: 9, range: nil).name == nil)
    }

    @Test func raisedCosinesAreExactWhereTheCosineIsRational() {
        let tenth = Rational(1, 10)
        let points: [(Rational, Rational)] = [
            (Rational(0), Rational(1)), (Rational(1, 3), Rational(3, 4)), (Rational(1, 2), Rational(1, 2)),
            (Rational(2, 3), Rational(1, 4)), (Rational(1), Rational(0)),
        ]
        for format in [Format.binary32, .binary64, .mpfr(precision: 300)] {
            for (q, share) in points {
                #expect(format.round(raisedCosine: tenth, at: q) == format.round(tenth * share))
            }
            #expect(format.round(raisedCosine: Rational(0), at: Rational(1, 7)) == .zero)
        }
    }

    /// By the other formula, (1 + cos πq)/2, with 2,000 bits, so that the cancellation near q = 1 costs nothing.
    @Test func raisedCosinesAreCorrectlyRounded() {
        let x = MPFRVariable(precision: 2000)
        for format in [Format.binary16, .binary32, .binary64, .mpfr(precision: 300)] {
            for (n, d) in [(1, 7), (1, 4), (3, 5), (999, 1000), (1, 100_000), (99_999, 100_000), (5, 6)] {
                mpfr_const_pi(x.pointer, MPFR_RNDN)
                mpfr_mul_ui(x.pointer, x.pointer, UInt(n), MPFR_RNDN)
                mpfr_div_ui(x.pointer, x.pointer, UInt(d), MPFR_RNDN)
                mpfr_cos(x.pointer, x.pointer, MPFR_RNDN)
                mpfr_add_ui(x.pointer, x.pointer, 1, MPFR_RNDN)
                mpfr_div_ui(x.pointer, x.pointer, 20, MPFR_RNDN)
                let expected = format.round(ExactValue(x.pointer))
                #expect(format.round(raisedCosine: Rational(1, 10), at: Rational(n, d)) == expected, "\(n)/\(d)")
            }
        }
    }
}
