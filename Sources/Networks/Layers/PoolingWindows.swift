import Arithmetics

/// The windows of a pooling layer on one plane, as lists of positions, and the windows that hold each position.
struct PoolingWindows: Sendable {
    let inputShape: [Int]
    let outputShape: [Int]
    /// For each output the positions its window covers, row by row; padding is left out.
    let windows: IndexLists
    /// For each position the outputs whose windows hold it, in order.
    let holders: IndexLists

    /// inputShape is [channels, height, width]; stride and padding alike in both directions.
    init(inputShape: [Int], window: (height: Int, width: Int), stride: Int, padding: Int) {
        let (height, width) = (inputShape[1], inputShape[2])
        let outHeight = (height + 2 * padding - window.height) / stride + 1
        let outWidth = (width + 2 * padding - window.width) / stride + 1
        self.inputShape = inputShape
        outputShape = [inputShape[0], outHeight, outWidth]
        var offsets: [Int32] = [0]
        var indices: [Int32] = []
        for oh in 0..<outHeight {
            for ow in 0..<outWidth {
                for row in max(0, oh * stride - padding)..<min(height, oh * stride - padding + window.height) {
                    for column in max(0, ow * stride - padding)..<min(width, ow * stride - padding + window.width) {
                        indices.append(Int32(row * width + column))
                    }
                }
                offsets.append(Int32(indices.count))
            }
        }
        windows = IndexLists(offsets: offsets, indices: indices)
        holders = windows.inverted(positions: height * width)
    }

    var inputPlane: Int { inputShape[1] * inputShape[2] }
    var outputPlane: Int { outputShape[1] * outputShape[2] }
}
