import Comparison
import Foundation
import Testing

@Suite struct GrowthExponentTests {
    // Logarithms that alternate about a mean in known ways; t(0.975) from a printed table, three decimals.
    @Test(arguments: [(9, 4.303), (16, 3.182), (36, 2.571), (121, 2.228), (961, 2.042)])
    func theIntervalIsStudents(n: Int, t: Double) throws {
        let batches = Int(Double(n).squareRoot())
        // Batch b holds b, b, …: means 0 … batches - 1.
        let logs = (0..<n).map { Double($0 / batches) * 0.25 }
        let growth = try #require(GrowthExponent(logs.map(Foundation.exp)))
        let mean = Double(batches - 1) / 2 * 0.25
        let variance = (0..<batches).map { pow(Double($0) * 0.25 - mean, 2) }.reduce(0, +) / Double(batches - 1)
        let half = t * (variance / Double(batches)).squareRoot()
        #expect(abs(growth.value - mean) <= 1e-12 * mean)
        #expect(abs(growth.high - growth.value - half) <= 0.0006 / t * half)
        #expect(abs(growth.value - growth.low - half) <= 0.0006 / t * half)
    }

    @Test func fewOrUndefinedAmplificationsGiveNone() throws {
        #expect(GrowthExponent([]) == nil)
        #expect(GrowthExponent([Double](repeating: 2, count: 8)) == nil)
        #expect(GrowthExponent([Double](repeating: 2, count: 8) + [0, .nan, .infinity]) == nil)
        let constant = try #require(GrowthExponent([0] + [Double](repeating: 2, count: 9)))
        #expect(
            constant.value == Foundation.log(2.0) && constant.low == constant.value && constant.high == constant.value)
    }
}
