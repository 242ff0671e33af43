/* Matrix products by OpenBLAS. Only where the runtime is built with CAJAL_BLAS: the rest of it needs nothing. */
typedef int cajal_blas_product_is_optional; /* C wants a declaration in every file */

#ifdef CAJAL_BLAS
#include <cblas.h>
#include <limits.h>
#include <string.h>

#define TEMPLATE "blas_product.template.h"
#include "both_precisions.h"
#endif
