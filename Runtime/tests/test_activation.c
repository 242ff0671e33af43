#include "test.h"

#define TEMPLATE "test_activation.template.h"
#include "both_precisions.h"

void test_activation(void) {
  test_activation_f32();
  test_activation_f64();
}
