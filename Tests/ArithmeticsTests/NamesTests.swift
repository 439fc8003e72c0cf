import Arithmetics
import Testing

@Test(arguments: [
    ("float", "float"), ("binary32", "float"), ("double", "double"), ("half", "half"), ("binary16", "half"),
    ("mpfr:256", "mpfr:256"), ("mpfr:24@float", "mpfr:24@binary32"), ("mpfr:4@fp8-e4m3", "mpfr:4@fp8-e4m3"),
    ("float,reduction=sequential", "float"), ("mpfr:64,reduction=sequential", "mpfr:64,reduction=sequential"),
    (
        "round=stochastic:7,bfloat16,master=float,reduction=pairwise,accumulate=float",
        "bfloat16,reduction=pairwise,accumulate=float,master=float,round=stochastic:7"
    ),
    ("bfloat16, round=up", "bfloat16,round=up"), ("round=nearest,tf32", "tf32"),
    ("overflow=saturate,fp8-e4m3", "fp8-e4m3,overflow=saturate"), ("fp8-e4m3,overflow=nan", "fp8-e4m3"),
    ("mpfr:4@fp8-e4m3,overflow=saturate,round=zero", "mpfr:4@fp8-e4m3,round=zero,overflow=saturate"),
    ("half,accumulate=half,master=half", "half"), ("half,accumulate=mpfr:100", "half,accumulate=mpfr:100"),
])
func namesPrintCanonically(_ text: String, _ canonical: String) throws {
    let name = try ArithmeticName(text)
    #expect(name.description == canonical)
    #expect(try ArithmeticName(canonical) == name)
    if name.master == nil { #expect(arithmetic(name).name == canonical) }
}

@Test(arguments: [
    (
        "",
        "no format \"\"; the formats are half, bfloat16, tf32, fp8-e4m3, fp8-e5m2, float, double, mpfr:P, mpfr:P@FORMAT"
    ),
    ("fp8", "no format \"fp8\"; the formats are"),
    ("binary128", "no format \"binary128\""),
    ("round=up", "no format; the formats are half"),
    ("float,double", "two formats; one is wanted"),
    ("float,round=up,round=down", "round= is given twice"),
    ("float,round=sideways", "no direction \"sideways\"; the directions are nearest, zero, up, down, stochastic:SEED"),
    ("float,round=stochastic", "no direction \"stochastic\""),
    ("float,round=stochastic:-1", "no direction \"stochastic:-1\""),
    ("float,reduction=tree", "no reduction \"tree\"; the reductions are sequential"),
    (
        "float,precision=3",
        "no part \"precision=3\"; a format may be followed by reduction=R, accumulate=FORMAT, master=FORMAT, round=D"
    ),
    ("bfloat16,accumulate=fp9", "no format \"fp9\""),
    ("float,accumulate=bfloat16", "accumulate=bfloat16 does not hold every number of float; a wider format would"),
    ("bfloat16,master=half", "master=half does not hold every number of bfloat16"),
    (
        "float,overflow=nan",
        "overflow= is for formats without infinities, which is fp8-e4m3; float overflows to infinity"
    ),
    ("fp8-e4m3,overflow=wrap", "no overflow rule \"wrap\"; the overflow rules are nan, saturate"),
    ("mpfr:1", "mpfr:P wants a whole precision from 2 to 16384"),
    ("mpfr:8@fp16", "no format \"fp16\" after @; the formats are half, bfloat16, tf32, fp8-e4m3, fp8-e5m2, float"),
])
func whatIsNoArithmeticIsSaidInOneLine(_ text: String, _ message: String) {
    let error = #expect(throws: ArithmeticNameError.self) { try ArithmeticName(text) }
    let line = error?.description ?? ""
    #expect(line.hasPrefix("\"\(text)\": ") && line.contains(message) && !line.contains("\n"), "\(line)")
}
