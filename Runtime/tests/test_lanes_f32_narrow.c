/* Registers of 16 bytes, as every processor has. */
typedef float real;
#define CAJAL_REAL_BYTES 4
#define CAJAL_LANE_BYTES 16
#define TEST test_lanes_f32_narrow
#include "test_lanes.template.h"
