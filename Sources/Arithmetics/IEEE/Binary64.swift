import CKernels
import CMPFR

/// IEEE 754 binary64, rounding to nearest-even: what `double` names.
public struct Binary64: IEEEArithmetic {
    public let reduction: Reduction
    public let instructionSet: InstructionSet

    public init(reduction: Reduction = .sequential, instructionSet: InstructionSet = .best) {
        self.reduction = reduction
        self.instructionSet = instructionSet
    }

    public var name: String { ArithmeticName(.binary64, reduction: reduction).description }
    public var format: Format { .binary64 }

    public func constant(_ x: ExactValue) -> Double { x.withMPFR { mpfr_get_d($0, MPFR_RNDN) } }
    public func exactValue(_ x: Double) -> ExactValue { ExactValue(x) }

    public func array(_ x: ExactArray) -> [Double] {
        [Double](unsafeUninitializedCapacity: x.count) { out, count in
            ls_big_to_f64(Int64(x.count), x.words, Int32(x.limbs), out.baseAddress)
            count = x.count
        }
    }

    public func exactArray(_ x: Span<Double>) -> ExactArray {
        ExactArray(count: x.count, precision: format.precision, limbs: 1) { records in
            var kernel = format.kernel(limbs: 1)
            x.withUnsafeBufferPointer { ls_big_from_f64(Int64($0.count), $0.baseAddress, records, &kernel) }
        }
    }

    public func firstNonFinite(_ x: Span<Double>) -> Int? {
        x.withUnsafeBufferPointer { $0.firstIndex { !$0.isFinite } }
    }

    public func encode(_ x: Span<Double>, into bytes: inout [UInt8]) {
        bytes.append(count: 8 * x.count) { out in
            x.withUnsafeBufferPointer { ls_encode_f64(Int64($0.count), $0.baseAddress, out) }
        }
    }

    public static let kernels = IEEEKernels<Double>(
        // Never the host library's.
        fma: { ls_fma_soft_f64($0, $1, $2) },
        elementary: { ls_elementary_f64($0, LS_NEAREST, $1) },
        matmul: ls_matmul_f64, dot: ls_dot_f64, convolve: ls_convolve_f64,
        convolveInputGradient: ls_convolve_input_gradient_f64,
        convolveKernelGradient: ls_convolve_kernel_gradient_f64,
        map: ls_map_f64, zip: ls_zip_f64, sum: ls_sum_f64, gatherSum: ls_gather_sum_f64,
        scatterSum: ls_scatter_sum_f64, maxima: ls_maxima_f64,
        fuse: { path, plan, channels in
            let operands = plan.operands.map { ls_fusion_operand_f64(values: $0.values, extent: $0.extent) }
            let steps = plan.steps.map {
                ls_step_f64(
                    kind: $0.kind, function: $0.function, constant: $0.constant ?? 0, left: $0.left, right: $0.right,
                    summed: $0.summed, out: $0.out)
            }
            operands.withUnsafeBufferPointer { operands in
                steps.withUnsafeBufferPointer { steps in
                    var fusion = ls_fusion_f64(
                        outer: Int64(plan.outer), channels: Int64(plan.channels), inner: Int64(plan.inner),
                        operands: Int32(operands.count), steps: Int32(steps.count), operand: operands.baseAddress,
                        step: steps.baseAddress)
                    ls_fuse_f64(path, &fusion, Int64(channels.lowerBound), Int64(channels.upperBound))
                }
            }
        },
        descend: { path, count, w, v, g, c, rate in
            var constants = ls_sgd_constants_f64(
                useDecay: c.weightDecay != nil, useMomentum: c.momentum != nil, firstUpdate: c.isFirst,
                nesterov: c.nesterov, decay: c.weightDecay ?? 0, momentum: c.momentum ?? 0, rateTimesK: rate,
                k: Int32(c.k))
            ls_sgd_f64(path, count, w, v, g, &constants)
        })
}
