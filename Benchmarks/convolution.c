/* Times the convolution kernels on the sizes that nets of small images have, beside OpenBLAS on one thread.
 *
 *   convolution [MILLISECONDS]
 *
 * Prints for each kernel and size the median microseconds of a call, GFLOP/s (two operations a product of a tap and an
 * entry inside of the image; what meets only padding counts nothing), and the ratio to the GFLOP/s that cblas_sgemm
 * reaches in the same moments; then the microseconds of pooling and activations. */
#define _POSIX_C_SOURCE 200809L
#include "kernel_timing.h"

#include "cajal_kernels.h"

typedef struct sizes {
  size_t co, ci, k, n, stride, p;
} sizes;

static float *kernel, *image, *out, *kernel_bar, *image_bar, *out_bar;
static _Alignas(64) char scratch[CAJAL_KERNEL_ADJOINT_SCRATCH];

static void call_out(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_convolution_f32(s.co, s.ci, s.k, s.k, s.n, s.n, s.stride, s.p, s.p, kernel, image, out, 0, scratch);
}
static void call_image(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_convolution_image_adjoint_f32(s.co, s.ci, s.k, s.k, s.n, s.n, s.stride, s.p, s.p, kernel, out_bar, image_bar,
                                      0, scratch);
}
static void call_kernel(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_convolution_kernel_adjoint_f32(s.co, s.ci, s.k, s.k, s.n, s.n, s.stride, s.p, s.p, image, out_bar, kernel_bar,
                                       1, scratch);
}
static void call_out_2d(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_conv2d_f32(s.k, s.k, s.n, s.n, kernel, image, out, 0, scratch);
}
static void call_image_2d(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_conv2d_image_adjoint_f32(s.k, s.k, s.n, s.n, kernel, out_bar, image_bar, 0, scratch);
}
static void call_kernel_2d(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_conv2d_kernel_adjoint_f32(s.k, s.k, s.n, s.n, image, out_bar, kernel_bar, 1, scratch);
}
static void call_pool(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_maximum_pool_f32(s.ci, s.n, s.n, s.k, image, out);
}
static void call_pool_adjoint(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_maximum_pool_adjoint_f32(s.ci, s.n, s.n, s.k, image, out_bar, image_bar);
}
static void call_average(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_average_pool_f32(s.ci, s.n, s.n, s.k, image, out);
}
static void call_average_adjoint(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_average_pool_adjoint_f32(s.ci, s.n, s.n, s.k, out_bar, image_bar);
}
static void call_relu(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_relu_f32(s.n, image, out);
}
static void call_relu_adjoint(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_relu_adjoint_f32(s.n, out, out_bar, image_bar);
}
static void call_tanh(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_tanh_f32(s.n, image, out);
}
static void call_tanh_adjoint(const void *of) {
  const sizes s = *(const sizes *)of;
  cajal_tanh_adjoint_f32(s.n, out, out_bar, image_bar);
}

/* How many pairs of a tap and an output, along one axis, lie inside of the image. */
static double inside(sizes s) {
  const size_t outputs = (s.n + 2 * s.p - s.k) / s.stride + 1;
  size_t count = 0;
  for (size_t i = 0; i < outputs; i++) {
    for (size_t a = 0; a < s.k; a++) count += s.stride * i + a >= s.p && s.stride * i + a - s.p < s.n;
  }
  return (double)count;
}

static void report(double seconds, const char *name, void (*call)(const void *), sizes s) {
  const double limit = gemm_rate(seconds / 2);
  const double time = median(seconds, call, &s);
  const double rate = 2 * (double)(s.co * s.ci) * inside(s) * inside(s) / time;
  printf("%-22s %2zu -> %2zu, %2zu x %2zu on %2zu x %2zu, stride %zu: %8.2f us %6.1f GFLOP/s %5.2f of sgemm\n", name,
         s.ci, s.co, s.k, s.k, s.n, s.n, s.stride, time * 1e6, rate * 1e-9, rate / limit);
}

int main(int argc, char **argv) {
  const double seconds = (argc > 1 ? atof(argv[1]) : 100) * 1e-3;
  const size_t room = 1 << 17;
  openblas_set_num_threads(1);
  kernel = filled(room), image = filled(room), out = filled(room);
  kernel_bar = filled(room), image_bar = filled(room), out_bar = filled(room);

  const sizes nets[] = {{8, 1, 5, 28, 1, 2}, {16, 8, 5, 28, 1, 2}, {6, 1, 13, 28, 1, 6}, {6, 6, 13, 28, 1, 6},
                        {1, 6, 13, 28, 1, 6}, {16, 8, 3, 28, 1, 1}, {16, 8, 1, 28, 1, 0}, {16, 8, 3, 28, 2, 1}};
  for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
    report(seconds, "convolution", call_out, nets[i]);
    report(seconds, "its image adjoint", call_image, nets[i]);
    report(seconds, "its kernel adjoint", call_kernel, nets[i]);
  }
  const sizes planes[] = {{1, 1, 13, 28, 1, 6}, {1, 1, 5, 28, 1, 2}};
  for (size_t i = 0; i < sizeof planes / sizeof planes[0]; i++) {
    report(seconds, "conv2d", call_out_2d, planes[i]);
    report(seconds, "its image adjoint", call_image_2d, planes[i]);
    report(seconds, "its kernel adjoint", call_kernel_2d, planes[i]);
  }
  const sizes pool = {.ci = 16, .k = 3, .n = 28}, many = {.n = 16 * 28 * 28}, few = {.n = 169};
  const struct {
    const char *name;
    void (*call)(const void *);
    sizes s;
  } others[] = {{"maximum pool 3, 16 x 28 x 28", call_pool, pool},
                {"its adjoint", call_pool_adjoint, pool},
                {"average pool 3, 16 x 28 x 28", call_average, pool},
                {"its adjoint", call_average_adjoint, pool},
                {"relu, 16 x 28 x 28", call_relu, many},
                {"its adjoint", call_relu_adjoint, many},
                {"tanh, 169", call_tanh, few},
                {"its adjoint", call_tanh_adjoint, few}};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    printf("%-30s %8.2f us\n", others[i].name, median(seconds, others[i].call, &others[i].s) * 1e6);
  }
  return 0;
}
