import Arithmetics
import Comparison
import Training
import Foundation

var study = Study()
let args = CommandLine.arguments
study.steps = Int(args[1])!
for a in args.dropFirst(2) {
    if a.contains("="), let i = a.firstIndex(of: "="), !a.hasPrefix("mpfr"), !a.hasPrefix("float") { try study.set(String(a[..<i]), to: String(a[a.index(after: i)...])) }
    else { try study.set("arithmetics", to: a) }
}
print(study.yaml)
let t0 = Date()
var options = ComparisonOptions()
options.threads = 2
options.decompose = true
let prepared = try PreparedStudy(study)
print("prepared", Date().timeIntervalSince(t0))
var c = try Comparison(prepared, options)
while !c.isFinished { try c.advance() }
c.finish()
print("run", Date().timeIntervalSince(t0))
for r in c.result.runs {
    let s = r.steps.last!
    print(r.arithmetic, s.loss!.decimal(digits: 10), s.digest.prefix(12), s.error.map { "\($0.maxUlp) \($0.medianUlp) L2 \($0.relativeL2) bits \($0.matchingBits) ord \($0.maxOrdinal ?? -1)" } ?? "-", s.localError ?? -1, s.amplification ?? -1, r.growthExponent as Any, r.test as Any, r.firstDifference as Any)
}
print(c.result.reference as Any)
