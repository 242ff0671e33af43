/* What the native tests share: a count of checks, random numbers, and buffers without slack. */
#ifndef TEST_H
#define TEST_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Counts one check, and prints where and which it was if it failed. */
#define CHECK(condition, ...) check_that((condition), __FILE__, __LINE__, __VA_ARGS__)

void check_that(int holds, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

uint64_t random_bits(void);
/* Uniform in 0 ... bound - 1. */
size_t random_below(size_t bound);
/* Uniform in -1 ... 1. */
double random_real(void);
/* Mostly small sizes; 1 and primes among them. */
size_t random_size(size_t most);

/* Room for n reals and not one more, all NaN, misaligned for everything but reals. */
void *new_reals(size_t n, size_t real_bytes);
void delete_reals(void *reals, size_t real_bytes);

/* So many bytes, aligned to 64 and all NaN, for one call: those of the last are gone. */
void *new_scratch(size_t bytes);

/* |got - want| <= tolerance max(1, scale). */
int near(double got, double want, double scale, double tolerance);

void test_abi(void);
void test_check(void);
void test_status(void);
void test_vectors(void);
void test_lanes_f32(void);
void test_lanes_f64(void);
void test_lanes_f32_narrow(void);
void test_lanes_f64_narrow(void);
void test_lanes_f32_single(void);
void test_lanes_f64_single(void);
void test_product(void);
void test_middle_product(void);
void test_conv2d(void);
void test_convolution(void);
void test_activation(void);
void test_pool(void);
void test_bound(void);
void test_table(void);
void test_linked(void);

#endif
