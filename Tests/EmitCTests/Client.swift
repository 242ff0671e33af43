/// A caller of modules that knows only the ABI: it runs every program on a batch and holds it to the rules.
func clientSource(realBytes: Int) -> String {
  """
  #include <math.h>
  #include <stdio.h>
  #include <stdlib.h>
  #include <string.h>
  #include "t.h"
  typedef \(realBytes == 4 ? "float" : "double") real;
  enum { BATCH = 3 };

  static void require(int condition, const char *name, const char *what) {
    if (condition) return;
    printf("%s: %s\\n", name, what);
    exit(1);
  }

  static void *aligned(size_t bytes) {
    if (bytes == 0) return NULL;
    void *work = aligned_alloc(64, (bytes + 63) / 64 * 64);
    memset(work, 0xFF, bytes);
    return work;
  }

  static void put(FILE *out, const real *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
      double value = values[i];
      fwrite(&value, sizeof value, 1, out);
    }
  }

  static real *get(FILE *in, size_t count) {
    real *values = malloc((count + 1) * sizeof(real));
    for (size_t i = 0; i < count; i++) {
      double value = 0;
      if (fread(&value, sizeof value, 1, in) != 1) exit(2);
      values[i] = (real)value;
    }
    return values;
  }

  int main(int argc, char **argv) {
    if (argc < 3) return 2;
    FILE *in = fopen(argv[1], "rb");
    FILE *out = fopen(argv[2], "wb");
    const cajal_module *module = t_module_info();
    for (size_t p = 0; p < module->program_count; p++) {
      const cajal_program *program = module->programs[p];
      require(program->struct_size == sizeof(cajal_program), program->name, "size of the structure");
      size_t count = program->input_count;
      size_t *stride = calloc(count + 1, sizeof *stride);
      size_t *extent = calloc(count + 1, sizeof *extent);
      const void **inputs = calloc(count + 1, sizeof *inputs);
      void **bars = calloc(count + 1, sizeof *bars);
      void **some = calloc(count + 1, sizeof *some);
      if (count > 0 && fread(stride, sizeof *stride, count, in) != count) return 2;
      for (size_t i = 0; i < count; i++) {
        extent[i] = stride[i] * (BATCH - 1) + program->inputs[i]->size;
        inputs[i] = get(in, extent[i]);
        bars[i] = malloc(extent[i] * sizeof(real));
        if (i % 2 == 0) some[i] = malloc(extent[i] * sizeof(real));
        for (size_t j = 0; j < extent[i]; j++) {
          ((real *)bars[i])[j] = 12345;
          if (some[i]) ((real *)some[i])[j] = 12345;
        }
      }
      size_t size = program->output->size;
      real *bar = get(in, BATCH * size);
      real *result = malloc(BATCH * size * sizeof(real));
      real *kept = malloc(BATCH * size * sizeof(real));
      void *work = aligned(program->workspace_bytes(BATCH, 0));
      void *keep = aligned(program->workspace_bytes(BATCH, 1));
      const void *const *given = count == 0 ? NULL : inputs;
      require(program->forward(0, given, stride, result, work) == CAJAL_BAD_ARGUMENT, program->name, "batch 0");
      require(program->forward(BATCH, given, stride, NULL, work) == CAJAL_BAD_ARGUMENT, program->name, "no result");
      require(program->forward(BATCH, given, stride, result, work) == CAJAL_OK, program->name, "forward");
      put(out, result, BATCH * size);
      int status = program->forward_keep(BATCH, given, stride, kept, keep);
      if (status != CAJAL_NO_GRADIENT) {
        require(status == CAJAL_OK, program->name, "forward_keep");
        require(memcmp(result, kept, BATCH * size * sizeof(real)) == 0, program->name, "other bits when kept");
        real *other = malloc(BATCH * size * sizeof(real));
        for (size_t i = 0; i < BATCH * size; i++) other[i] = (real)i;
        status = program->backward(BATCH, given, stride, other, bars, keep);
        require(status == CAJAL_OK, program->name, "backward");
        status = program->backward(BATCH, given, stride, bar, bars, keep);
        require(status == CAJAL_OK, program->name, "backward again");
        status = program->backward(BATCH, given, stride, bar, some, keep);
        require(status == CAJAL_OK, program->name, "backward for some");
        for (size_t i = 0; i < count; i++) {
          put(out, bars[i], extent[i]);
          require(!some[i] || memcmp(some[i], bars[i], extent[i] * sizeof(real)) == 0, program->name, "some bars");
        }
        free(other);
      }
      for (size_t i = 0; i < count; i++) {
        free((void *)inputs[i]);
        free(bars[i]);
        free(some[i]);
      }
      free(stride), free(extent), free(inputs), free(bars), free(some), free(bar), free(result), free(kept);
      free(work), free(keep);
    }
    fclose(in);
    fclose(out);
    return 0;
  }

  """
}
