// Reorderings of whole elements: byte order within them, and column-major to row-major among them.

/// Each element's bytes in reverse. `bytes` holds a whole number of elements of `width` bytes.
func swappingBytes(of bytes: [UInt8], width: Int) -> [UInt8] {
    var swapped = bytes
    for start in stride(from: 0, to: bytes.count, by: width) {
        for offset in 0..<width { swapped[start + offset] = bytes[start + width - 1 - offset] }
    }
    return swapped
}

/// Row-major elements from column-major ones (first axis fastest), for a shape that the bytes are known to fill.
func rowMajor(fromColumnMajor bytes: [UInt8], shape: [Int], width: Int) -> [UInt8] {
    // Byte distance in the source between neighbours along each axis. No product overflows: the shape fits the bytes,
    // and where a length is 0 there is nothing to do.
    guard !bytes.isEmpty, shape.count > 1 else { return bytes }
    var strides: [Int] = []
    var distance = width
    for length in shape {
        strides.append(distance)
        distance *= length
    }

    var ordered: [UInt8] = []
    ordered.reserveCapacity(bytes.count)
    var position = [Int](repeating: 0, count: shape.count)
    var source = 0
    while true {
        ordered += bytes[source..<source + width]
        var axis = shape.count - 1
        // The last axis is the fastest of the result: step it, and carry where it is exhausted.
        while position[axis] == shape[axis] - 1 {
            source -= position[axis] * strides[axis]
            position[axis] = 0
            if axis == 0 { return ordered }
            axis -= 1
        }
        position[axis] += 1
        source += strides[axis]
    }
}
