/* Part of a template: the pieces in which the convolutions look at images.
 *
 * A band is some rows of at most BAND_COLUMNS entries of the output. A kernel is taken in pieces of at most
 * PIECE x PIECE taps; what a piece sees of an image from all places of a band is a patch. Patches are copied to the
 * stack with the zeros around the image, so that the loops over them have no edges. */
#define PIECE 16
#define PIECE_INPUTS 16
#define TILE_COLUMNS (2 * LANE_COUNT)
#define LEAST_BAND_ROWS 12
#define BAND_COLUMNS (128 / sizeof(float))
#define PATCH_REALS (40960 / sizeof(REAL))

/* The compiler must see the numbers with which these are called: they say how many sums stay in registers. */
#define INLINE static inline __attribute__((always_inline))

#define MOST_ROWS 13
/* How many sums of how many outputs fit into the registers, with what is multiplied. */
#if defined __AVX512F__ || defined __aarch64__
#define TILE_ROWS(outputs) ((outputs) > 4 ? 2 : (outputs) > 2 ? 3 : 4)
#define MOST_TILE_ROWS 4
#define MOST_SUMS 26
#else
#define TILE_ROWS(outputs) ((outputs) > 3 ? 1 : 2)
#define MOST_TILE_ROWS 2
#define MOST_SUMS 13
#endif

static inline size_t NAMED(least)(size_t a, size_t b) { return a < b ? a : b; }

/* Copies rows x columns entries of the image from (top, left), zeros where that is outside, to rows `pitch` apart. */
static void NAMED(cut)(size_t h, size_t w, const REAL *restrict image, ptrdiff_t top, ptrdiff_t left,
                       size_t rows, size_t columns, REAL *restrict to, size_t pitch) {
  const size_t begin = left >= 0 ? 0 : NAMED(least)((size_t)-left, columns);
  const size_t seen = left >= (ptrdiff_t)w ? 0 : (size_t)((ptrdiff_t)w - left);
  const size_t end = NAMED(least)(seen, columns);
  for (size_t i = 0; i < rows; i++, to += pitch) {
    const ptrdiff_t y = top + (ptrdiff_t)i;
    memset(to, 0, columns * sizeof(REAL));
    if (y < 0 || y >= (ptrdiff_t)h || begin >= end) continue;
    memcpy(to + begin, image + (size_t)y * w + (size_t)(left + (ptrdiff_t)begin), (end - begin) * sizeof(REAL));
  }
}

/* The size of block number `block` of `count` things in `blocks` blocks that differ by one at most. */
static inline size_t NAMED(block_size)(size_t count, size_t blocks, size_t block) {
  return count / blocks + (block < count % blocks);
}

typedef struct NAMED(range) {
  size_t first, last; /* without `last` itself */
} NAMED(range);

/* The taps of a range, along one axis, that meet an image of the given extent from any of `count` neighbouring places,
 * of which tap 0 of the first is at `start`. */
static inline NAMED(range) NAMED(meeting)(NAMED(range) taps, size_t extent, ptrdiff_t start, size_t count) {
  const ptrdiff_t first = -(start + (ptrdiff_t)count - 1), last = (ptrdiff_t)extent - start;
  if (first > (ptrdiff_t)taps.first) taps.first = (size_t)first;
  if (last < (ptrdiff_t)taps.last) taps.last = last > 0 ? (size_t)last : 0;
  return taps;
}

/* What is computed at once: taps, inputs from `input`, and a band of the output. */
typedef struct NAMED(part) {
  NAMED(range) kernel_rows, kernel_columns;
  size_t input, inputs, most_inputs;
  size_t y, height, most_height, x, width;
  size_t pitch, patch_size; /* from row to row of a patch, and from input to input */
} NAMED(part);

/* Given taps and width of a part, the most inputs and rows of one whose patches fit: as many inputs as leave room for
 * `wanted` rows, if any do. The rows are even parts of all, but a multiple of `tile_rows`, to which a patch fills up. */
static void NAMED(size_part)(size_t inputs, size_t height, size_t wanted, size_t tile_rows, NAMED(part) *part) {
  const size_t around = part->kernel_rows.last - part->kernel_rows.first - 1, room = PATCH_REALS;
  part->pitch = (part->width + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS + part->kernel_columns.last -
                part->kernel_columns.first - 1;
  const size_t small = (NAMED(least)(height, wanted) + tile_rows - 1 + around) * part->pitch;
  part->most_inputs = small > room ? 1 : NAMED(least)(inputs, room / small);
  const size_t most = (room / part->pitch / part->most_inputs - around) / tile_rows * tile_rows;
  const size_t bands = (height + most - 1) / most, even = (height + bands - 1) / bands;
  part->most_height = (even + tile_rows - 1) / tile_rows * tile_rows;
  part->patch_size = (part->most_height + around) * part->pitch;
}

/* to[0 ... columns - 1] += a pair of vectors, of which what is beyond that is dropped. */
INLINE void NAMED(add_pair)(size_t columns, const LANES *pair, REAL *restrict to) {
  REAL entries[TILE_COLUMNS];
  memcpy(entries, pair, sizeof entries);
  if (columns >= LANE_COUNT) {
    /* The second vector ends with the columns, and repeats what it shares with the first. */
    LANES first, second, sums;
    const size_t at = columns - LANE_COUNT;
    LOAD_LANES(first, to);
    LOAD_LANES(second, to + at);
    LOAD_LANES(sums, entries + at);
    first += pair[0];
    second += sums;
    STORE_LANES(to, first);
    STORE_LANES(to + at, second);
    return;
  }
  for (size_t x = 0; x < columns; x++) to[x] += entries[x];
}
