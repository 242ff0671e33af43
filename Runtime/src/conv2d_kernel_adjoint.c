/* The transpose of convolution in the kernel. */
#define TEMPLATE "conv2d_kernel_adjoint.template.h"
#include "both_precisions.h"
