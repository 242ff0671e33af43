/* The kernels that compiled Cajal calls. For generated C; programs that link a module need only cajal.h.
 *
 * Every kernel is there for float (_f32) and double (_f64). None allocates, keeps state or fails. Matrices and images
 * are row-major and contiguous, sizes are in reals, and no output overlaps another argument. `accumulate` adds the
 * result to what is there; otherwise it replaces it, whatever was there. The same sizes give the same order of
 * operations, wherever the arguments lie in memory, and so the same bits. A NaN or an infinity in an argument may
 * spread further through a result than the formula says, never less far.
 *
 * `scratch` is room that a kernel needs while it runs, of the size given with it and aligned for a real: a part of the
 * workspace, since a thread's stack may be small. What it holds before does not matter. */
#ifndef CAJAL_KERNELS_H
#define CAJAL_KERNELS_H

#include "cajal.h"
#include "cajal_check.h"

#ifdef __cplusplus
#error "the kernels are for C; a program in C++ that links a compiled module includes the module's own header"
#endif

/* The kernels and the code that calls them compare with infinities, ask for NaN and count on the order of sums.
 * -funsafe-math-optimizations has no macro of its own in clang and in gcc before 12. */
#if defined __FAST_MATH__ || (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__) || defined __ASSOCIATIVE_MATH__ || \
    defined __RECIPROCAL_MATH__ || defined __NO_SIGNED_ZEROS__
#error "compiled Cajal needs the arithmetic of IEEE 754: compile without -ffast-math and its parts"
#endif

/* ---- For generated C ---- */

/* A function that exists once, so that all who call it run the same instructions. */
#if defined __clang__
#define CAJAL_ONE_COPY __attribute__((noinline))
#elif defined __GNUC__
#define CAJAL_ONE_COPY __attribute__((noinline, noclone))
#else
#define CAJAL_ONE_COPY
#endif

/* The compiler knows nothing of the variable's value from here on, each time anew. It makes no copies of the code then
 * for one value and for others, in which it might round differently. */
#if defined __GNUC__
#define CAJAL_HIDE(variable) __asm__ volatile("" : "+r"(variable))
#else
#define CAJAL_HIDE(variable) ((void)(variable))
#endif

/* Whatever the flags: another module in the process may have another version of them. */
#if defined __GNUC__
#pragma GCC visibility push(hidden)
#endif

/* ---- Gradients of each sample (each.c) ---- */

/* The adjoint of a batch, each gradient with a stride of its own. Gradients that the whole batch adds up in one place
 * come as their sum whatever their stride is. */
typedef int cajal_program_adjoint(size_t batch, const void *const in[], const size_t stride[], const void *out_bar,
                                  void *const in_bar[], const size_t bar_stride[], void *work);
typedef int cajal_model_adjoint(size_t batch, const void *params, const void *const in[], const size_t stride[],
                                const void *out_bar, void *params_bar, void *const in_bar[], const size_t bar_stride[],
                                void *work);

/* What backward_each of a workspace of workspace_bytes(batch, 2) has behind workspace_bytes(batch, 1): the workspace of
 * a sample, its result, and two pointers for each input, each of the three rounded up to 64 bytes. */

/* backward_each of a program whose adjoint adds up the gradients in those inputs for which `summed` has a 1, where the
 * batch shares them. `size` has the inputs' sizes. */
int cajal_program_backward_each(const cajal_program *program, cajal_program_adjoint *adjoint, const size_t size[],
                                const unsigned char summed[], size_t batch, const void *const in[],
                                const size_t stride[], const void *out_bar, void *const in_bar[],
                                const size_t bar_stride[], void *work);

/* backward_each of a model with parameters, the gradients in which its adjoint adds up. */
int cajal_model_backward_each(const cajal_model *model, cajal_model_adjoint *adjoint, const size_t size[],
                              size_t batch, const void *params, const void *const in[], const size_t stride[],
                              const void *out_bar, void *params_bar, size_t params_bar_stride, void *const in_bar[],
                              const size_t bar_stride[], void *work);

/* ---- Programs and models with tables (linked.c) ---- */

/* A table of at most `rows` nodes: the input with its children, `arity` a row, or where that is 0 with the number of its
 * rows that count. */
typedef struct cajal_table {
  size_t nodes, rows, arity;
} cajal_table;

/* What computes on reals alone, for which the nodes of a table are reals too; one of the two is NULL. `sizes` has the
 * inputs' sizes. */
typedef struct cajal_linked {
  const cajal_program *program;
  const cajal_model *model;
  const size_t *sizes;
  size_t table_count;
  const cajal_table *tables;
  int check_finite; /* forward answers CAJAL_NOT_FINITE where a row that counts holds a NaN or an infinity */
} cajal_linked;

/* The functions of cajal.h, for a program without params and params_bar: all arguments are checked, children and counts
 * too, before anything is written. */
size_t cajal_linked_bytes(const cajal_linked *linked, size_t batch, int keep);
int cajal_linked_forward(const cajal_linked *linked, size_t batch, const void *params, const void *const in[],
                         const size_t stride[], void *out, void *work, int keep);
int cajal_linked_backward(const cajal_linked *linked, size_t batch, const void *params, const void *const in[],
                          const size_t stride[], const void *out_bar, void *params_bar, void *const in_bar[],
                          void *work);
int cajal_linked_backward_each(const cajal_linked *linked, size_t batch, const void *params, const void *const in[],
                               const size_t stride[], const void *out_bar, void *params_bar, size_t params_bar_stride,
                               void *const in_bar[], const size_t bar_stride[], void *work);

/* ---- Matrices ---- */

/* The bytes of `scratch` where sums have k terms. NULL is enough where a factor or the result is a vector, lying in a
 * row, and where m, k and n are at most 8. */
#define CAJAL_MOST_PRODUCT_SCRATCH 65536
#define CAJAL_PRODUCT_SCRATCH(k) ((k) < 256 ? 256 * (k) : CAJAL_MOST_PRODUCT_SCRATCH)

/* c[m x n] = op(a)[m x k] op(b)[k x n]; a transposed `a` is stored k x m, a transposed `b` n x k. */
void cajal_product_f32(size_t m, size_t k, size_t n, const float *restrict a, int a_transposed, const float *restrict b,
                       int b_transposed, float *restrict c, int accumulate, void *scratch);
void cajal_product_f64(size_t m, size_t k, size_t n, const double *restrict a, int a_transposed,
                       const double *restrict b, int b_transposed, double *restrict c, int accumulate, void *scratch);

/* The same by OpenBLAS, where the runtime was built with CAJAL_BLAS. Faster for large matrices; OpenBLAS may use
 * threads and memory of its own. */
void cajal_blas_product_f32(size_t m, size_t k, size_t n, const float *restrict a, int a_transposed,
                            const float *restrict b, int b_transposed, float *restrict c, int accumulate,
                            void *scratch);
void cajal_blas_product_f64(size_t m, size_t k, size_t n, const double *restrict a, int a_transposed,
                            const double *restrict b, int b_transposed, double *restrict c, int accumulate,
                            void *scratch);

/* The same where the rows of a matrix, as it is stored, begin a_row, b_row or c_row reals apart: at least as many as a
 * row has, and of any number where there is one row. */
void cajal_strided_product_f32(size_t m, size_t k, size_t n, const float *restrict a, size_t a_row, int a_transposed,
                               const float *restrict b, size_t b_row, int b_transposed, float *restrict c, size_t c_row,
                               int accumulate, void *scratch);
void cajal_strided_product_f64(size_t m, size_t k, size_t n, const double *restrict a, size_t a_row, int a_transposed,
                               const double *restrict b, size_t b_row, int b_transposed, double *restrict c,
                               size_t c_row, int accumulate, void *scratch);
void cajal_blas_strided_product_f32(size_t m, size_t k, size_t n, const float *restrict a, size_t a_row,
                                    int a_transposed, const float *restrict b, size_t b_row, int b_transposed,
                                    float *restrict c, size_t c_row, int accumulate, void *scratch);
void cajal_blas_strided_product_f64(size_t m, size_t k, size_t n, const double *restrict a, size_t a_row,
                                    int a_transposed, const double *restrict b, size_t b_row, int b_transposed,
                                    double *restrict c, size_t c_row, int accumulate, void *scratch);

/* y[s,o,j] = sum of tensor[o,i,j] x[s,i]: of a tensor of outer x inner x columns, the middle index is summed away, for
 * `count` vectors x. The vectors begin x_row reals apart, and the results y_row. `scratch` has
 * CAJAL_MOST_PRODUCT_SCRATCH bytes. */
void cajal_middle_product_f32(size_t count, size_t outer, size_t inner, size_t columns, const float *restrict tensor,
                              const float *restrict x, size_t x_row, float *restrict y, size_t y_row, void *scratch);
void cajal_middle_product_f64(size_t count, size_t outer, size_t inner, size_t columns, const double *restrict tensor,
                              const double *restrict x, size_t x_row, double *restrict y, size_t y_row, void *scratch);

/* The sum of a_i b_i. */
float cajal_dot_f32(size_t n, const float *a, const float *b);
double cajal_dot_f64(size_t n, const double *a, const double *b);

/* ---- Convolution (LANGUAGE.md, section 5): cross-correlation with zero padding "same"; kh and kw are odd, and may
 * exceed the image's ---- */

/* The bytes of `scratch`, over channels too; those of the adjoint in the kernel are more. */
#define CAJAL_CONVOLUTION_SCRATCH 54400
#define CAJAL_KERNEL_ADJOINT_SCRATCH 69760

/* out[y,x] = sum of kernel[i,j] image[y + i - kh/2, x + j - kw/2], where that is in the image. */
void cajal_conv2d_f32(size_t kh, size_t kw, size_t h, size_t w, const float *restrict kernel,
                      const float *restrict image, float *restrict out, int accumulate, void *scratch);
void cajal_conv2d_f64(size_t kh, size_t kw, size_t h, size_t w, const double *restrict kernel,
                      const double *restrict image, double *restrict out, int accumulate, void *scratch);

/* The transpose of image -> out. */
void cajal_conv2d_image_adjoint_f32(size_t kh, size_t kw, size_t h, size_t w, const float *restrict kernel,
                                    const float *restrict out_bar, float *restrict image_bar, int accumulate,
                                    void *scratch);
void cajal_conv2d_image_adjoint_f64(size_t kh, size_t kw, size_t h, size_t w, const double *restrict kernel,
                                    const double *restrict out_bar, double *restrict image_bar, int accumulate,
                                    void *scratch);

/* The transpose of kernel -> out. */
void cajal_conv2d_kernel_adjoint_f32(size_t kh, size_t kw, size_t h, size_t w, const float *restrict image,
                                     const float *restrict out_bar, float *restrict kernel_bar, int accumulate,
                                     void *scratch);
void cajal_conv2d_kernel_adjoint_f64(size_t kh, size_t kw, size_t h, size_t w, const double *restrict image,
                                     const double *restrict out_bar, double *restrict kernel_bar, int accumulate,
                                     void *scratch);

/* ---- Convolution over channels (LANGUAGE.md, section 6): kernel[co,ci,kh,kw], image[ci,h,w] with ph rows and pw
 * columns of zeros on each side, out[co,oh,ow] with oh = (h + 2 ph - kh) / stride + 1 and ow likewise; the padded image
 * is at least as large as the kernel ---- */

/* out[o,i,j] = sum of kernel[o,c,a,b] image[c, stride i + a - ph, stride j + b - pw], where that is in the image. */
void cajal_convolution_f32(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride, size_t ph,
                           size_t pw, const float *restrict kernel, const float *restrict image, float *restrict out,
                           int accumulate, void *scratch);
void cajal_convolution_f64(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride, size_t ph,
                           size_t pw, const double *restrict kernel, const double *restrict image, double *restrict out,
                           int accumulate, void *scratch);

/* The transpose of image -> out. */
void cajal_convolution_image_adjoint_f32(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride,
                                         size_t ph, size_t pw, const float *restrict kernel,
                                         const float *restrict out_bar, float *restrict image_bar, int accumulate,
                                         void *scratch);
void cajal_convolution_image_adjoint_f64(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride,
                                         size_t ph, size_t pw, const double *restrict kernel,
                                         const double *restrict out_bar, double *restrict image_bar, int accumulate,
                                         void *scratch);

/* A layer: each output begins with its entry of `bias`, and relu comes last if it is `rectified`. The same bits as
 * cajal_convolution and cajal_relu one after another. */
void cajal_convolution_layer_f32(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride,
                                 size_t ph, size_t pw, const float *restrict kernel, const float *restrict image,
                                 const float *restrict bias, int rectified, float *restrict out, void *scratch);
void cajal_convolution_layer_f64(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride,
                                 size_t ph, size_t pw, const double *restrict kernel, const double *restrict image,
                                 const double *restrict bias, int rectified, double *restrict out, void *scratch);

/* The transpose of image -> out, and of the relu of which `image` is the result: the same bits as
 * cajal_convolution_image_adjoint and cajal_relu_adjoint. */
void cajal_convolution_image_relu_adjoint_f32(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w,
                                              size_t stride, size_t ph, size_t pw, const float *restrict kernel,
                                              const float *restrict out_bar, const float *restrict image,
                                              float *restrict image_bar, void *scratch);
void cajal_convolution_image_relu_adjoint_f64(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w,
                                              size_t stride, size_t ph, size_t pw, const double *restrict kernel,
                                              const double *restrict out_bar, const double *restrict image,
                                              double *restrict image_bar, void *scratch);

/* The transpose of kernel -> out. */
void cajal_convolution_kernel_adjoint_f32(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride,
                                          size_t ph, size_t pw, const float *restrict image,
                                          const float *restrict out_bar, float *restrict kernel_bar, int accumulate,
                                          void *scratch);
void cajal_convolution_kernel_adjoint_f64(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride,
                                          size_t ph, size_t pw, const double *restrict image,
                                          const double *restrict out_bar, double *restrict kernel_bar, int accumulate,
                                          void *scratch);

/* ---- Pooling (LANGUAGE.md, section 6): image[channels,h,w], windows of size x size, an incomplete remainder is
 * dropped. None of these accumulates ---- */

void cajal_average_pool_f32(size_t channels, size_t h, size_t w, size_t size, const float *restrict image,
                          float *restrict out);
void cajal_average_pool_f64(size_t channels, size_t h, size_t w, size_t size, const double *restrict image,
                          double *restrict out);
void cajal_average_pool_adjoint_f32(size_t channels, size_t h, size_t w, size_t size, const float *restrict out_bar,
                                  float *restrict image_bar);
void cajal_average_pool_adjoint_f64(size_t channels, size_t h, size_t w, size_t size, const double *restrict out_bar,
                                  double *restrict image_bar);

/* The adjoint is at `image`; of equal maxima the first has the gradient. */
void cajal_maximum_pool_f32(size_t channels, size_t h, size_t w, size_t size, const float *restrict image,
                          float *restrict out);
void cajal_maximum_pool_f64(size_t channels, size_t h, size_t w, size_t size, const double *restrict image,
                          double *restrict out);
void cajal_maximum_pool_adjoint_f32(size_t channels, size_t h, size_t w, size_t size, const float *restrict image,
                                  const float *restrict out_bar, float *restrict image_bar);
void cajal_maximum_pool_adjoint_f64(size_t channels, size_t h, size_t w, size_t size, const double *restrict image,
                                  const double *restrict out_bar, double *restrict image_bar);

/* The same where `image` is a result of relu, and then relu's adjoint. */
void cajal_maximum_pool_relu_adjoint_f32(size_t channels, size_t h, size_t w, size_t size,
                                         const float *restrict image, const float *restrict out_bar,
                                         float *restrict image_bar);
void cajal_maximum_pool_relu_adjoint_f64(size_t channels, size_t h, size_t w, size_t size,
                                         const double *restrict image, const double *restrict out_bar,
                                         double *restrict image_bar);

/* ---- Functions of single entries (LANGUAGE.md, section 6). The adjoints of the first are given the result y. None
 * accumulates ---- */

void cajal_relu_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_relu_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_relu_adjoint_f32(size_t n, const float *restrict y, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_relu_adjoint_f64(size_t n, const double *restrict y, const double *restrict y_bar,
                              double *restrict x_bar);
void cajal_tanh_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_tanh_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_tanh_adjoint_f32(size_t n, const float *restrict y, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_tanh_adjoint_f64(size_t n, const double *restrict y, const double *restrict y_bar,
                              double *restrict x_bar);
void cajal_sigmoid_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_sigmoid_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_sigmoid_adjoint_f32(size_t n, const float *restrict y, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_sigmoid_adjoint_f64(size_t n, const double *restrict y, const double *restrict y_bar,
                              double *restrict x_bar);
void cajal_softplus_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_softplus_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_softplus_adjoint_f32(size_t n, const float *restrict y, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_softplus_adjoint_f64(size_t n, const double *restrict y, const double *restrict y_bar,
                              double *restrict x_bar);

void cajal_exp_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_exp_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_exp_adjoint_f32(size_t n, const float *restrict y, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_exp_adjoint_f64(size_t n, const double *restrict y, const double *restrict y_bar,
                              double *restrict x_bar);
void cajal_sqrt_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_sqrt_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_sqrt_adjoint_f32(size_t n, const float *restrict y, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_sqrt_adjoint_f64(size_t n, const double *restrict y, const double *restrict y_bar,
                              double *restrict x_bar);
void cajal_recip_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_recip_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_recip_adjoint_f32(size_t n, const float *restrict y, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_recip_adjoint_f64(size_t n, const double *restrict y, const double *restrict y_bar,
                              double *restrict x_bar);

/* The adjoints of these are given the operand x. */
void cajal_log_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_log_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_log_adjoint_f32(size_t n, const float *restrict x, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_log_adjoint_f64(size_t n, const double *restrict x, const double *restrict y_bar,
                              double *restrict x_bar);
void cajal_sin_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_sin_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_sin_adjoint_f32(size_t n, const float *restrict x, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_sin_adjoint_f64(size_t n, const double *restrict x, const double *restrict y_bar,
                              double *restrict x_bar);
void cajal_cos_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_cos_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_cos_adjoint_f32(size_t n, const float *restrict x, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_cos_adjoint_f64(size_t n, const double *restrict x, const double *restrict y_bar,
                              double *restrict x_bar);
void cajal_abs_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_abs_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_abs_adjoint_f32(size_t n, const float *restrict x, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_abs_adjoint_f64(size_t n, const double *restrict x, const double *restrict y_bar,
                              double *restrict x_bar);
void cajal_power_f32(double exponent, size_t n, const float *restrict x, float *restrict y);
void cajal_power_f64(double exponent, size_t n, const double *restrict x, double *restrict y);
void cajal_power_adjoint_f32(double exponent, size_t n, const float *restrict x, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_power_adjoint_f64(double exponent, size_t n, const double *restrict x, const double *restrict y_bar,
                              double *restrict x_bar);

/* Of x[i] and x[n + i] the smaller or the larger: the first of equal ones, and a NaN where there is one. */
void cajal_min_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_min_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_min_adjoint_f32(size_t n, const float *restrict x, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_min_adjoint_f64(size_t n, const double *restrict x, const double *restrict y_bar,
                              double *restrict x_bar);
void cajal_max_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_max_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_max_adjoint_f32(size_t n, const float *restrict x, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_max_adjoint_f64(size_t n, const double *restrict x, const double *restrict y_bar,
                              double *restrict x_bar);

/* Over the whole vector. */
void cajal_softmax_f32(size_t n, const float *restrict x, float *restrict y);
void cajal_softmax_f64(size_t n, const double *restrict x, double *restrict y);
void cajal_softmax_adjoint_f32(size_t n, const float *restrict y, const float *restrict y_bar,
                              float *restrict x_bar);
void cajal_softmax_adjoint_f64(size_t n, const double *restrict y, const double *restrict y_bar,
                              double *restrict x_bar);

/* ---- Bounded links (LANGUAGE.md, section 5) ---- */

enum { CAJAL_NORM_LINF = 0, CAJAL_NORM_L1 = 1, CAJAL_NORM_L2 = 2 };

/* out = v where |v| <= radius, and radius v / |v| otherwise. */
void cajal_bound_f32(int norm, float radius, size_t n, const float *restrict v, float *restrict out);
void cajal_bound_f64(int norm, double radius, size_t n, const double *restrict v, double *restrict out);

/* The adjoint of cajal_bound at v; overwrites v_bar. */
void cajal_bound_adjoint_f32(int norm, float radius, size_t n, const float *restrict v,
                             const float *restrict out_bar, float *restrict v_bar);
void cajal_bound_adjoint_f64(int norm, double radius, size_t n, const double *restrict v,
                             const double *restrict out_bar, double *restrict v_bar);

/* ---- Tables of nodes ---- */

/* What counts of a table of `rows` rows of `row` reals: a weight for each of the `parts` constructors, then their fields.
 * part[3c] is the number of places at which constructor c has a child, part[3c+1] where its fields begin, and part[3c+2]
 * how many reals they have. `nodes` has `arity` children a row, or where `arity` is 0 the number of rows that count. 0 is
 * written for rows that do not count, which are not read, and for weights of terms with a missing child. A field that is
 * not finite is 0 where its weight is, unless the table is a cotangent. */
void cajal_counted_f32(size_t rows, size_t row, size_t arity, size_t parts, const size_t part[], int is_cotangent,
                       const float *restrict table, const float *restrict nodes, float *restrict counted);
void cajal_counted_f64(size_t rows, size_t row, size_t arity, size_t parts, const size_t part[], int is_cotangent,
                       const double *restrict table, const double *restrict nodes, double *restrict counted);

/* Row `*index` of a table of rows of `size` reals; 0 where it is below 0. */
void cajal_gather_row_f32(size_t size, const float *restrict table, const float *restrict index, float *restrict row);
void cajal_gather_row_f64(size_t size, const double *restrict table, const double *restrict index,
                          double *restrict row);

/* The transpose of cajal_gather_row. */
void cajal_scatter_row_f32(size_t rows, size_t size, const float *restrict row, const float *restrict index,
                           float *restrict table, int accumulate);
void cajal_scatter_row_f64(size_t rows, size_t size, const double *restrict row, const double *restrict index,
                           double *restrict table, int accumulate);

/* ---- Vectors ---- */

/* 1 if no entry is a NaN or an infinity, else 0. */
int cajal_all_finite_f32(size_t n, const float *v);
int cajal_all_finite_f64(size_t n, const double *v);

#if defined __GNUC__
#pragma GCC visibility pop
#endif

#endif
