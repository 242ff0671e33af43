/* Whether cajal_product is faster (measured): OpenBLAS copies all of a large matrix, which takes it long if that is
 * multiplied with few rows only. */
static int NAMED(is_thin)(size_t m, size_t k, size_t n, int a_transposed, int b_transposed) {
  const size_t few = 64;
  if (b_transposed) return !a_transposed && m >= 8 && m <= few && m < n && k >= 8 * few;
#if defined __AVX512F__
  return (m <= few || k <= few) && (m > k ? m : k) * n >= (size_t)1 << 18;
#else
  return 0;
#endif
}

/* OpenBLAS counts in int; what is larger, and what has nothing to gain, goes to the plain loops: a matrix and a vector
 * too, which they read as fast as the memory delivers it. */
void NAMED(cajal_blas_strided_product)(size_t m, size_t k, size_t n, const REAL *restrict a, size_t a_row,
                                       int a_transposed, const REAL *restrict b, size_t b_row, int b_transposed,
                                       REAL *restrict c, size_t c_row, int accumulate, void *scratch) {
  if (m > INT_MAX || k > INT_MAX || n > INT_MAX || a_row > INT_MAX || b_row > INT_MAX || c_row > INT_MAX || m <= 1
      || n <= 1 || k <= 1 || NAMED(is_thin)(m, k, n, a_transposed, b_transposed) || !openblas_knows_processor()) {
    NAMED(cajal_strided_product)(m, k, n, a, a_row, a_transposed, b, b_row, b_transposed, c, c_row, accumulate,
                                 scratch);
    return;
  }
  const int rows = (int)m, depth = (int)k, columns = (int)n;
  const int a_step = (int)a_row, b_step = (int)b_row, c_step = (int)c_row;
  /* beta = 0 would be enough for the standard, but not every OpenBLAS forgets a NaN in c then. */
  if (!accumulate) {
    for (size_t i = 0; i < m; i++) memset(c + i * c_row, 0, n * sizeof(REAL));
  }
  BLAS(gemm)(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans, b_transposed ? CblasTrans : CblasNoTrans, rows,
             columns, depth, 1, a, a_step, b, b_step, 1, c, c_step);
}

void NAMED(cajal_blas_product)(size_t m, size_t k, size_t n, const REAL *restrict a, int a_transposed,
                               const REAL *restrict b, int b_transposed, REAL *restrict c, int accumulate,
                               void *scratch) {
  NAMED(cajal_blas_strided_product)(m, k, n, a, a_transposed ? m : k, a_transposed, b, b_transposed ? k : n,
                                    b_transposed, c, n, accumulate, scratch);
}
