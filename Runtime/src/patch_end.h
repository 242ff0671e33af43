/* Ends what patch.h began, so that it can begin again for the other precision. */
#undef PIECE
#undef PIECE_INPUTS
#undef TILE_COLUMNS
#undef BAND_COLUMNS
#undef PATCH_REALS
#undef INLINE
#undef TILE_ROWS
#undef MOST_TILE_ROWS
#undef LEAST_BAND_ROWS
#undef MOST_SUMS
#undef MOST_OUTPUTS
#undef MOST_ROWS
