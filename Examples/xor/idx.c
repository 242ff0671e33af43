#include "idx.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* MNIST's largest file has 47 million bytes; a header that claims more than this is taken for damage. */
static const size_t largest_count = (size_t)1 << 30;

/* A file that is being read, and where to say what is wrong with it. */
typedef struct reader {
  const char *path;
  gzFile file;
  char *message;
  size_t message_size;
} reader;

__attribute__((format(printf, 2, 3))) static int fail(const reader *from, const char *format, ...) {
  va_list arguments;
  const int used = snprintf(from->message, from->message_size, "%s: ", from->path);
  if (used < 0 || (size_t)used >= from->message_size) return 0;
  va_start(arguments, format);
  vsnprintf(from->message + used, from->message_size - (size_t)used, format, arguments);
  va_end(arguments);
  return 0;
}

/* Why reading stopped: the stream is damaged or the system failed; or else the file has ended. */
static int fail_to_read(const reader *from, const char *what) {
  int code = Z_OK;
  const char *text = gzerror(from->file, &code);
  if (code == Z_ERRNO) return fail(from, "cannot be read: %s", strerror(errno));
  if (code != Z_OK && code != Z_BUF_ERROR) return fail(from, "is damaged: %s", text);
  return fail(from, "ends within its %s", what);
}

static int read_exactly(const reader *from, unsigned char *to, size_t count, const char *what) {
  while (count > 0) {
    const unsigned chunk = count < 1u << 20 ? (unsigned)count : 1u << 20;
    const int got = gzread(from->file, to, chunk);
    if (got <= 0) return fail_to_read(from, what);
    to += got;
    count -= (size_t)got;
  }
  return 1;
}

static size_t big_endian(const unsigned char bytes[4]) {
  return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

/* Two zeros, the type of the entries (8: unsigned bytes), the rank; then each dimension in four bytes. */
static int read_header(const reader *from, size_t rank, idx *array) {
  unsigned char field[4];
  if (!read_exactly(from, field, 4, "header")) return 0;
  if (field[0] != 0 || field[1] != 0) {
    return fail(from, "is not an IDX file: it begins with %02x %02x, not 00 00", field[0], field[1]);
  }
  if (field[2] != 8) return fail(from, "holds entries of type 0x%02x, not bytes (0x08)", field[2]);
  if (field[3] != rank) return fail(from, "has %d dimensions instead of %zu", field[3], rank);
  array->rank = rank;
  array->count = 1;
  for (size_t i = 0; i < rank; i++) {
    if (!read_exactly(from, field, 4, "header")) return 0;
    array->dims[i] = big_endian(field);
    if (array->dims[i] == 0) return fail(from, "has no entries: dimension %zu is 0", i + 1);
    if (array->dims[i] > largest_count / array->count) {
      return fail(from, "claims more than %zu bytes", largest_count);
    }
    array->count *= array->dims[i];
  }
  return 1;
}

/* The room doubles as it fills. */
static int read_entries(const reader *from, idx *array) {
  size_t room = 0, filled = 0;
  while (filled < array->count) {
    size_t larger = room == 0 ? (size_t)1 << 20 : 2 * room;
    if (larger > array->count) larger = array->count;
    unsigned char *bytes = realloc(array->bytes, larger);
    if (bytes == NULL) return fail(from, "does not fit into memory");
    array->bytes = bytes;
    room = larger;
    if (!read_exactly(from, bytes + filled, room - filled, "entries")) return 0;
    filled = room;
  }
  return 1;
}

/* Reading up to the end is also what makes zlib compare the checksum. */
static int read_end(const reader *from) {
  unsigned char extra;
  const int got = gzread(from->file, &extra, 1);
  if (got > 0) return fail(from, "goes on after its last entry");
  int code = Z_OK;
  (void)gzerror(from->file, &code);
  return got == 0 && code == Z_OK ? 1 : fail_to_read(from, "checksum");
}

int idx_read(const char *path, size_t rank, idx *array, char *message, size_t message_size) {
  reader from = {path, NULL, message, message_size};
  *array = (idx){0};
  if (rank == 0 || rank > IDX_LARGEST_RANK) return fail(&from, "cannot be read with rank %zu", rank);
  errno = 0;
  from.file = gzopen(path, "rb");
  if (from.file == NULL) return fail(&from, "cannot be opened: %s", strerror(errno != 0 ? errno : ENOMEM));
  gzbuffer(from.file, 1u << 17);
  const int good = read_header(&from, rank, array) && read_entries(&from, array) && read_end(&from);
  gzclose(from.file);
  if (!good) idx_free(array);
  return good;
}

void idx_free(idx *array) {
  free(array->bytes);
  *array = (idx){0};
}
