import Arithmetics
import Benchmark
import Networks
import Training

/// A step of training: forward, backward, SGD with momentum and weight decay.
func trainingBenchmarks() {
    let works: [(model: String, data: String, batch: Int, arithmetics: [String])] = [
        ("mlp(64,32,10)", "digits", 32, ["float", "double", "mpfr:256"]),
        ("mlp(784,256,256,10)", "digits28", 128, ["float", "double"]),
        ("lenet5", "digits28", 128, ["float", "double"]),
        ("resnet20", "synthetic:3x32x32,10,256", 128, ["float", "double"]),
    ]
    for work in works {
        for name in work.arithmetics {
            benchmark("step of \(work.model), batch \(work.batch), \(name)") {
                var study = Study()
                (study.model, study.data, study.batch) = (
                    try ModelSpecification(named: work.model), work.data, work.batch
                )
                study.testFraction = Rational(0)
                study.optimizer.momentum = Rational(9, 10)
                study.optimizer.weightDecay = Rational(5, 10000)
                study.arithmetics = [try ArithmeticName(name)]
                var run = try makeRun(try PreparedStudy(study), in: study.arithmetics[0])
                return { _ = run.advance(observe: []) }
            }
        }
    }
}
