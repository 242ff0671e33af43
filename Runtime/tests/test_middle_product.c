#include "test.h"

#define TEMPLATE "test_middle_product.template.h"
#include "both_precisions.h"

void test_middle_product(void) {
  test_middle_product_f32();
  test_middle_product_f64();
}
