/* As wide as this processor's. */
typedef float real;
#define CAJAL_REAL_BYTES 4
#define TEST test_lanes_f32
#include "test_lanes.template.h"
