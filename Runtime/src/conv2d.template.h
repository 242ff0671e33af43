/* Convolution of one image with one kernel is convolution over one channel. Since kh and kw are odd, a padding of kh/2
 * and kw/2 keeps the size. */
void NAMED(cajal_conv2d)(size_t kh, size_t kw, size_t h, size_t w, const REAL *restrict kernel,
                         const REAL *restrict image, REAL *restrict out, int accumulate, void *scratch) {
  NAMED(cajal_convolution)(1, 1, kh, kw, h, w, 1, kh / 2, kw / 2, kernel, image, out, accumulate, scratch);
}

void NAMED(cajal_conv2d_image_adjoint)(size_t kh, size_t kw, size_t h, size_t w, const REAL *restrict kernel,
                                       const REAL *restrict out_bar, REAL *restrict image_bar, int accumulate,
                                       void *scratch) {
  NAMED(cajal_convolution_image_adjoint)(1, 1, kh, kw, h, w, 1, kh / 2, kw / 2, kernel, out_bar, image_bar, accumulate,
                                         scratch);
}

void NAMED(cajal_conv2d_kernel_adjoint)(size_t kh, size_t kw, size_t h, size_t w, const REAL *restrict image,
                                        const REAL *restrict out_bar, REAL *restrict kernel_bar, int accumulate,
                                        void *scratch) {
  NAMED(cajal_convolution_kernel_adjoint)(1, 1, kh, kw, h, w, 1, kh / 2, kw / 2, image, out_bar, kernel_bar,
                                          accumulate, scratch);
}
