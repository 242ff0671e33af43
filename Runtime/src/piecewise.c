/* Functions of single entries that compare, and compute nothing. */
#define TEMPLATE "piecewise.template.h"
#include "both_precisions.h"
