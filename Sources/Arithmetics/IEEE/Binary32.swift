import CKernels
import CMPFR

/// IEEE 754 binary32, rounding to nearest-even: what `float` names.
public struct Binary32: IEEEArithmetic {
    public let reduction: Reduction
    public let instructionSet: InstructionSet

    public init(reduction: Reduction = .sequential, instructionSet: InstructionSet = .best) {
        self.reduction = reduction
        self.instructionSet = instructionSet
    }

    public var name: String { ArithmeticName(.binary32, reduction: reduction).description }
    public var format: Format { .binary32 }

    public func constant(_ x: ExactValue) -> Float { x.withMPFR { mpfr_get_flt($0, MPFR_RNDN) } }
    public func exactValue(_ x: Float) -> ExactValue { ExactValue(x) }

    public func array(_ x: ExactArray) -> [Float] {
        [Float](unsafeUninitializedCapacity: x.count) { out, count in
            ls_big_to_f32(Int64(x.count), x.words, Int32(x.limbs), out.baseAddress)
            count = x.count
        }
    }

    public func exactArray(_ x: Span<Float>) -> ExactArray {
        ExactArray(count: x.count, precision: format.precision, limbs: 1) { records in
            var kernel = format.kernel(limbs: 1)
            x.withUnsafeBufferPointer { ls_big_from_f32(Int64($0.count), $0.baseAddress, records, &kernel) }
        }
    }

    public func firstNonFinite(_ x: Span<Float>) -> Int? {
        x.withUnsafeBufferPointer { $0.firstIndex { !$0.isFinite } }
    }

    public func encode(_ x: Span<Float>, into bytes: inout [UInt8]) {
        bytes.append(count: 4 * x.count) { out in
            x.withUnsafeBufferPointer { ls_encode_f32(Int64($0.count), $0.baseAddress, out) }
        }
    }

    public static let kernels = IEEEKernels<Float>(
        // Never the host library's.
        fma: { ls_fma_soft_f32($0, $1, $2) },
        elementary: { ls_elementary_f32($0, LS_NEAREST, $1) },
        matmul: ls_matmul_f32, dot: ls_dot_f32, convolve: ls_convolve_f32,
        convolveInputGradient: ls_convolve_input_gradient_f32,
        convolveKernelGradient: ls_convolve_kernel_gradient_f32,
        map: ls_map_f32, zip: ls_zip_f32, sum: ls_sum_f32, gatherSum: ls_gather_sum_f32,
        scatterSum: ls_scatter_sum_f32, maxima: ls_maxima_f32,
        fuse: { path, plan, channels in
            let operands = plan.operands.map { ls_fusion_operand_f32(values: $0.values, extent: $0.extent) }
            let steps = plan.steps.map {
                ls_step_f32(
                    kind: $0.kind, function: $0.function, constant: $0.constant ?? 0, left: $0.left, right: $0.right,
                    summed: $0.summed, out: $0.out)
            }
            operands.withUnsafeBufferPointer { operands in
                steps.withUnsafeBufferPointer { steps in
                    var fusion = ls_fusion_f32(
                        outer: Int64(plan.outer), channels: Int64(plan.channels), inner: Int64(plan.inner),
                        operands: Int32(operands.count), steps: Int32(steps.count), operand: operands.baseAddress,
                        step: steps.baseAddress)
                    ls_fuse_f32(path, &fusion, Int64(channels.lowerBound), Int64(channels.upperBound))
                }
            }
        },
        descend: { path, count, w, v, g, c, rate in
            var constants = ls_sgd_constants_f32(
                useDecay: c.weightDecay != nil, useMomentum: c.momentum != nil, firstUpdate: c.isFirst,
                nesterov: c.nesterov, decay: c.weightDecay ?? 0, momentum: c.momentum ?? 0, rateTimesK: rate,
                k: Int32(c.k))
            ls_sgd_f32(path, count, w, v, g, &constants)
        })
}
