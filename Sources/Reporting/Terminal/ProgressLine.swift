/// One line that is redrawn while a run goes on: step, rate, time left. Nothing is drawn where nobody watches.
public struct ProgressLine: ~Copyable {
    private let output: TextOutput
    private let total: Int
    private let first: Int
    private let start = ContinuousClock.now
    private var shown: ContinuousClock.Instant?

    /// nil when the output is no terminal.
    public init?(_ output: TextOutput, from first: Int, of total: Int) {
        guard output.style.isTerminal else { return nil }
        self.output = output
        self.total = total
        self.first = first
    }

    /// Draws at most ten times a second.
    public mutating func show(step: Int) {
        let now = ContinuousClock.now
        if let shown, now - shown < .milliseconds(100) { return }
        shown = now
        let line = ProgressLine.text(
            step: step, of: total, made: step - first, elapsedSeconds: (now - start) / .seconds(1),
            width: output.style.width, unicode: output.style.hasUnicode)
        // Without a terminal there is nobody to tell.
        try? output.write("\r\u{1B}[K" + line)
    }

    /// Leaves the line empty for what comes next.
    public mutating func clear() {
        if shown != nil { try? output.write("\r\u{1B}[K") }
        shown = nil
    }

    static func text(
        step: Int, of total: Int, made: Int, elapsedSeconds: Double, width: Int, unicode: Bool
    ) -> String {
        var text = "step \(Numbers.grouped(step)) of \(Numbers.grouped(total))"
        if made > 0, elapsedSeconds > 0 {
            let rate = Double(made) / elapsedSeconds
            text += "   \(Numbers.short(rate)) steps/s   \(duration(seconds: Double(total - step) / rate)) left"
        }
        let room = min(30, width - text.count - 4)
        guard room >= 10, total > 0 else { return String(text.prefix(width - 1)) }
        let filled = room * step / total
        return String(repeating: unicode ? "\u{2588}" : "#", count: filled)
            + String(repeating: unicode ? "\u{2591}" : ".", count: room - filled) + "  " + text
    }

    /// `0.4 s`, `12 s`, `3 min 20 s`, `5 h 12 min`.
    public static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        if seconds < 10 { return "\(Numbers.short(seconds, digits: 2)) s" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
