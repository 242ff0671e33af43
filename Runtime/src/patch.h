/* Part of a template: the parts in which the convolutions are computed.
 *
 * A band is some rows of at most BAND_COLUMNS entries of the output. A kernel is taken in pieces of at most
 * PIECE x PIECE taps; what a piece sees of an image from all places of a band is a patch. Patches are copied to the
 * scratch with the zeros around the image, so that the loops over them have no edges. */
#define PIECE 16
#define TILE_COLUMNS (2 * LANE_COUNT)
#define BAND_COLUMNS 32
/* Of the scratch: a vector may begin with the last entry of the patches. Behind them is what `visit` needs. */
#define PATCH_BYTES 41088
#define PATCH_REALS (PATCH_BYTES / sizeof(REAL) - PIECE)

/* The compiler must see the numbers with which these are called: they say how many sums stay in registers. */
#define INLINE static inline __attribute__((always_inline))

/* Rows of taps of one output at once, and how many sums of how many outputs fit into the registers beside what is
 * multiplied. */
#define MOST_ROWS 13
/* Functions for fewer rows, of which the first with enough is taken, by its place in a table. */
#if FEW_TILES
#define FOR_ROWS(each) each(5) each(13)
#define ROWS_TABLE(name) {NAMED(name##_5), NAMED(name##_13)}
#define PLACE_OF_ROWS(rows) ((rows) > 5)
#else
#define FOR_ROWS(each) each(1) each(3) each(5) each(7) each(13)
#define ROWS_TABLE(name) {NAMED(name##_1), NAMED(name##_3), NAMED(name##_5), NAMED(name##_7), NAMED(name##_13)}
#define PLACE_OF_ROWS(rows) ((rows) > 7 ? 4 : (rows) / 2)
#endif
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

/* The size of block number `block` of `count` things in `blocks` blocks that differ by one at most. */
static inline size_t NAMED(block_size)(size_t count, size_t blocks, size_t block) {
  return count / blocks + (block < count % blocks);
}

/* Images of which only some rows and columns count: h x w entries, so many reals apart. */
typedef struct NAMED(images) {
  size_t h, w, row, column, channel;
} NAMED(images);

/* What the outputs see of the inputs: (y,x) through tap (a,b) the entry (y + a + top, x + b + left), zero outside. */
typedef struct NAMED(sight) {
  size_t outputs, inputs, kh, kw, oh, ow;
  ptrdiff_t top, left;
  NAMED(images) in;
} NAMED(sight);

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
  size_t input, inputs, y, height, x, width;
  size_t pitch, patch_size; /* from row to row of a patch, and from input to input */
  int is_first, is_last;    /* of those that contribute to the band */
} NAMED(part);

static inline size_t NAMED(tap_rows)(const NAMED(part) *part) {
  return part->kernel_rows.last - part->kernel_rows.first;
}

static inline size_t NAMED(tap_columns)(const NAMED(part) *part) {
  return part->kernel_columns.last - part->kernel_columns.first;
}

/* What bounds a part beside the room for patches: its rows of taps, inputs, and rows of the band, of which there should
 * be as many as are wanted even if that leaves room for fewer inputs. The band is computed by tiles of at most
 * `tile_rows` rows, so that a patch is as much longer. */
typedef struct NAMED(limits) {
  size_t tap_rows, inputs, wanted_height, height, tile_rows;
} NAMED(limits);

/* `columns` entries to a row, at least a vector: `count` entries from `begin` on, and zeros around them. By vectors that
 * overlap, since calls of memcpy and memset take longer than rows that are this short. */
static inline void NAMED(copy_row)(const REAL *restrict from, size_t begin, size_t count, size_t columns,
                                   REAL *restrict to) {
  const LANES zeros = {0};
  const size_t last = columns - LANE_COUNT, end = begin + count;
  for (size_t x = 0; x < begin; x += LANE_COUNT) STORE_LANES(to + NAMED(least)(x, last), zeros);
  for (size_t x = end; x < columns; x += LANE_COUNT) STORE_LANES(to + NAMED(least)(x, last), zeros);
  if (count < LANE_COUNT) {
    for (size_t x = 0; x < count; x++) to[begin + x] = from[x];
    return;
  }
  LANES lanes;
  for (size_t x = 0; x + LANE_COUNT < count; x += LANE_COUNT) {
    LOAD_LANES(lanes, from + x);
    STORE_LANES(to + begin + x, lanes);
  }
  LOAD_LANES(lanes, from + count - LANE_COUNT);
  STORE_LANES(to + end - LANE_COUNT, lanes);
}

/* Copies rows x columns entries of an image from (top, left), zeros where that is outside, one row after the other. */
static void NAMED(cut)(const NAMED(images) *of, const REAL *restrict image, ptrdiff_t top, ptrdiff_t left, size_t rows,
                       size_t columns, REAL *restrict to) {
  const size_t before = left >= 0 ? 0 : NAMED(least)((size_t)-left, columns);
  const size_t seen = left >= (ptrdiff_t)of->w ? 0 : (size_t)((ptrdiff_t)of->w - left);
  const size_t end = NAMED(least)(seen, columns), begin = NAMED(least)(before, end), count = end - begin;
  for (size_t i = 0; i < rows; i++, to += columns) {
    const ptrdiff_t y = top + (ptrdiff_t)i;
    if (y < 0 || y >= (ptrdiff_t)of->h || count == 0) {
      NAMED(copy_row)(image, 0, 0, columns, to);
      continue;
    }
    const REAL *from = image + (size_t)y * of->row + (size_t)(left + (ptrdiff_t)begin) * of->column;
    if (of->column == 1) {
      NAMED(copy_row)(from, begin, count, columns, to);
    } else {
      NAMED(copy_row)(from, 0, 0, columns, to);
      for (size_t x = begin; x < end; x++, from += of->column) to[x] = *from;
    }
  }
}

/* Calls visit(of, part, patches) for all parts, which together are everything. */
static void NAMED(for_each_part)(const NAMED(sight) *s, NAMED(limits) limits, const REAL *restrict image,
                                 void (*visit)(const void *, const NAMED(part) *, const REAL *), const void *of,
                                 REAL *restrict patches) {
  if (s->outputs == 0 || s->inputs == 0 || s->oh == 0 || s->ow == 0) return;
  const NAMED(range) as = NAMED(meeting)((NAMED(range)){0, s->kh}, s->in.h, s->top, s->oh);
  const NAMED(range) bs = NAMED(meeting)((NAMED(range)){0, s->kw}, s->in.w, s->left, s->ow);
  NAMED(part) part;
  for (size_t a = as.first; a < as.last; a = part.kernel_rows.last) {
    part.kernel_rows = (NAMED(range)){a, NAMED(least)(a + limits.tap_rows, as.last)};
    const size_t around = NAMED(tap_rows)(&part) - 1 + limits.tile_rows - 1;
    for (size_t b = bs.first; b < bs.last; b = part.kernel_columns.last) {
      part.kernel_columns = (NAMED(range)){b, NAMED(least)(b + PIECE, bs.last)};
      for (part.x = 0; part.x < s->ow; part.x += part.width) {
        part.width = NAMED(least)(BAND_COLUMNS, s->ow - part.x);
        part.pitch = (part.width + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS + NAMED(tap_columns)(&part) - 1;
        const size_t room = PATCH_REALS / part.pitch, wanted = NAMED(least)(s->oh, limits.wanted_height) + around;
        const size_t inputs = room < wanted ? 1 : NAMED(least)(room / wanted, NAMED(least)(s->inputs, limits.inputs));
        const size_t most = NAMED(least)(room / inputs - around, limits.height), bands = (s->oh + most - 1) / most;
        const size_t even = (s->oh + bands - 1) / bands;
        const size_t height = NAMED(least)((even + limits.tile_rows - 1) / limits.tile_rows * limits.tile_rows, most);
        part.patch_size = (height + around) * part.pitch;
        for (part.input = 0; part.input < s->inputs; part.input += part.inputs) {
          part.inputs = NAMED(least)(inputs, s->inputs - part.input);
          part.is_first = a == as.first && b == bs.first && part.input == 0;
          part.is_last = part.kernel_rows.last == as.last && part.kernel_columns.last == bs.last &&
                         part.input + part.inputs == s->inputs;
          for (part.y = 0; part.y < s->oh; part.y += part.height) {
            part.height = NAMED(least)(height, s->oh - part.y);
            for (size_t c = 0; c < part.inputs; c++) {
              NAMED(cut)(&s->in, image + (part.input + c) * s->in.channel, s->top + (ptrdiff_t)(part.y + a),
                         s->left + (ptrdiff_t)(part.x + b), part.height + around, part.pitch,
                         patches + c * part.patch_size);
            }
            visit(of, &part, patches);
          }
        }
      }
    }
  }
}
