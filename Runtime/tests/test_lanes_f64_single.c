/* As for compilers without vectors. */
typedef double real;
#define CAJAL_REAL_BYTES 8
#define CAJAL_LANE_BYTES 8
#define TEST test_lanes_f64_single
#include "test_lanes.template.h"
