#include "training_kernels.h"

#define REAL float
#define NAME(x) x##_f32
#include "kernels.inc"
#undef REAL
#undef NAME

#define REAL double
#define NAME(x) x##_f64
#include "kernels.inc"
