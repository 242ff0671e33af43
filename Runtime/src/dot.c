/* The dot product of two vectors. */
#define TEMPLATE "dot.template.h"
#include "both_precisions.h"
