import Testing

/// Expects the body to record exactly one issue, whose message holds every one of the texts, at a line of the calling file.
func expectIssue(
    holding texts: String..., sourceLocation: SourceLocation = #_sourceLocation, _ body: () -> Void
) {
    var messages: [String] = []
    var lines: [Int?] = []
    var files: [String?] = []
    withKnownIssue(sourceLocation: sourceLocation) {
        body()
    } matching: { issue in
        messages.append(issue.comments.map(\.rawValue).joined(separator: "\n"))
        lines.append(issue.sourceLocation?.line)
        files.append(issue.sourceLocation?.fileID)
        return true
    }
    #expect(messages.count == 1, "\(messages)", sourceLocation: sourceLocation)
    for text in texts {
        #expect(messages.first?.contains(text) ?? false, "\(messages)", sourceLocation: sourceLocation)
    }
    // The issue points to the caller's line, not into the library: the body begins where this is called.
    #expect(files == [sourceLocation.fileID], sourceLocation: sourceLocation)
    #expect(
        (lines.first ?? nil).map { (sourceLocation.line...sourceLocation.line + 12).contains($0) } ?? false,
        sourceLocation: sourceLocation)
}
