/* Includes TEMPLATE once for float and once for double. A template writes REAL for the type, NAMED(f) for f_f32 and
 * f_f64, LANES for a vector of LANE_COUNT reals,
 * and BLAS(f) for cblas_sf and cblas_df.
 *
 * LANES is an extension of gcc and clang: it is as wide as the processor's registers, and gcc keeps arrays of it in
 * registers, which it does not for the plain loops that mean the same. */
#include <float.h>
#include <stdint.h>
#include <string.h>

#include "cajal_kernels.h"
#include "real_math.h"

#if defined __AVX512F__
#define LANE_BYTES 64
#elif defined __AVX__
#define LANE_BYTES 32
#else
#define LANE_BYTES 16
#endif

typedef float lanes_f32 __attribute__((vector_size(LANE_BYTES)));
typedef double lanes_f64 __attribute__((vector_size(LANE_BYTES)));
typedef int32_t lane_bits_f32 __attribute__((vector_size(LANE_BYTES)));
typedef int64_t lane_bits_f64 __attribute__((vector_size(LANE_BYTES)));

#define LANES NAMED(lanes)
#define LANE_BITS NAMED(lane_bits) /* of comparisons: all ones or all zeros */
#define LANE_COUNT (LANE_BYTES / sizeof(REAL))

/* A template reads and writes lanes at any address through these. */
#define LOAD_LANES(lanes, address) memcpy(&(lanes), (address), sizeof(LANES))
#define STORE_LANES(address, lanes) memcpy((address), &(lanes), sizeof(LANES))

/* gcc would load the lanes again for every use of them, where that saves a register. */
#if defined __x86_64__ && !defined __clang__
#define LOAD_LANES_ONCE(lanes, address)                 \
  do {                                                  \
    LOAD_LANES(lanes, address);                         \
    __asm__("" : "+v"(lanes));                          \
  } while (0)
#else
#define LOAD_LANES_ONCE(lanes, address) LOAD_LANES(lanes, address)
#endif

/* How many of `count` are in whole groups of `each`. What is left begins there, and not where a loop over groups ends: of
 * that gcc 11 and 12 at -O3 warn, where the count is known. */
static inline __attribute__((unused)) size_t whole(size_t count, size_t each) { return count - count % each; }

/* Where the code is to be small (-Os), kernels have fewer sizes of tiles. */
#ifdef __OPTIMIZE_SIZE__
#define FEW_TILES 1
#else
#define FEW_TILES 0
#endif

/* Before a loop over an array of lanes, which stays in registers only if every index is a number. */
#if defined __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

#define REAL float
#define REAL_BYTES 4
#define REAL_LARGEST FLT_MAX
#define REAL_SMALLEST FLT_MIN
#define REAL_EPSILON FLT_EPSILON
#define REAL_MIN_EXPONENT FLT_MIN_EXP
#define REAL_MAX_EXPONENT FLT_MAX_EXP
#define NAMED(name) name##_f32
#define BLAS(name) cblas_s##name
#include TEMPLATE
#undef REAL
#undef REAL_BYTES
#undef REAL_LARGEST
#undef REAL_SMALLEST
#undef REAL_EPSILON
#undef REAL_MIN_EXPONENT
#undef REAL_MAX_EXPONENT
#undef NAMED
#undef BLAS

/* gcc (seen in 11.3 and 12.2) takes wrong entries where it permutes the 8 doubles of a vector of 512 bits: what it
 * vectorises itself has 256. LANES are as wide as before; nothing permutes them. */
#if defined __GNUC__ && !defined __clang__ && defined __AVX512F__
#pragma GCC push_options
#pragma GCC target("prefer-vector-width=256")
#define HAS_NARROW_VECTORS
#endif

#define REAL double
#define REAL_BYTES 8
#define REAL_LARGEST DBL_MAX
#define REAL_SMALLEST DBL_MIN
#define REAL_EPSILON DBL_EPSILON
#define REAL_MIN_EXPONENT DBL_MIN_EXP
#define REAL_MAX_EXPONENT DBL_MAX_EXP
#define NAMED(name) name##_f64
#define BLAS(name) cblas_d##name
#include TEMPLATE

#ifdef HAS_NARROW_VECTORS
#pragma GCC pop_options
#endif
