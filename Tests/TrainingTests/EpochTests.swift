import Arithmetics
import Testing
import Training

@Suite struct EpochTests {
    @Test func epochsAreTheirUpdates() throws {
        let prepared = try PreparedStudy(study("model: mlp(64,10)\nbatch: 32\nepochs: 3\narithmetics: [float]"))
        #expect(prepared.batches.updatesPerEpoch == 44 && prepared.study.steps == 132 && prepared.study.epochs == 3)
        let kept = try PreparedStudy(
            study("model: mlp(64,10)\nbatch: 32\nlast-batch: keep\nepochs: 2\narithmetics: [float]"))
        #expect(kept.study.steps == 90)
        #expect(
            message { try PreparedStudy(study("model: mlp(64,10)\nepochs: 1099511627776\narithmetics: [float]")) }
                == "epochs: 1099511627776 of 44 updates are too many")
    }

    @Test func whatIsSaidLastSaysHowLong() throws {
        var s = try study("epochs: 3")
        #expect(s.epochs == 3)
        try s.set("steps", to: "7")
        #expect(s.epochs == nil && s.steps == 7)
        #expect(
            message { try study("seed: 2\nsteps: 3\nepochs: 4") }
                == "study.yaml:2: steps: given beside epochs; one of them says how long to train")
    }

    @Test func newFieldsAreEchoedWhereTheySaySomething() throws {
        let given = try study(
            "epochs: 3\naugment: crop-flip\ninit-seed: 9\noptimizer: {k: 3, k-rate: double}\narithmetics: [float]")
        #expect(try study(given.yaml) == given)
        let json = given.json
        #expect(json["epochs"]?.int == 3 && json["augment"]?.string == "crop-flip" && json["init-seed"]?.int == 9)
        #expect(json["optimizer"]?["k-rate"]?.string == "double")
        let plain = Study()
        for field in ["epochs", "augment", "init-seed"] {
            #expect(plain.json[field] == nil && !plain.yaml.contains(field + ":"), "\(field)")
        }
        #expect(plain.json["optimizer"]?["k-rate"] == nil && !plain.yaml.contains("k-rate"))
        #expect(message { try study("augment: crop") } == "study.yaml:1: augment: \"crop\" is none of none, crop-flip")
    }

    @Test func weightsStayWhereTheirSeedDoes() throws {
        let yaml = "model: mlp(64,10)\narithmetics: [float]\n"
        func runs(_ seed: Int, _ more: String = "") throws -> (first: String, later: String) {
            var run = try start(yaml + "seed: \(seed)\n" + more, in: "float")
            let first = run.digest
            _ = run.advance(observe: [])
            return (first, run.digest)
        }
        let (one, two, held) = (try runs(1), try runs(2), try runs(2, "init-seed: 1"))
        #expect(one.first != two.first && held.first == one.first)
        #expect(held.later != one.later, "other batches")
    }

    @Test func studiesShareData() throws {
        let yaml = "model: mlp(16,3)\ndata: synthetic:1x4x4,3,30\nbatch: 5\narithmetics: [float]\n"
        let first = try PreparedStudy(study(yaml + "seed: 1"))
        let shared = try PreparedStudy(study(yaml + "seed: 2"), data: first.data)
        let own = try PreparedStudy(study(yaml + "seed: 2"))
        #expect(shared.data.digest == first.data.digest && own.data.digest != first.data.digest)
        let float = try ArithmeticName("float")
        #expect(try makeRun(shared, in: float).digest == makeRun(own, in: float).digest)
    }
}
