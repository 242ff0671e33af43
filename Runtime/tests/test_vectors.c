#include "test.h"

#define TEMPLATE "test_vectors.template.h"
#include "both_precisions.h"

void test_vectors(void) {
  test_vectors_f32();
  test_vectors_f64();
}
