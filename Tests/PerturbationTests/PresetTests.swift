import Arithmetics
import Perturbation
import Testing
import Training

@Suite struct PresetTests {
    @Test(arguments: Preset.allCases) func presetsAreStudies(preset: Preset) throws {
        let table = try preset.study(for: .table)
        #expect((table.epochs ?? 0) >= preset.lastEpochs && table.optimizer.k == 1 && table.arithmetics.isEmpty)
        #expect(table.optimizer.nesterov && table.initializer.description == "he-out")
        let plain = try preset.study(for: .plain)
        #expect(plain.optimizer.momentum == Rational(0) && plain.schedule == Schedule() && plain.epochs == nil)
        #expect(plain.augmentation == .none)
        for text in preset.others { _ = try RoundingPerturbation(text) }
        #expect(Set(preset.seeds).count == preset.seeds.count)
    }

    @Test func thePublishedSettingIsThePublishedOne() throws {
        let paper = try Preset.paper.study(for: .table)
        #expect(paper.model.text == "resnet56" && paper.batch == 128 && paper.epochs == 200)
        #expect(paper.optimizer.rate == Rational(1, 10) && paper.optimizer.momentum == Rational(9, 10))
        #expect(paper.optimizer.weightDecay == Rational(1, 2000) && paper.augmentation == .cropFlip)
        #expect(paper.schedule.description == "milestones:40e,80e,120e,160e,0.1" && Preset.paper.lastEpochs == 10)
        #expect(try Preset.paper.study(for: .plain).model.text == "resnet56(swish:5)")
    }

    // What needs no files of the user's can be run as it is.
    @Test func theSmallPresetRuns() throws {
        let request = TableRequest(
            study: try {
                var study = try Preset.small.study(for: .table)
                try study.set("arithmetics", to: "float")
                return study
            }(), seeds: Preset.small.seeds, factors: [1, 3],
            others: try Preset.small.others.map { try RoundingPerturbation($0) }, lastEpochs: Preset.small.lastEpochs)
        try request.check(on: dataSet(request.study))
    }
}
