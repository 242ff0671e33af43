/* As for compilers without vectors. */
typedef float real;
#define CAJAL_REAL_BYTES 4
#define CAJAL_LANE_BYTES 4
#define TEST test_lanes_f32_single
#include "test_lanes.template.h"
