/* As wide as this processor's. */
typedef double real;
#define CAJAL_REAL_BYTES 8
#define TEST test_lanes_f64
#include "test_lanes.template.h"
