/* Convolution over channels, with strides and paddings, and its transposes. */
#define TEMPLATE "convolution.template.h"
#include "both_precisions.h"
