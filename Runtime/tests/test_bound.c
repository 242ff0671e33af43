#include "test.h"

#define TEMPLATE "test_bound.template.h"
#include "both_precisions.h"

void test_bound(void) {
  test_bound_f32();
  test_bound_f64();
}
