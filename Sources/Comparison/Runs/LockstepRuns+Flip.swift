import Arithmetics
import Training

extension LockstepRuns {
    /// Replaces one weight of one run by its neighbour away from zero, in the format that weights are held in: the smallest
    /// perturbation there is. A zero becomes the least number of its sign.
    ///
    /// - Parameters:
    ///   - run: number of the run, in the order of `result.runs`.
    ///   - tensor: name of the parameter.
    ///   - element: row-major index.
    /// - Throws: `StudyError` where there is no such weight or no such neighbour.
    public mutating func flip(run: Int, tensor: String, element: Int) throws(StudyError) {
        guard let t = tensorNamesAndShapes.firstIndex(where: { $0.name == tensor }) else {
            let names = tensorNamesAndShapes.map(\.name).joined(separator: ", ")
            throw StudyError("flip: no tensor \"\(tensor)\"; there are \(names)")
        }
        let state = runs[run].state
        guard (0..<state.parameters[t].count).contains(element) else {
            throw StudyError("flip: \(tensor) has elements 0 to \(state.parameters[t].count - 1), no \(element)")
        }
        let format = runs[run].name.stateFormat
        let old = state.parameters[t][element]
        if old.kind == .zero, format.range == nil {
            throw StudyError(
                "flip: \(tensor)[\(element)] is 0, which has no neighbour without a least exponent; choose another weight"
            )
        }
        let new = old.isNegative ? format.next(below: old) : format.next(above: old)
        runs[run].adopt(state.replacing(parameter: t, element: element, by: new))
        noteFirsts(against: referenceState, nil)
    }
}
