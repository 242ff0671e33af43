/* The hyperbolic tangent and its adjoint. */
#define TEMPLATE "tanh.template.h"
#include "both_precisions.h"
