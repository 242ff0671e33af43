/// A caller whose every buffer ends at a page that traps, and whose buffers and workspaces are NaN at first. It runs each
/// program and model on batches of several sizes, contiguous, with padding, far apart and shared; it requires the same
/// bits of forward and forward_keep, and that the gradients of each sample and their sums are written and nothing
/// between them.
func guardedClientSource(realBytes: Int) -> String {
  """
  #define _GNU_SOURCE
  #include <stdio.h>
  #include <string.h>
  #include <sys/mman.h>
  #include "cajal.h"
  typedef \(realBytes == 4 ? "float" : "double") real;
  const cajal_module *cajal_module_info(void);
  enum { PAGE = 4096, MOST = 16 };

  static struct { void *start; size_t bytes; } mapped[256];
  static size_t mapped_count;

  /* Memory is taken where it is touched: samples may be far apart. */
  static void *guarded(size_t bytes, size_t alignment) {
    size_t used = (bytes + alignment - 1) / alignment * alignment, pages = (used + PAGE - 1) / PAGE * PAGE;
    char *start = mmap(NULL, pages + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    mprotect(start + pages, PAGE, PROT_NONE);
    mapped[mapped_count].start = start, mapped[mapped_count++].bytes = pages + PAGE;
    char *place = start + pages - used;
    if (bytes < (size_t)1 << 24) memset(place, 0xFF, used);
    return place;
  }

  static void unmap(void) {
    while (mapped_count > 0) mapped_count--, munmap(mapped[mapped_count].start, mapped[mapped_count].bytes);
  }

  static int has_nan(const real *values, size_t count) {
    for (size_t i = 0; i < count; i++)
      if (values[i] != values[i]) return 1;
    return 0;
  }

  /* backward_each with gradients of each sample, `padding` apart, or with their sums. */
  static int run_each(const cajal_program *p, const cajal_model *m, size_t batch, const void *params,
                      const void *const in[], const size_t stride[], const void *bar, int sums, size_t padding,
                      void *work) {
    size_t count = m ? m->input_count : p->input_count, size[MOST + 1], bar_stride[MOST + 1];
    void *bars[MOST + 1];
    for (size_t i = 0; i <= count; i++) {
      size[i] = i < count ? (m ? m->inputs : p->inputs)[i]->size : m ? m->parameter_count : 0;
      bar_stride[i] = sums ? 0 : size[i] + padding;
      bars[i] = guarded(((batch - 1) * bar_stride[i] + size[i]) * sizeof(real), sizeof(real));
    }
    int status = m ? m->backward_each(batch, params, in, stride, bar, bars[count], bar_stride[count], bars, bar_stride,
                                      work)
                   : p->backward_each(batch, in, stride, bar, bars, bar_stride, work);
    if (status != CAJAL_OK) return 1;
    for (size_t i = 0; i <= count; i++)
      for (size_t b = 0; b < (sums ? 1 : batch); b++) {
        const real *row = (real *)bars[i] + b * bar_stride[i];
        if (has_nan(row, size[i])) return 1;
        for (size_t j = size[i]; b + 1 < batch && j < bar_stride[i]; j++)
          if (!has_nan(row + j, 1)) return 1;
      }
    return 0;
  }

  static unsigned state = 1;
  static real next(void) {
    state = state * 1664525u + 1013904223u;
    return (real)(state >> 8) / (1 << 24) - (real)0.4;
  }

  static int run(const cajal_program *p, const cajal_model *m, size_t batch, int kind) {
    size_t count = m ? m->input_count : p->input_count, parameters = m ? m->parameter_count : 0;
    const cajal_port *const *inputs = m ? m->inputs : p->inputs;
    size_t size = (m ? m->output : p->output)->size, stride[MOST];
    const void *in[MOST];
    void *bars[MOST];
    for (size_t i = 0; i < count; i++) {
      size_t least = inputs[i]->size;
      stride[i] = kind == 0 ? least : kind == 1 ? least + 1 : kind == 2 ? (size_t)1 << 24 : 0;
      size_t bytes = (stride[i] * (batch - 1) + least) * sizeof(real);
      real *values = guarded(bytes, sizeof(real));
      bars[i] = guarded(bytes, sizeof(real));
      for (size_t b = 0; b < (stride[i] == 0 ? 1 : batch); b++)
        for (size_t j = 0; j < least; j++) values[b * stride[i] + j] = next();
      in[i] = values;
    }
    real *params = guarded(parameters * sizeof(real), sizeof(real));
    real *params_bar = guarded(parameters * sizeof(real), sizeof(real));
    for (size_t i = 0; i < parameters; i++) params[i] = next();
    real *result = guarded(batch * size * sizeof(real), sizeof(real));
    real *kept = guarded(batch * size * sizeof(real), sizeof(real));
    real *bar = guarded(batch * size * sizeof(real), sizeof(real));
    for (size_t i = 0; i < batch * size; i++) bar[i] = next();
    void *work = guarded(m ? m->workspace_bytes(batch, 0) : p->workspace_bytes(batch, 0), 64);
    void *keep = guarded(m ? m->workspace_bytes(batch, 1) : p->workspace_bytes(batch, 1), 64);
    size_t each_bytes = m ? m->workspace_bytes(batch, 2) : p->workspace_bytes(batch, 2);
    char *each = guarded(each_bytes, 8);
    int status = m ? m->forward(batch, params, in, stride, result, work) : p->forward(batch, in, stride, result, work);
    status += m ? m->forward_keep(batch, params, in, stride, kept, keep) : p->forward_keep(batch, in, stride, kept, keep);
    status += m ? m->backward(batch, params, in, stride, bar, params_bar, bars, keep)
                : p->backward(batch, in, stride, bar, bars, keep);
    status += m ? m->forward_keep(batch, params, in, stride, kept, each)
                : p->forward_keep(batch, in, stride, kept, each);
    /* Where a double may stand and no vector. */
    char *moved = guarded(each_bytes + 40, 64);
    moved += (each_bytes + 40 + 63) / 64 * 64 - each_bytes - 24;
    memcpy(moved, each, each_bytes);
    status += run_each(p, m, batch, params, in, stride, bar, 0, (size_t)kind, moved);
    status += run_each(p, m, batch, params, in, stride, bar, 1, 0, moved);
    const char *name = m ? m->name : p->name;
    if (status != CAJAL_OK) return printf("%s: status\\n", name);
    if (memcmp(result, kept, batch * size * sizeof(real)) != 0)
      return printf("%s: other bits when kept, batch %zu, strides %d\\n", name, batch, kind);
    unmap();
    return 0;
  }

  int main(void) {
    const cajal_module *module = cajal_module_info();
    const size_t batches[] = {1, 2, 3, 7, 8};
    int failed = 0;
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
      for (int kind = 0; kind < 4; kind++) {
        for (size_t i = 0; i < module->program_count; i++) failed |= run(module->programs[i], NULL, batches[b], kind);
        for (size_t i = 0; i < module->model_count; i++) failed |= run(NULL, module->models[i], batches[b], kind);
      }
    return failed != 0;
  }

  """
}
