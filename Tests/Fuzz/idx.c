/* The example's reader of image files under libFuzzer. The last bit of the last byte chooses between labels and images,
 * and is no part of the file. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../Examples/xor/idx.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "%s\n", what);
  abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static int descriptor = -1;
  static char path[64];
  if (descriptor < 0) {
    char name[] = "/tmp/cajal-fuzz-XXXXXX";
    descriptor = mkstemp(name);
    require(descriptor >= 0, "no temporary file");
    unlink(name);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  }
  if (size == 0) return 0;
  require(ftruncate(descriptor, 0) == 0 && pwrite(descriptor, bytes, size - 1, 0) == (ssize_t)(size - 1),
          "the file cannot be written");
  idx array;
  char message[256] = "";
  const size_t rank = bytes[size - 1] % 2 == 0 ? 1 : 3;
  if (idx_read(path, rank, &array, message, sizeof message)) {
    size_t count = 1, sum = 0;
    for (size_t i = 0; i < rank; i++) count *= array.dims[i];
    require(array.rank == rank && array.count == count && count > 0, "the size is wrong");
    for (size_t i = 0; i < count; i++) sum += array.bytes[i];
    require(sum <= 255 * count, "an entry is no byte");
    idx_free(&array);
  } else {
    require(memchr(message, 0, sizeof message) != NULL && message[0] == '/', "no message");
    require(array.bytes == NULL, "something is left to free");
  }
  return 0;
}
