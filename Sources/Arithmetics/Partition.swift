import CKernels
import Dispatch

/// Splits the rows of an output among threads. Each part is written by one thread and no output is split, so the number of
/// threads cannot change a bit.
///
/// - Parameters:
///   - output: `rows × rowLength` elements.
///   - site: says how many threads there are, and how little work stays on the calling thread.
///   - nanoseconds: estimate of the whole work on one thread.
///   - body: called with a range of rows and their part of the output.
@usableFromInline
func partition<Element>(
    _ output: inout MutableSpan<Element>, rows: Int, at site: Site, nanoseconds: Double,
    _ body: @Sendable (Range<Int>, inout MutableSpan<Element>) -> Void
) {
    let parts = min(site.threads, rows)
    guard parts > 1, nanoseconds >= site.leastSharedNanoseconds else {
        body(0..<rows, &output)
        return
    }
    let rowLength = output.count / rows
    output.withUnsafeMutableBufferPointer { buffer in
        // Disjoint slices of one buffer, each touched by one part only.
        nonisolated(unsafe) let shared = buffer
        concurrently(parts, threads: site.threads) { part in
            let range = rows * part / parts..<rows * (part + 1) / parts
            let slice = shared.extracting(range.lowerBound * rowLength..<range.upperBound * rowLength)
            var span = slice.mutableSpan
            body(range, &span)
        }
    }
}

/// The same for outputs that the body finds by itself: rows are shared out, and no two parts may write one element.
func partition(rows: Int, at site: Site, nanoseconds: Double, _ body: @Sendable (Range<Int>) -> Void) {
    let parts = min(site.threads, rows)
    guard parts > 1, nanoseconds >= site.leastSharedNanoseconds else { return body(0..<rows) }
    concurrently(parts, threads: site.threads) { part in body(rows * part / parts..<rows * (part + 1) / parts) }
}

/// Works on every element of an array, several at a time when there are threads. Elements are independent, so the number of
/// threads cannot change a result.
public func forEachConcurrently<Element: Sendable>(
    _ elements: inout [Element], threads: Int, _ body: @Sendable (inout Element) -> Void
) {
    forEachConcurrently(&elements, threads: threads, indexed: { _, element in body(&element) })
}

/// The same, with the element's index.
public func forEachConcurrently<Element: Sendable>(
    _ elements: inout [Element], threads: Int, indexed body: @Sendable (Int, inout Element) -> Void
) {
    guard threads > 1, elements.count > 1 else {
        for i in elements.indices { body(i, &elements[i]) }
        return
    }
    elements.withUnsafeMutableBufferPointer { buffer in
        // Every element is touched by one iteration only.
        nonisolated(unsafe) let shared = buffer
        concurrently(shared.count, threads: threads) { i in body(i, &shared[i]) }
    }
}

/// Runs the iterations on several threads, each in the initial mode of the floating-point unit: a thread of a pool has the mode
/// of whoever created it, which need not be ours (see `SelfCheck`).
private func concurrently(_ iterations: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
    let isDone = withoutActuallyEscaping(body) { body in
        withUnsafePointer(to: body) { body in
            ls_run_concurrently(
                Int64(iterations), Int32(threads),
                { $0?.assumingMemoryBound(to: (@Sendable (Int) -> Void).self).pointee(Int($1)) },
                UnsafeMutableRawPointer(mutating: body))
        }
    }
    if isDone { return }
    // Inside another region, or beside one.
    DispatchQueue.concurrentPerform(iterations: iterations) { i in
        let mode = ls_mode_begin()
        defer { ls_mode_end(mode) }
        body(i)
    }
}
