import Testing

// What a time is, no test can say; which lines there are, and what mistakes are answered with, it can.

@Test func benchTimesEveryModelWithEveryBatch() throws {
    let place = try Workplace()
    let result = try place.run([
        "bench", "--model", "mlp(16,4,3)", "--model", "mlp(9,3)", "--batch", "2", "--batch", "5", "-a", "double",
        "--seconds",
        "0", "--json", "b.json",
    ])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let json = try place.json("b.json")
    #expect(json["schema"]?.string == "lockstep.bench/1")
    let lines = try #require(json["results"]?.array)
    #expect(
        lines.map { $0["name"]?.string } == [
            "mlp(16,4,3), batch 2", "mlp(16,4,3), batch 5", "mlp(9,3), batch 2", "mlp(9,3), batch 5",
        ])
    #expect(lines.allSatisfy { $0["kind"]?.string == "training" && $0["unit"]?.string == "step" })
    #expect(result.output.contains("mlp(9,3), batch 5") && !result.output.contains("Products"))
}

@Test(arguments: [
    UnusableCase("--model", "renset20", says: "model: no model \"renset20\"; the models are mlp("),
    UnusableCase("--model", "lenet5", "--data", "digits", says: "lenet5: wants images of 28"),
    UnusableCase("--model", "lenet5", "--batch", "1798", says: "batch: 1798 is more than the 1797 training samples"),
    UnusableCase("--model", "lenet5", "--batch", "-1", says: "batch: \"-1\" is not a whole number from 1"),
    UnusableCase("--data", "digits", says: "data: wants --model NAME beside it"),
    UnusableCase("products", "--model", "lenet5", says: "model: is for training, which is not timed here"),
    UnusableCase("functions", "--only", "tan ", says: "only: no line's name holds \"tan \""),
])
func unusableBenchGetsOneLine(_ one: UnusableCase) throws {
    let place = try Workplace()
    let result = try place.run(["bench", "-a", "float", "--seconds", "0", "--json", "kept.json"] + one.arguments)
    let complaint = try #require(result.complaint, "\(result)")
    #expect(complaint.contains(one.says), "\(complaint)")
    #expect(result.output.isEmpty && !place.exists("kept.json"))
}
