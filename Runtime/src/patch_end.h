/* Ends what patch.h began, so that it can begin again for the other precision. */
#undef PIECE
#undef TILE_COLUMNS
#undef BAND_COLUMNS
#undef PATCH_REALS
#undef PATCH_BYTES
#undef INLINE
#undef MOST_ROWS
#undef FOR_ROWS
#undef ROWS_TABLE
#undef PLACE_OF_ROWS
#undef TILE_ROWS
#undef MOST_TILE_ROWS
#undef MOST_SUMS
