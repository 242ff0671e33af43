/* Bounded links and their adjoint. */
#define TEMPLATE "bound.template.h"
#include "both_precisions.h"
