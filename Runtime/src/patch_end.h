/* Ends what patch.h began, so that it can begin again for the other precision. */
#undef PIECE
#undef BAND_ROWS
#undef BAND_COLUMNS
#undef PATCH_ROWS
#undef PATCH_COLUMNS
