import Synchronization
import Testing

/// Expects the body to record exactly one issue, whose message holds every one of the texts, at a line of the calling file.
func expectIssue(
    holding texts: String..., sourceLocation: SourceLocation = #_sourceLocation, _ body: () -> Void
) {
    let recorded = Mutex<[Issue]>([])
    withKnownIssue(sourceLocation: sourceLocation) {
        body()
    } matching: { issue in
        recorded.withLock { $0.append(issue) }
        return true
    }
    let issues = recorded.withLock { $0 }
    let messages = issues.map { $0.comments.map(\.rawValue).joined(separator: "\n") }
    #expect(messages.count == 1, "\(messages)", sourceLocation: sourceLocation)
    for text in texts {
        #expect(messages.first?.contains(text) ?? false, "\(messages)", sourceLocation: sourceLocation)
    }
    // The issue points to the caller's line, not into the library: the body begins where this is called.
    #expect(issues.map(\.sourceLocation?.fileID) == [sourceLocation.fileID], sourceLocation: sourceLocation)
    #expect(
        (issues.first?.sourceLocation?.line).map { (sourceLocation.line...sourceLocation.line + 12).contains($0) }
            ?? false,
        sourceLocation: sourceLocation)
}
