/* Matrix products by OpenBLAS. Only where the runtime is built with CAJAL_BLAS: the rest of it needs nothing. */
typedef int cajal_blas_product_is_optional; /* C wants a declaration in every file */

#ifdef CAJAL_BLAS
#include <cblas.h>
#include <limits.h>
#include <string.h>

/* OpenBLAS chooses its kernels by the processor's model, and has those of 2004, with SSE3, for one that its version
 * does not know (seen: 0.3.21 of Debian 12 on a Xeon of 2023 with AVX-512). What is compiled here for AVX2 is faster. */
static int openblas_knows_processor(void) {
#ifdef __AVX2__
  return strcmp(openblas_get_corename(), "Prescott") != 0;
#else
  return 1;
#endif
}

#define TEMPLATE "blas_product.template.h"
#include "both_precisions.h"
#endif
