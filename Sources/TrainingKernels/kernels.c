#include "training_kernels.h"

/* This file is compiled for any x86-64, so that half of the time would go into square roots and divisions. AVX2 without
 * FMA computes the same bits. */
#if defined __x86_64__ && defined __linux__
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

#define REAL float
#define NAME(x) x##_f32
#include "kernels.inc"
#undef REAL
#undef NAME

#define REAL double
#define NAME(x) x##_f64
#include "kernels.inc"
