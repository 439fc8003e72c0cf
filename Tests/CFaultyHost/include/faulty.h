// What a bad compiler and a bad host do, for tests of the self-check.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// The probe of the kernels, compiled where contraction is allowed and the processor has an fma. False: it has none.
bool faulty_contraction_available(void);
uint32_t faulty_contraction_probe(void);

// Modes of this thread's floating-point unit. False where the test does not know how to set this one.
bool faulty_flush_results(void);
bool faulty_flush_operands(void);
// 1 upward, 2 downward, 3 toward zero.
void faulty_direction(int direction);
void faulty_reset(void);
