import Arithmetics

/// What is done to a training image before it is shown. Test images are shown as they are.
public enum Augmentation: String, CaseIterable, Sendable {
    case none
    /// Moved by up to 4 pixels in both directions, 0 where nothing comes in, and mirrored left to right every other time.
    case cropFlip = "crop-flip"
}

/// `crop-flip`: output (r, c) is source (r + dy - 4, c′ + dx - 4), c′ = c, or W - 1 - c if flipped; the number 0 of before
/// normalization outside. dy, dx and flip are a function of the seed, the epoch and the sample's number alone, so no order of
/// computing can change them.
///
/// - Source: contract, section 5, which has 32 × 32 images; here for any size and any number of channels.
struct CropFlip: Sendable {
    static let margin = 4

    let seed: UInt64
    let channels: Int
    let height: Int
    let width: Int
    /// For each channel the code of the number 0.
    let blanks: [Int32]

    struct Placement: Equatable {
        let dy: Int
        let dx: Int
        let isFlipped: Bool
    }

    func placement(ofSample sample: Int, epoch: Int) -> Placement {
        var stream = RandomStream(seed: seed, .augmentation, UInt64(epoch), UInt64(sample))
        let places = UInt64(2 * CropFlip.margin + 1)
        return Placement(
            dy: Int(stream.bounded(places)), dx: Int(stream.bounded(places)), isFlipped: stream.bounded(2) == 1)
    }

    /// Moves and mirrors images, one after the other in `codes`, each [channels, height, width].
    func apply(to codes: inout [Int32], samples: [Int], epoch: Int) {
        precondition(codes.count == samples.count * channels * height * width, "shapes do not match")
        let source = codes
        source.withUnsafeBufferPointer { source in
            codes.withUnsafeMutableBufferPointer { target in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                for (place, sample) in samples.enumerated() {
                    let placement = placement(ofSample: sample, epoch: epoch)
                    for channel in 0..<channels {
                        let offset = (place * channels + channel) * height * width
                        movePlane(from + offset, to + offset, placement, blank: blanks[channel])
                    }
                }
            }
        }
    }

    private func movePlane(
        _ source: UnsafePointer<Int32>, _ target: UnsafeMutablePointer<Int32>, _ placement: Placement, blank: Int32
    ) {
        let down = placement.dy - CropFlip.margin
        let right = placement.dx - CropFlip.margin
        for r in 0..<height {
            let row = target + r * width
            guard (0..<height).contains(r + down) else {
                row.update(repeating: blank, count: width)
                continue
            }
            let line = source + (r + down) * width
            for c in 0..<width {
                let column = (placement.isFlipped ? width - 1 - c : c) + right
                row[c] = (0..<width).contains(column) ? line[column] : blank
            }
        }
    }
}
