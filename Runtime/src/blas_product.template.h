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

/* OpenBLAS counts in int; what is larger, and what has nothing to gain, goes to the plain loops. */
void NAMED(cajal_blas_product)(size_t m, size_t k, size_t n, const REAL *restrict a, int a_transposed,
                               const REAL *restrict b, int b_transposed, REAL *restrict c, int accumulate) {
  if (m > INT_MAX || k > INT_MAX || n > INT_MAX || m == 0 || n == 0 || k <= 1 ||
      (m == 1 && n == 1) || (m > 1 && n > 1 && NAMED(is_thin)(m, k, n, a_transposed, b_transposed))) {
    NAMED(cajal_product)(m, k, n, a, a_transposed, b, b_transposed, c, accumulate);
    return;
  }
  const int rows = (int)m, depth = (int)k, columns = (int)n;
  /* beta = 0 would be enough for the standard, but not every OpenBLAS forgets a NaN in c then. */
  if (!accumulate) memset(c, 0, m * n * sizeof(REAL));
  if (n == 1) {
    BLAS(gemv)(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans, a_transposed ? depth : rows,
               a_transposed ? rows : depth, 1, a, a_transposed ? rows : depth, b, 1, 1, c, 1);
  } else if (m == 1) {
    BLAS(gemv)(CblasRowMajor, b_transposed ? CblasNoTrans : CblasTrans, b_transposed ? columns : depth,
               b_transposed ? depth : columns, 1, b, b_transposed ? depth : columns, a, 1, 1, c, 1);
  } else {
    BLAS(gemm)(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans, b_transposed ? CblasTrans : CblasNoTrans,
               rows, columns, depth, 1, a, a_transposed ? rows : depth, b, b_transposed ? depth : columns, 1, c,
               columns);
  }
}
