/* threads: all programs and models of guest.h's module in four threads at once, each with buffers of its own and the
 * same inputs; every thread has the answers of the first run. To be built with -fsanitize=thread. */
#include <pthread.h>

#include "guest.h"
#include "guest_module.h"

enum { THREADS = 4, ROUNDS = 5 };

static const void *const *shared_in[64];
static uint64_t expected[64];

static uint64_t answer(size_t index, const void *const *in) {
  const subject s = subject_of(guest_module_module_info(), index);
  buffers *b = new_buffers(&s, 5, 1);
  if (in) b->a.in = in;
  const int status = call(&s, FORWARD, &b->a) | call(&s, FORWARD_KEEP, &b->a) | call(&s, BACKWARD, &b->a)
                     | call(&s, BACKWARD_EACH, &b->a);
  const uint64_t sum = status == CAJAL_OK ? hash_of(b, 0) : 0;
  delete_buffers(b);
  return sum;
}

static void *work(void *failed) {
  for (int round = 0; round < ROUNDS; round++) {
    for (size_t i = 0; i < subject_count(guest_module_module_info()); i++) {
      if (answer(i, shared_in[i]) != expected[i]) *(int *)failed = 1;
    }
  }
  return NULL;
}

int main(void) {
  const size_t count = subject_count(guest_module_module_info());
  if (count > 64) return 2;
  buffers *inputs[64];
  for (size_t i = 0; i < count; i++) {
    const subject s = subject_of(guest_module_module_info(), i);
    inputs[i] = new_buffers(&s, 5, 1);
    shared_in[i] = inputs[i]->a.in;
    expected[i] = answer(i, NULL);
    if (expected[i] == 0) return printf("%s fails\n", FIELD(&s, name)), 1;
  }
  pthread_t threads[THREADS];
  int failed[THREADS] = {0}, any = 0;
  for (int t = 0; t < THREADS; t++) pthread_create(&threads[t], NULL, work, &failed[t]);
  for (int t = 0; t < THREADS; t++) {
    pthread_join(threads[t], NULL);
    any |= failed[t];
  }
  for (size_t i = 0; i < count; i++) delete_buffers(inputs[i]);
  printf("%d threads, %zu programs and models: %s\n", THREADS, count, any ? "answers differ" : "equal answers");
  return any;
}
