/* Parts of a workspace begin at multiples of 64 bytes. */
static inline size_t rounded_up(size_t bytes) {
  return (bytes + 63) / 64 * 64;
}
