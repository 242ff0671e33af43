/* Registers of 16 bytes, as every processor has. */
typedef double real;
#define CAJAL_REAL_BYTES 8
#define CAJAL_LANE_BYTES 16
#define TEST test_lanes_f64_narrow
#include "test_lanes.template.h"
