import Arithmetics
import Tensors
import Testing

@Suite struct TensorTests {
    @Test func rowsAreTakenInTheOrderAsked() {
        let x = Tensor((0..<12).map { Float($0) }, shape: [3, 2, 2])
        let taken = x.rows([2, 0, 2])
        #expect(taken.shape == [3, 2, 2])
        #expect(taken.elements == [8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11])
        #expect(x.rows([]).shape == [0, 2, 2])
    }

    @Test func reshapingKeepsTheElements() {
        let x = Tensor((0..<6).map { Float($0) }, shape: [2, 3])
        #expect(x.reshaped([3, 2]).elements == x.elements)
        #expect(x.reshaped([6]).shape == [6])
    }
}
