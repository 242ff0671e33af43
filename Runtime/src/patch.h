/* Part of a template: the pieces in which the convolutions look at an image.
 *
 * A band is BAND_ROWS x BAND_COLUMNS entries of an image. A kernel is taken in pieces of at most PIECE x PIECE
 * entries; what a piece sees of another image from all places of a band is a patch. Patches and bands are copied to
 * the stack with the zeros around the image, so that the loops over them have no edges. */
#define PIECE 16
#define BAND_ROWS 32
#define BAND_COLUMNS (2 * LANE_COUNT)
#define PATCH_ROWS (BAND_ROWS + PIECE)
#define PATCH_COLUMNS (BAND_COLUMNS + PIECE)

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

/* The kernel entries first ... last - 1 of `count`, along one axis, that meet an image of the given extent at all. */
typedef struct NAMED(range) {
  size_t first, last;
} NAMED(range);

static inline NAMED(range) NAMED(meeting)(size_t count, size_t extent) {
  const size_t reach = count / 2;
  return (NAMED(range)){reach < extent ? 0 : reach - extent + 1, NAMED(least)(count, reach + extent)};
}
