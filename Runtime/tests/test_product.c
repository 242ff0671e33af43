#include "test.h"

#define TEMPLATE "test_product.template.h"
#include "both_precisions.h"

void test_product(void) {
  test_product_f32();
  test_product_f64();
}
