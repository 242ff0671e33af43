/* Pooling and its adjoints. */
#define TEMPLATE "pool.template.h"
#include "both_precisions.h"
