/* The IDX reader on good, damaged and hostile files. Takes a folder to write them to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../idx.h"

static size_t passed, failed;
static char path[4096];

static void check(int holds, const char *what) {
  if (holds) {
    passed++;
  } else {
    failed++;
    fprintf(stderr, "%s\n", what);
  }
}

static void write_plain(const unsigned char *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes, 1, count, file) != count || fclose(file) != 0) {
    perror(path);
    exit(EXIT_FAILURE);
  }
}

static void write_gzip(const unsigned char *bytes, size_t count) {
  gzFile file = gzopen(path, "wb");
  if (file == NULL || gzwrite(file, bytes, (unsigned)count) != (int)count || gzclose(file) != Z_OK) {
    fprintf(stderr, "%s cannot be written\n", path);
    exit(EXIT_FAILURE);
  }
}

static size_t read_back(unsigned char *bytes, size_t room) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(EXIT_FAILURE);
  }
  const size_t count = fread(bytes, 1, room, file);
  fclose(file);
  return count;
}

/* Reading fails, leaves nothing behind, and the message names the file and says `expected`. */
static void rejects(size_t rank, const char *expected, const char *what) {
  char message[4096 + 256] = "";
  idx array;
  const int read = idx_read(path, rank, &array, message, sizeof message);
  check(!read && array.bytes == NULL && strstr(message, path) != NULL && strstr(message, expected) != NULL, what);
  if (!read && strstr(message, expected) == NULL) fprintf(stderr, "  said: %s\n", message);
  if (read) idx_free(&array);
}

static void accepts(size_t rank, const unsigned char *entries, size_t count, const char *what) {
  char message[4096 + 256] = "";
  idx array;
  const int read = idx_read(path, rank, &array, message, sizeof message);
  check(read && array.count == count && memcmp(array.bytes, entries, count) == 0, what);
  if (!read) fprintf(stderr, "  said: %s\n", message);
  idx_free(&array);
}

/* 2 x 2 x 3 bytes. */
static const unsigned char good[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3,
                                     1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255};

static void test_good_files(void) {
  write_plain(good, sizeof good);
  accepts(3, good + 16, 12, "a plain file");
  write_gzip(good, sizeof good);
  accepts(3, good + 16, 12, "a gzip file");

  const size_t count = 3000000; /* more than the reader first makes room for */
  unsigned char *large = calloc(8 + count, 1);
  const unsigned char header[8] = {0, 0, 8, 1, 0x00, 0x2d, 0xc6, 0xc0};
  memcpy(large, header, 8);
  for (size_t i = 0; i < count; i++) large[8 + i] = (unsigned char)(i * 7 >> 3);
  write_plain(large, 8 + count);
  accepts(1, large + 8, count, "a large plain file");
  write_gzip(large, 8 + count);
  accepts(1, large + 8, count, "a large gzip file");
  free(large);
}

static void test_wrong_fields(void) {
  static const struct {
    size_t at;
    unsigned char value;
    const char *expected;
  } changes[] = {
      {0, 1, "not an IDX file"}, {1, 1, "not an IDX file"}, {2, 0x0d, "entries of type 0x0d"},
      {3, 1, "1 dimensions"},    {3, 255, "255 dimensions"}, {7, 0, "dimension 1 is 0"},
      {15, 0, "dimension 3 is 0"}, {4, 255, "claims more than"}, {7, 3, "ends within its entries"},
      {7, 1, "goes on after"},
  };
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
    unsigned char bytes[sizeof good];
    memcpy(bytes, good, sizeof good);
    bytes[changes[i].at] = changes[i].value;
    write_plain(bytes, sizeof bytes);
    rejects(3, changes[i].expected, "a wrong field, plain");
    write_gzip(bytes, sizeof bytes);
    rejects(3, changes[i].expected, "a wrong field, gzip");
  }
  unsigned char huge[sizeof good];
  memcpy(huge, good, sizeof good);
  memset(huge + 4, 0xff, 12);
  write_plain(huge, sizeof huge);
  rejects(3, "claims more than", "dimensions whose product overflows");
  const unsigned char claims[8] = {0, 0, 8, 1, 0x3f, 0xff, 0xff, 0xff};
  write_plain(claims, sizeof claims);
  rejects(1, "ends within its entries", "a gigabyte that is not there");
  write_plain(good, sizeof good);
  rejects(0, "rank 0", "rank 0");
  rejects(4, "rank 4", "rank 4");
}

/* Every proper beginning of a file is refused. */
static void test_truncation(void) {
  for (size_t count = 0; count < sizeof good; count++) {
    write_plain(good, count);
    rejects(3, count < 16 ? "ends within its header" : "ends within its entries", "a truncated plain file");
  }
  unsigned char packed[256];
  write_gzip(good, sizeof good);
  const size_t size = read_back(packed, sizeof packed);
  for (size_t count = 0; count < size; count++) {
    write_plain(packed, count);
    rejects(3, "", "a truncated gzip file");
  }
}

/* Every single byte of a gzip file changed: what is read is right, or refused. Only the fields that do not matter (a
 * time, a system's number) may change. */
static void test_damage(void) {
  unsigned char packed[256];
  write_gzip(good, sizeof good);
  const size_t size = read_back(packed, sizeof packed);
  for (size_t i = 0; i < size; i++) {
    packed[i] ^= 0x5a;
    write_plain(packed, size);
    packed[i] ^= 0x5a;
    char message[4096 + 256];
    idx array;
    const int read = idx_read(path, 3, &array, message, sizeof message);
    check(!read || (array.count == 12 && memcmp(array.bytes, good + 16, 12) == 0), "a damaged gzip file");
    check(read ? i < 10 : 1, "damage to the data or its checksum is noticed");
    idx_free(&array);
  }
}

int main(int count, char **words) {
  if (count != 2) {
    fprintf(stderr, "usage: idx_test FOLDER\n");
    return 2;
  }
  snprintf(path, sizeof path, "%s", words[1]);
  rejects(3, "cannot be read", "a folder");
  snprintf(path, sizeof path, "%s/idx_test.data", words[1]);
  remove(path);
  rejects(3, "cannot be opened", "no file");
  test_good_files();
  test_wrong_fields();
  test_truncation();
  test_damage();
  remove(path);
  printf("idx: %zu passed, %zu failed\n", passed, failed);
  return failed != 0 || passed == 0;
}
