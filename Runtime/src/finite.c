/* Whether a vector is finite. */
#define TEMPLATE "finite.template.h"
#include "both_precisions.h"
