/// What can be made for any size of scalars: the size becomes known to the compiler in `open`.
protocol ScalarSizeOpener {
    associatedtype Result
    func open<let limbs: Int>(_: BigFloat<limbs>.Type) -> Result
}

/// Opens the smallest size that holds numbers of a precision from 2 to 16384 bits: the one place where a precision becomes a
/// size.
func openScalarSize<Opener: ScalarSizeOpener>(precision: Int, _ opener: Opener) -> Opener.Result {
    precondition(Format.precisions.contains(precision), "precision out of range")
    return switch (precision + 63) / 64 {
    case 1: opener.open(BigFloat<1>.self)
    case 2: opener.open(BigFloat<2>.self)
    case 3: opener.open(BigFloat<3>.self)
    case 4: opener.open(BigFloat<4>.self)
    case 5...6: opener.open(BigFloat<6>.self)
    case 7...8: opener.open(BigFloat<8>.self)
    case 9...12: opener.open(BigFloat<12>.self)
    case 13...16: opener.open(BigFloat<16>.self)
    case 17...24: opener.open(BigFloat<24>.self)
    case 25...32: opener.open(BigFloat<32>.self)
    case 33...48: opener.open(BigFloat<48>.self)
    case 49...64: opener.open(BigFloat<64>.self)
    case 65...128: opener.open(BigFloat<128>.self)
    default: opener.open(BigFloat<256>.self)
    }
}
