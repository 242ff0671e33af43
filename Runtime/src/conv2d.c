/* Convolution, and its transpose in the image. */
#define TEMPLATE "conv2d.template.h"
#include "both_precisions.h"
