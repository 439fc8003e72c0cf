import Foundation
import TensorFiles
import Testing

// A host that spoils arithmetic, as happens in practice: a library that comes along sets the mode of the floating-point unit.

#if os(Linux)
    @Suite struct HostTests {
        private static let flush = """
            #if defined(__x86_64__)
            #include <xmmintrin.h>
            static void flush(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
            #else
            static void flush(void) { __asm__ volatile("msr fpcr, %0" ::"r"(1UL << 24)); }
            #endif

            """

        /// What a library linked with -ffast-math does when it is loaded.
        private static let atStart = flush + "__attribute__((constructor)) static void start(void) { flush(); }\n"

        /// Spoils every thread but the first.
        private static let inNewThreads =
            "#define _GNU_SOURCE\n" + flush + """
                #include <dlfcn.h>
                #include <pthread.h>
                #include <stdlib.h>
                typedef struct { void *(*start)(void *); void *argument; } job;
                static void *spoiled(void *memory) {
                  job it = *(job *)memory;
                  free(memory);
                  flush();
                  return it.start(it.argument);
                }
                int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
                  int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
                    (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT, "pthread_create");
                  job *it = malloc(sizeof *it);
                  *it = (job){start, argument};
                  return real(thread, attributes, spoiled, it);
                }

                """

        /// The library's path.
        private func library(_ source: String, in place: Workplace) throws -> String {
            try place.write("host.c", source)
            // Every Swift toolchain for Linux has clang.
            let made = try place.shell("clang -O1 -shared -fPIC host.c -o host.so -ldl && rm host.c")
            try #require(made.status == 0, "\(made.errors)")
            return place.path("host.so")
        }

        @Test func aFlushingHostIsRefused() throws {
            let place = try Workplace()
            let preload = ["LD_PRELOAD": try library(HostTests.atStart, in: place)]
            let commands = [
                ["compare"] + Workplace.tiny + ["--json", "r.json"],
                ["oracle", "record"] + Workplace.tiny + ["--output", "r.trace"], ["oracle", "verify", "r.trace"],
            ]
            for command in commands {
                let result = try place.run(command, environment: preload)
                let complaint = try #require(result.complaint, "\(result)")
                #expect(
                    complaint.hasPrefix(
                        "self-check: subnormal results become zero in all code of this thread; subnormal"))
                #expect(complaint.hasSuffix("run without it (LD_PRELOAD?)"))
                #expect(try place.names() == ["host.so"] && result.output.isEmpty)
            }
            let information = try place.run(["info"], environment: preload)
            #expect(information.status == 0 && information.output.contains("refuses to compute: subnormal results"))
            let help = try place.run(["compare", "--help"], environment: preload)
            #expect(help.status == 0)
        }

        /// All weights are subnormal here, and a unit fires if its sum is positive, however small.
        @Test func spoiledThreadsComputeTheSameBits() throws {
            let place = try Workplace()
            let path = try library(HostTests.inNewThreads, in: place)
            func digest(_ environment: [String: String]) throws -> String? {
                let result = try place.run(
                    [
                        "compare", "--data", "synthetic:1x8x8,3,80", "--model", "mlp(64,32,3)", "--init",
                        "constant:1e-40",
                        "--grid", "float", "--steps", "3", "--threads", "4", "-a", "double", "-a", "float", "-a",
                        "float,reduction=kahan", "-a", "float,reduction=pairwise", "-q", "--json", "r.json",
                    ], environment: environment)
                #expect(result.status == 0, "\(result.errors)")
                return try place.json("r.json")["resultDigest"]?.string
            }
            let expected = try #require(try digest([:]))
            #expect(try digest(["LD_PRELOAD": path]) == expected)
        }
    }
#endif
