/* Several samples at once, for generated C alone: entry i of CAJAL_LANES samples is one vector, of type `lanes`.
 *
 * A file that includes this has `real` as a typedef and its size as CAJAL_REAL_BYTES. Lanes are an extension of gcc
 * and clang; other compilers have one sample in a lane. Everything here is inlined, with constant sizes, so that lanes
 * stay in registers; no function takes or answers a vector by value, so that no calling convention matters.
 *
 * Rows are samples in memory, `size` reals each and one behind the other; lanes and rows of a group of samples are the
 * same reals, transposed. A group that has fewer samples than lanes is filled up with copies of its last one. */
#if !defined CAJAL_LANES_H && defined CAJAL_REAL_BYTES
#define CAJAL_LANES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The width of lanes; that of one real turns them off. Registers of 64 bytes are not used: a batch of short rows is
 * bound by loads and shuffles, of which Zen 4 runs twice as many of half the width. */
#ifndef CAJAL_LANE_BYTES
#if !defined __GNUC__ || !defined __has_builtin
#define CAJAL_LANE_BYTES CAJAL_REAL_BYTES
#elif !__has_builtin(__builtin_shufflevector)
#define CAJAL_LANE_BYTES CAJAL_REAL_BYTES
#elif defined __AVX__
#define CAJAL_LANE_BYTES 32
#else
#define CAJAL_LANE_BYTES 16
#endif
#endif

/* gcc (11.3, 12.2) permutes 8 doubles wrongly, so that there are never as many in a vector. */
#if CAJAL_LANE_BYTES != CAJAL_REAL_BYTES && CAJAL_LANE_BYTES != 16 && CAJAL_LANE_BYTES != 32
#error "CAJAL_LANE_BYTES is 16, 32 or the size of a real"
#endif

#define CAJAL_LANES ((size_t)(CAJAL_LANE_BYTES / CAJAL_REAL_BYTES))

#ifdef __GNUC__
#define CAJAL_INLINE static inline __attribute__((always_inline, unused))
#else
#define CAJAL_INLINE static inline
#endif

/* Arrays of lanes stay in registers only if every index is a number. */
#if defined __clang__
#define CAJAL_UNROLL _Pragma("clang loop unroll(full)")
#elif defined __GNUC__
#define CAJAL_UNROLL _Pragma("GCC unroll 8")
#else
#define CAJAL_UNROLL
#endif

/* A loop, and vectors are moved as vectors: gcc 12 takes a block that memcpy moves, of 32 or 64 bytes, for one integer,
 * and of a constant one that ends with zeros it loses these (docs/compilers.md). */
CAJAL_INLINE void cajal_copy_reals(size_t count, const real *from, real *to) {
  for (size_t i = 0; i < count; i++) to[i] = from[i];
}

#if CAJAL_LANE_BYTES == CAJAL_REAL_BYTES

typedef real lanes;
typedef real cajal_unaligned_lanes;
#define CAJAL_LANES_OF(x) (x)
/* What an int says, and x where it is true, else 0. */
typedef int cajal_mask;
#define CAJAL_WHERE(mask, x) ((mask) ? (x) : (real)0)
/* What lane l holds. */
#define CAJAL_LANE(v, l) (*(&(v) + (l)))

CAJAL_INLINE void cajal_transpose_rows(size_t size, const real *rows, lanes *v) { cajal_copy_reals(size, rows, v); }

CAJAL_INLINE void cajal_transpose_lanes(size_t size, const lanes *v, real *rows) { cajal_copy_reals(size, v, rows); }

/* sum += v, of the first `count` samples alone. */
CAJAL_INLINE void cajal_add_lanes(size_t size, const lanes *v, size_t count, lanes *sum) {
  for (size_t i = 0; i < size; i++) sum[i] += count > 0 ? v[i] : 0;
}

CAJAL_INLINE void cajal_sum_lanes(size_t size, const lanes *v, real *sum) { cajal_copy_reals(size, v, sum); }

#else

typedef real lanes __attribute__((vector_size(CAJAL_LANE_BYTES)));
/* Lanes in a workspace: at any address that suits a real. */
typedef real cajal_unaligned_lanes __attribute__((vector_size(CAJAL_LANE_BYTES), aligned(CAJAL_REAL_BYTES)));

/* The same real in every lane. */
#define CAJAL_LANES_OF(x) ((x) - (lanes){0})
/* x in the lanes that a mask takes, else 0. */
#define CAJAL_WHERE(mask, x) ((lanes)((cajal_mask)(x) & (mask)))
#define CAJAL_LANE(v, l) ((v)[l])

/* 16 bytes of a row: what a processor transposes without crossing the halves of its registers. */
typedef real cajal_piece __attribute__((vector_size(16)));
#define CAJAL_PIECE ((size_t)(16 / CAJAL_REAL_BYTES))

/* Vectors where they stand among reals. */
typedef real cajal_lanes_in_row __attribute__((vector_size(CAJAL_LANE_BYTES), aligned(CAJAL_REAL_BYTES), may_alias));
typedef real cajal_piece_in_row __attribute__((vector_size(16), aligned(CAJAL_REAL_BYTES), may_alias));
#define CAJAL_LANES_AT(row) (*(cajal_lanes_in_row *)(row))
#define CAJAL_PIECE_AT(row) (*(cajal_piece_in_row *)(row))
#define CAJAL_LANES_FROM(row) (*(const cajal_lanes_in_row *)(row))
#define CAJAL_PIECE_FROM(row) (*(const cajal_piece_in_row *)(row))

/* In each 16 bytes: the lower, or the higher, reals of a and b, in turn. The same of pairs of reals. */
#define CAJAL_SHUFFLE __builtin_shufflevector
#if CAJAL_REAL_BYTES == 4 && CAJAL_LANE_BYTES == 32
typedef int32_t cajal_mask __attribute__((vector_size(CAJAL_LANE_BYTES)));
#define CAJAL_NUMBERS {0, 1, 2, 3, 4, 5, 6, 7}
#define CAJAL_LOW(a, b) CAJAL_SHUFFLE(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define CAJAL_HIGH(a, b) CAJAL_SHUFFLE(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define CAJAL_LOW_PAIRS(a, b) CAJAL_SHUFFLE(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define CAJAL_HIGH_PAIRS(a, b) CAJAL_SHUFFLE(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
/* Two registers as one list of reals: every other one; and the inverse. */
#define CAJAL_EVEN(a, b) CAJAL_SHUFFLE(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define CAJAL_ODD(a, b) CAJAL_SHUFFLE(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#define CAJAL_FIRST(a, b) CAJAL_SHUFFLE(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define CAJAL_SECOND(a, b) CAJAL_SHUFFLE(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define CAJAL_JOIN(p, q) CAJAL_SHUFFLE(p, q, 0, 1, 2, 3, 4, 5, 6, 7)
#define CAJAL_LOWER_HALF(v) CAJAL_SHUFFLE(v, v, 0, 1, 2, 3)
#define CAJAL_UPPER_HALF(v) CAJAL_SHUFFLE(v, v, 4, 5, 6, 7)
#define CAJAL_LOWER_HALVES(a, b) CAJAL_SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define CAJAL_UPPER_HALVES(a, b) CAJAL_SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#elif CAJAL_REAL_BYTES == 4
typedef int32_t cajal_mask __attribute__((vector_size(CAJAL_LANE_BYTES)));
#define CAJAL_NUMBERS {0, 1, 2, 3}
#define CAJAL_LOW(a, b) CAJAL_SHUFFLE(a, b, 0, 4, 1, 5)
#define CAJAL_HIGH(a, b) CAJAL_SHUFFLE(a, b, 2, 6, 3, 7)
#define CAJAL_LOW_PAIRS(a, b) CAJAL_SHUFFLE(a, b, 0, 1, 4, 5)
#define CAJAL_HIGH_PAIRS(a, b) CAJAL_SHUFFLE(a, b, 2, 3, 6, 7)
#define CAJAL_EVEN(a, b) CAJAL_SHUFFLE(a, b, 0, 2, 4, 6)
#define CAJAL_ODD(a, b) CAJAL_SHUFFLE(a, b, 1, 3, 5, 7)
#define CAJAL_FIRST(a, b) CAJAL_LOW(a, b)
#define CAJAL_SECOND(a, b) CAJAL_HIGH(a, b)
#elif CAJAL_LANE_BYTES == 32
typedef int64_t cajal_mask __attribute__((vector_size(CAJAL_LANE_BYTES)));
#define CAJAL_NUMBERS {0, 1, 2, 3}
#define CAJAL_LOW(a, b) CAJAL_SHUFFLE(a, b, 0, 4, 2, 6)
#define CAJAL_HIGH(a, b) CAJAL_SHUFFLE(a, b, 1, 5, 3, 7)
#define CAJAL_JOIN(p, q) CAJAL_SHUFFLE(p, q, 0, 1, 2, 3)
#define CAJAL_LOWER_HALF(v) CAJAL_SHUFFLE(v, v, 0, 1)
#define CAJAL_UPPER_HALF(v) CAJAL_SHUFFLE(v, v, 2, 3)
#define CAJAL_LOWER_HALVES(a, b) CAJAL_SHUFFLE(a, b, 0, 1, 4, 5)
#define CAJAL_UPPER_HALVES(a, b) CAJAL_SHUFFLE(a, b, 2, 3, 6, 7)
#else
typedef int64_t cajal_mask __attribute__((vector_size(CAJAL_LANE_BYTES)));
#define CAJAL_NUMBERS {0, 1}
#define CAJAL_LOW(a, b) CAJAL_SHUFFLE(a, b, 0, 2)
#define CAJAL_HIGH(a, b) CAJAL_SHUFFLE(a, b, 1, 3)
#endif

/* Each 16 bytes of t as columns of a square matrix: its transpose. */
CAJAL_INLINE void cajal_transpose_pieces(lanes *t) {
#if CAJAL_REAL_BYTES == 4
  const lanes a = CAJAL_LOW(t[0], t[1]), b = CAJAL_HIGH(t[0], t[1]);
  const lanes c = CAJAL_LOW(t[2], t[3]), d = CAJAL_HIGH(t[2], t[3]);
  t[0] = CAJAL_LOW_PAIRS(a, c);
  t[1] = CAJAL_HIGH_PAIRS(a, c);
  t[2] = CAJAL_LOW_PAIRS(b, d);
  t[3] = CAJAL_HIGH_PAIRS(b, d);
#else
  const lanes a = CAJAL_LOW(t[0], t[1]), b = CAJAL_HIGH(t[0], t[1]);
  t[0] = a;
  t[1] = b;
#endif
}

/* 16 bytes of a row into lanes, with those of the row half a group further behind them. */
CAJAL_INLINE void cajal_load_pieces(const real *row, size_t size, lanes *t) {
#if CAJAL_LANE_BYTES == 32
  const cajal_piece p = CAJAL_PIECE_FROM(row), q = CAJAL_PIECE_FROM(row + CAJAL_PIECE * size);
  *t = CAJAL_JOIN(p, q);
#else
  (void)size;
  *t = CAJAL_LANES_FROM(row);
#endif
}

CAJAL_INLINE void cajal_store_pieces(const lanes *t, real *row, size_t size) {
#if CAJAL_LANE_BYTES == 32
  CAJAL_PIECE_AT(row) = CAJAL_LOWER_HALF(*t);
  CAJAL_PIECE_AT(row + CAJAL_PIECE * size) = CAJAL_UPPER_HALF(*t);
#else
  (void)size;
  CAJAL_LANES_AT(row) = *t;
#endif
}

/* CAJAL_PIECE columns of the rows. */
CAJAL_INLINE void cajal_read_columns(const real *rows, size_t size, lanes *v) {
  lanes t[CAJAL_PIECE];
  CAJAL_UNROLL
  for (size_t r = 0; r < CAJAL_PIECE; r++) cajal_load_pieces(rows + r * size, size, &t[r]);
  cajal_transpose_pieces(t);
  CAJAL_UNROLL
  for (size_t r = 0; r < CAJAL_PIECE; r++) v[r] = t[r];
}

CAJAL_INLINE void cajal_write_columns(const lanes *v, real *rows, size_t size) {
  lanes t[CAJAL_PIECE];
  CAJAL_UNROLL
  for (size_t r = 0; r < CAJAL_PIECE; r++) t[r] = v[r];
  cajal_transpose_pieces(t);
  CAJAL_UNROLL
  for (size_t r = 0; r < CAJAL_PIECE; r++) cajal_store_pieces(&t[r], rows + r * size, size);
}

#if CAJAL_LANE_BYTES == 32
/* CAJAL_LANES columns of the rows: half as many stores. */
CAJAL_INLINE void cajal_write_square(const lanes *v, real *rows, size_t size) {
  lanes s[CAJAL_PIECE], t[CAJAL_PIECE];
  CAJAL_UNROLL
  for (size_t r = 0; r < CAJAL_PIECE; r++) {
    s[r] = v[r];
    t[r] = v[CAJAL_PIECE + r];
  }
  cajal_transpose_pieces(s);
  cajal_transpose_pieces(t);
  CAJAL_UNROLL
  for (size_t r = 0; r < CAJAL_PIECE; r++) {
    CAJAL_LANES_AT(rows + r * size) = CAJAL_LOWER_HALVES(s[r], t[r]);
    CAJAL_LANES_AT(rows + (CAJAL_PIECE + r) * size) = CAJAL_UPPER_HALVES(s[r], t[r]);
  }
}
#endif

#if CAJAL_REAL_BYTES == 4
CAJAL_INLINE void cajal_read_twos(const real *rows, lanes *v) {
  const lanes a = CAJAL_LANES_FROM(rows), b = CAJAL_LANES_FROM(rows + CAJAL_LANES);
  v[0] = CAJAL_EVEN(a, b);
  v[1] = CAJAL_ODD(a, b);
}

CAJAL_INLINE void cajal_write_twos(const lanes *v, real *rows) {
  CAJAL_LANES_AT(rows) = CAJAL_FIRST(v[0], v[1]);
  CAJAL_LANES_AT(rows + CAJAL_LANES) = CAJAL_SECOND(v[0], v[1]);
}

/* As if the rows had four columns. Behind the last row there need not be a real, before it there is one. */
CAJAL_INLINE void cajal_read_threes(const real *rows, lanes *v) {
  lanes t[4];
  CAJAL_UNROLL
  for (size_t r = 0; r < 3; r++) cajal_load_pieces(rows + 3 * r, 3, &t[r]);
  cajal_piece last = CAJAL_PIECE_FROM(rows + 3 * (CAJAL_LANES - 1) - 1);
  last = CAJAL_SHUFFLE(last, last, 1, 2, 3, 3);
#if CAJAL_LANE_BYTES == 32
  const cajal_piece p = CAJAL_PIECE_FROM(rows + 9);
  t[3] = CAJAL_JOIN(p, last);
#else
  t[3] = last;
#endif
  cajal_transpose_pieces(t);
  CAJAL_UNROLL
  for (size_t r = 0; r < 3; r++) v[r] = t[r];
}

/* Every row overwrites what the one before it stored too much. */
CAJAL_INLINE void cajal_write_threes(const lanes *v, real *rows) {
  lanes t[4] = {v[0], v[1], v[2], v[2]};
  cajal_transpose_pieces(t);
#if CAJAL_LANE_BYTES == 32
  CAJAL_UNROLL
  for (size_t r = 0; r < 4; r++) CAJAL_PIECE_AT(rows + 3 * r) = CAJAL_LOWER_HALF(t[r]);
  CAJAL_UNROLL
  for (size_t r = 0; r < 4; r++) {
    const cajal_piece p = CAJAL_UPPER_HALF(t[r]);
    memcpy(rows + 3 * (4 + r), &p, (r < 3 ? 4 : 3) * sizeof(real));
  }
#else
  CAJAL_UNROLL
  for (size_t r = 0; r < 4; r++) memcpy(rows + 3 * r, &t[r], (r < 3 ? 4 : 3) * sizeof(real));
#endif
}
#endif

/* v[i] = column i of the rows. Where the last columns are fewer than a piece, some are read twice. */
CAJAL_INLINE void cajal_transpose_rows(size_t size, const real *rows, lanes *v) {
  if (size >= CAJAL_PIECE) {
    size_t i = 0;
    for (; i + CAJAL_PIECE <= size; i += CAJAL_PIECE) cajal_read_columns(rows + i, size, v + i);
    if (i < size) cajal_read_columns(rows + size - CAJAL_PIECE, size, v + size - CAJAL_PIECE);
  } else if (size == 1) {
    *v = CAJAL_LANES_FROM(rows);
  }
#if CAJAL_REAL_BYTES == 4
  else if (size == 2) {
    cajal_read_twos(rows, v);
  } else if (size == 3) {
    cajal_read_threes(rows, v);
  }
#endif
}

/* The inverse. */
CAJAL_INLINE void cajal_transpose_lanes(size_t size, const lanes *v, real *rows) {
  if (size >= CAJAL_PIECE) {
    size_t i = 0;
#if CAJAL_LANE_BYTES == 32
    for (; i + CAJAL_LANES <= size; i += CAJAL_LANES) cajal_write_square(v + i, rows + i, size);
#endif
    for (; i + CAJAL_PIECE <= size; i += CAJAL_PIECE) cajal_write_columns(v + i, rows + i, size);
    if (i < size) cajal_write_columns(v + size - CAJAL_PIECE, rows + size - CAJAL_PIECE, size);
  } else if (size == 1) {
    CAJAL_LANES_AT(rows) = *v;
  }
#if CAJAL_REAL_BYTES == 4
  else if (size == 2) {
    cajal_write_twos(v, rows);
  } else if (size == 3) {
    cajal_write_threes(v, rows);
  }
#endif
}

/* sum += v, of the first `count` samples alone: what the others hold may be infinite. */
CAJAL_INLINE void cajal_add_lanes(size_t size, const lanes *v, size_t count, lanes *sum) {
  const cajal_mask numbers = CAJAL_NUMBERS;
  const cajal_mask present = numbers < (cajal_mask){0} + (int)count;
  for (size_t i = 0; i < size; i++) sum[i] += CAJAL_WHERE(present, v[i]);
}

/* sum[i] = the sum of all samples' entry i. */
CAJAL_INLINE void cajal_sum_lanes(size_t size, const lanes *v, real *sum) {
  for (size_t i = 0; i < size; i++) {
    real total = v[i][0];
    for (size_t l = 1; l < CAJAL_LANES; l++) total += v[i][l];
    sum[i] = total;
  }
}

#endif

/* Where lanes of a workspace begin: at a multiple of 64 bytes. */
CAJAL_INLINE lanes *cajal_lanes_in(void *work) { return (lanes *)(((uintptr_t)work + 63) / 64 * 64); }

/* Which lanes count a row of a tree: those that have it as a child, which is marked in its first weight. Marks its own
 * children. */
CAJAL_INLINE cajal_mask cajal_reached_lanes(size_t i, size_t row, size_t arity, const cajal_unaligned_lanes *nodes,
                                            cajal_unaligned_lanes *counted) {
  const lanes reached = i == 0 ? CAJAL_LANES_OF((real)1) : counted[i * row];
  for (size_t r = 0; r < arity; r++) {
    for (size_t l = 0; l < CAJAL_LANES; l++) {
      const real child = CAJAL_LANE(nodes[i * arity + r], l);
      if (child >= 0 && CAJAL_LANE(reached, l) != 0) CAJAL_LANE(counted[(size_t)child * row], l) = 1;
    }
  }
  return (cajal_mask)(reached != CAJAL_LANES_OF((real)0));
}

/* In each lane the rows that count, as cajal_counted in cajal_kernels.h. */
CAJAL_INLINE void cajal_counted_lanes(size_t rows, size_t row, size_t arity, size_t parts, const size_t part[],
                                      int is_cotangent, const cajal_unaligned_lanes *table,
                                      const cajal_unaligned_lanes *nodes, cajal_unaligned_lanes *counted) {
  const lanes zero = CAJAL_LANES_OF((real)0);
  if (arity > 0) {
    for (size_t i = 0; i < rows; i++) counted[i * row] = zero;
  }
  for (size_t i = 0; i < rows; i++) {
    const cajal_unaligned_lanes *const from = table + i * row;
    cajal_unaligned_lanes *const to = counted + i * row;
    const cajal_mask is_row = arity == 0 ? (cajal_mask)(CAJAL_LANES_OF((real)i) < *nodes)
                                         : cajal_reached_lanes(i, row, arity, nodes, counted);
    for (size_t c = 0; c < parts; c++) {
      const size_t places = part[3 * c];
      const lanes weight = from[c];
      cajal_mask counts = is_row;
      if (arity == 0) counts &= (cajal_mask)(CAJAL_LANES_OF((real)(i + places)) < *nodes);
      else for (size_t r = 0; r < places; r++) counts &= (cajal_mask)(nodes[i * arity + r] >= zero);
      to[c] = CAJAL_WHERE(counts, weight);
      for (size_t k = part[3 * c + 1]; k < part[3 * c + 1] + part[3 * c + 2]; k++) {
        const lanes field = from[k];
        cajal_mask is_read = is_row;
        if (!is_cotangent) is_read &= (cajal_mask)(weight != zero) | (cajal_mask)(field - field == zero);
        to[k] = CAJAL_WHERE(is_read, field);
      }
    }
  }
}

/* In each lane a row of a table, 0 where its number is -1. Row 0 is read for such a one: no lane branches. */
CAJAL_INLINE void cajal_gather_row_lanes(size_t size, const cajal_unaligned_lanes *table,
                                         const cajal_unaligned_lanes *index, cajal_unaligned_lanes *row) {
  const cajal_mask is_row = (cajal_mask)(*index >= CAJAL_LANES_OF((real)0));
  for (size_t l = 0; l < CAJAL_LANES; l++) {
    const real number = CAJAL_LANE(*index, l);
    const cajal_unaligned_lanes *const from = table + (number < 0 ? 0 : (size_t)number) * size;
    for (size_t k = 0; k < size; k++) CAJAL_LANE(row[k], l) = CAJAL_LANE(from[k], l);
  }
  for (size_t k = 0; k < size; k++) row[k] = CAJAL_WHERE(is_row, row[k]);
}

/* The transpose: the row is added to that of the table, or is all of it that is not 0. */
CAJAL_INLINE void cajal_scatter_row_lanes(size_t rows, size_t size, const cajal_unaligned_lanes *row,
                                          const cajal_unaligned_lanes *index, cajal_unaligned_lanes *table,
                                          int accumulate) {
  if (!accumulate) {
    for (size_t k = 0; k < rows * size; k++) table[k] = CAJAL_LANES_OF((real)0);
  }
  for (size_t l = 0; l < CAJAL_LANES; l++) {
    const real number = CAJAL_LANE(*index, l);
    if (number < 0) continue;
    cajal_unaligned_lanes *const to = table + (size_t)number * size;
    for (size_t k = 0; k < size; k++) CAJAL_LANE(to[k], l) += CAJAL_LANE(row[k], l);
  }
}

/* Copies `count` samples, `stride` apart, to rows, and the last of them to the rows that are left. */
CAJAL_INLINE void cajal_gather_rows(size_t size, const real *samples, size_t stride, size_t count, real *rows) {
  for (size_t l = 0; l < CAJAL_LANES; l++) {
    cajal_copy_reals(size, samples, rows + l * size);
    if (l + 1 < count) samples += stride;
  }
}

/* Copies the first `count` rows to samples that are `stride` apart. */
CAJAL_INLINE void cajal_scatter_rows(size_t size, const real *rows, real *samples, size_t stride, size_t count) {
  for (size_t l = 0; l < count; l++) cajal_copy_reals(size, rows + l * size, samples + l * stride);
}

/* Lanes from samples b ... b + count - 1 of an input, by way of `aside` where they are no contiguous group of rows.
 * A shared input (stride 0) stays there from b = 0 on. */
CAJAL_INLINE void cajal_read_lanes(size_t size, const void *in, size_t stride, size_t b, size_t count, lanes *aside,
                                   lanes *v) {
  const real *rows = (const real *)in + b * stride;
  if (stride != size || count < CAJAL_LANES) {
    if (stride != 0 || b == 0) cajal_gather_rows(size, rows, stride, count, (real *)aside);
    rows = (const real *)aside;
  }
  cajal_transpose_rows(size, rows, v);
}

/* The inverse; what is between the samples stays as it is. */
CAJAL_INLINE void cajal_write_lanes(size_t size, const lanes *v, void *out, size_t stride, size_t b, size_t count,
                                    lanes *aside) {
  real *const samples = (real *)out + b * stride;
  const int is_group = stride == size && count == CAJAL_LANES;
  cajal_transpose_lanes(size, v, is_group ? samples : (real *)aside);
  if (!is_group) cajal_scatter_rows(size, (const real *)aside, samples, stride, count);
}

CAJAL_INLINE void cajal_clear_lanes(size_t size, lanes *v) {
  for (size_t i = 0; i < size; i++) v[i] = CAJAL_LANES_OF((real)0);
}

/* A group's gradients, if they are wanted: to their samples, or for a shared input into `sum`. */
CAJAL_INLINE void cajal_write_gradient(size_t size, const lanes *v, void *bar, size_t stride, size_t b, size_t count,
                                       lanes *aside, lanes *sum) {
  if (!bar) return;
  if (stride != 0)
    cajal_write_lanes(size, v, bar, stride, b, count, aside);
  else
    cajal_add_lanes(size, v, count, sum);
}

/* After all groups. */
CAJAL_INLINE void cajal_write_shared_gradient(size_t size, const lanes *sum, void *bar, size_t stride) {
  if (bar && stride == 0) cajal_sum_lanes(size, sum, (real *)bar);
}

#endif
