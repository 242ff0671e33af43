#ifdef __linux__
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#endif

#include "training_kernels.h"

size_t training_bound_processors(void) {
#ifdef __linux__
  /* A mask that is too short for the machine is refused. */
  for (size_t most = 1 << 10; most <= 1 << 20; most *= 2) {
    cpu_set_t *mask = CPU_ALLOC(most);
    if (mask == NULL) return 0;
    const int failed = sched_getaffinity(0, CPU_ALLOC_SIZE(most), mask);
    const int error = errno;
    const int count = failed ? 0 : CPU_COUNT_S(CPU_ALLOC_SIZE(most), mask);
    CPU_FREE(mask);
    if (!failed) return (size_t)count;
    if (error != EINVAL) return 0;
  }
#endif
  return 0;
}
