/* two MODULE.so ...: prints what each module answers, all of them loaded into this process one after another, with
 * their names in the global scope. Linked with -DLINKED, the module of two.h comes first. */
#include <dlfcn.h>

#include "guest.h"
#ifdef LINKED
#include "two.h"
#endif

static void print_answers(const cajal_module *module) {
  for (size_t i = 0; i < subject_count(module); i++) {
    const subject s = subject_of(module, i);
    for (size_t batch = 1; batch < 20; batch += 6) {
      buffers *b = new_buffers(&s, batch, 0);
      const int plain = call(&s, FORWARD, &b->a), kept = call(&s, FORWARD_KEEP, &b->a);
      const int back = call(&s, BACKWARD, &b->a);
      const uint64_t before = hash_of(b, 0);
      const int each = call(&s, BACKWARD_EACH, &b->a);
      printf("%s %zu: %zu and %zu bytes, %d %d %d %d, %016llx %016llx\n", FIELD(&s, name), batch,
             FIELD(&s, workspace_bytes)(batch, 0), FIELD(&s, workspace_bytes)(batch, 1), plain, kept, back, each,
             (unsigned long long)before, (unsigned long long)hash_of(b, 0));
      delete_buffers(b);
    }
  }
}

int main(int count, char **arguments) {
#ifdef LINKED
  print_answers(two_module_info());
#endif
  for (int i = 1; i < count; i++) {
    void *library = dlopen(arguments[i], RTLD_NOW | RTLD_GLOBAL);
    if (library == NULL) return fprintf(stderr, "two: %s\n", dlerror()), 2;
    const cajal_module *(*info)(void);
    *(void **)&info = dlsym(library, "cajal_module_info");
    print_answers(info());
    /* The named functions too. */
    size_t (*bytes)(size_t, int);
    *(void **)&bytes = dlsym(library, "two_p_workspace_bytes");
    printf("two_p_workspace_bytes: %zu\n", bytes(5, 1));
  }
  return 0;
}
