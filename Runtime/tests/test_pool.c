#include "test.h"

#define TEMPLATE "test_pool.template.h"
#include "both_precisions.h"

void test_pool(void) {
  test_pool_f32();
  test_pool_f64();
}
