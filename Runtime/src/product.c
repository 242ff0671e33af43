/* Matrix products. */
#define TEMPLATE "product.template.h"
#include "both_precisions.h"
