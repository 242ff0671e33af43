/* stack MODULE.so BYTES BATCH ...: runs every program and model in a thread with a stack of so many bytes that ends at
 * a page which nobody may touch, and prints how much of it each function used; what the C library needs of the stack
 * for the thread itself is not counted. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

typedef struct task {
  subject s;
  which function;
  arguments a;
  int status;
  unsigned char *low; /* where the stack ends */
  size_t used;
} task;

enum { PAINT = 0xa5 };

/* Paints what is left of the stack, calls, and looks how far the paint is gone. */
static __attribute__((noinline)) void paint(unsigned char *low, size_t bytes) { memset(low, PAINT, bytes); }

static void *run(void *of) {
  task *t = of;
  unsigned char *const here = __builtin_frame_address(0);
  const size_t slack = 512; /* this function's own frame, and memset's */
  paint(t->low, (size_t)(here - t->low) - slack);
  t->status = call(&t->s, t->function, &t->a);
  const unsigned char *end = t->low;
  while (*end == PAINT) end++;
  t->used = (size_t)(here - end);
  return NULL;
}

int main(int count, char **names) {
  if (count < 4) return 2;
  void *library = dlopen(names[1], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return fprintf(stderr, "stack: %s\n", dlerror()), 2;
  const cajal_module *(*info)(void);
  *(void **)&info = dlsym(library, "cajal_module_info");
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = strtoul(names[2], NULL, 10);
  unsigned char *whole = mmap(NULL, page + bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (whole == MAP_FAILED || mprotect(whole, page, PROT_NONE) != 0) return 2;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (pthread_attr_setstack(&attributes, whole + page, bytes) != 0) {
    return printf("skipped: the C library wants more than %zu bytes for any thread\n", bytes), 0;
  }
  size_t most = 0;
  for (size_t i = 0; i < subject_count(info()); i++) {
    const subject s = subject_of(info(), i);
    for (int n = 3; n < count; n++) {
      buffers *b = new_buffers(&s, strtoul(names[n], NULL, 10), 0);
      printf("%-10s batch %3s:", FIELD(&s, name), names[n]);
      for (which f = FORWARD; f <= BACKWARD_EACH; f++) {
        task t = {.s = s, .function = f, .a = b->a, .low = whole + page};
        pthread_t thread;
        if (pthread_create(&thread, &attributes, run, &t) != 0) return printf(" no thread\n"), 1;
        pthread_join(thread, NULL);
        if (t.status != CAJAL_OK) return printf(" status %d\n", t.status), 1;
        printf(" %6zu", t.used);
        if (t.used > most) most = t.used;
      }
      printf("  bytes of forward, forward_keep, backward, backward_each\n");
      delete_buffers(b);
    }
  }
  printf("at most %zu bytes\n", most);
  return 0;
}
