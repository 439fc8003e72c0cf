import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// ^C and its like: the first asks to stop after the present step, the second ends the process at once.
enum Interruption {
    private static let requested = Atomic<Bool>(false)

    static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Begins to listen.
    static func listen() {
        // Initialises the flag here, not in the handler, where only an atomic exchange is allowed.
        requested.store(false, ordering: .relaxed)
        let handler: @convention(c) (Int32) -> Void = { _ in
            if Interruption.requested.exchange(true, ordering: .relaxed) { _exit(130) }
        }
        // A parent may have had them blocked in the thread that started us, and a child inherits that.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        signal(SIGINT, handler)
        signal(SIGTERM, handler)
        // nohup has it ignored: that stays.
        let previous = signal(SIGHUP, handler)
        if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { signal(SIGHUP, SIG_IGN) }
    }
}
