// Threads that wait for the next piece of work by looking for it, for a while, before they sleep: a step of training has many
// short regions, and waking a thread takes as long as some of them.
#pragma once
#include <stdint.h>
#include <stdbool.h>

// Calls body(context, i) for 0 <= i < iterations, each once, on at most `threads` threads of which the calling one is one, each
// in the initial mode of its floating-point unit (host.h). Returns when all have returned. False, and nothing is called, while
// another region runs: then the caller must do without, or it is itself part of that region.
bool ls_run_concurrently(int64_t iterations, int32_t threads, void (*body)(void *context, int64_t i), void *context);
