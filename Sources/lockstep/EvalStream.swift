import Evaluation
import Reporting
import TensorFiles

/// Answers standard input line by line on standard output, as fast as whole blocks allow and no later than the lines come:
/// what has arrived is answered before more is waited for.
struct EvalStream {
    private var stream: any PatternStream

    init(_ stream: any PatternStream) { self.stream = stream }

    /// - Throws: `EvaluationError` at the first line that cannot be read, once those before it are answered; `LockstepExit`
    ///   when interrupted.
    func run() throws {
        var stream = stream
        var input = StandardInput()
        Interruption.listen()
        while let lines = try input.nextLines(unless: { Interruption.isRequested }) {
            let (text, mistake) = stream.answer(lines)
            // Without a reader there is nothing left to do, and nothing is wrong.
            guard try TextOutput.standardOutput.deliver(text) else { return }
            if let mistake { throw mistake }
        }
        guard Interruption.isRequested else { return }
        try? TextOutput.standardError.write("lockstep: interrupted; every line that had come is answered\n")
        throw LockstepExit.interrupted
    }
}
