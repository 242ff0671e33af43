/* A block is looked at as a whole, which vectorises; a large vector is given up at its first bad block. */
int NAMED(cajal_all_finite)(size_t n, const REAL *v) {
  enum { BLOCK = 1024 };
  for (size_t start = 0; start < n; start += BLOCK) {
    const size_t count = n - start < BLOCK ? n - start : BLOCK;
    int bad = 0;
    for (size_t i = 0; i < count; i++) bad |= !(fabs(v[start + i]) <= REAL_LARGEST);
    if (bad) return 0;
  }
  return 1;
}
