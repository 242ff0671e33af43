#include "test.h"

#define TEMPLATE "test_convolution.template.h"
#include "both_precisions.h"

void test_convolution(void) {
  test_convolution_f32();
  test_convolution_f64();
}
