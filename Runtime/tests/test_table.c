#include <string.h>

#include "test.h"

#define TEMPLATE "test_table.template.h"
#include "both_precisions.h"

void test_table(void) {
  test_table_f32();
  test_table_f64();
}
