#include "test.h"

#define TEMPLATE "test_conv2d.template.h"
#include "both_precisions.h"

void test_conv2d(void) {
  test_conv2d_f32();
  test_conv2d_f64();
}
