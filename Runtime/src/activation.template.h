/* A NaN stays a NaN. */
void NAMED(cajal_relu)(size_t n, const REAL *restrict x, REAL *restrict y) {
  for (size_t i = 0; i < n; i++) y[i] = x[i] <= 0 ? 0 : x[i];
}

void NAMED(cajal_relu_adjoint)(size_t n, const REAL *restrict y, const REAL *restrict y_bar, REAL *restrict x_bar) {
  for (size_t i = 0; i < n; i++) x_bar[i] = y[i] > 0 ? y_bar[i] : 0;
}

void NAMED(cajal_tanh)(size_t n, const REAL *restrict x, REAL *restrict y) {
  for (size_t i = 0; i < n; i++) y[i] = tanh(x[i]);
}

void NAMED(cajal_tanh_adjoint)(size_t n, const REAL *restrict y, const REAL *restrict y_bar, REAL *restrict x_bar) {
  for (size_t i = 0; i < n; i++) x_bar[i] = (1 - y[i] * y[i]) * y_bar[i];
}

void NAMED(cajal_sigmoid)(size_t n, const REAL *restrict x, REAL *restrict y) {
  for (size_t i = 0; i < n; i++) y[i] = 1 / (1 + exp(-x[i]));
}

void NAMED(cajal_sigmoid_adjoint)(size_t n, const REAL *restrict y, const REAL *restrict y_bar,
                                  REAL *restrict x_bar) {
  for (size_t i = 0; i < n; i++) x_bar[i] = y[i] * (1 - y[i]) * y_bar[i];
}

/* log(1 + exp x), without overflow. */
void NAMED(cajal_softplus)(size_t n, const REAL *restrict x, REAL *restrict y) {
  for (size_t i = 0; i < n; i++) y[i] = (x[i] <= 0 ? 0 : x[i]) + log1p(exp(-fabs(x[i])));
}

/* softplus' = 1 - exp(-softplus). */
void NAMED(cajal_softplus_adjoint)(size_t n, const REAL *restrict y, const REAL *restrict y_bar,
                                   REAL *restrict x_bar) {
  for (size_t i = 0; i < n; i++) x_bar[i] = -expm1(-y[i]) * y_bar[i];
}

void NAMED(cajal_softmax)(size_t n, const REAL *restrict x, REAL *restrict y) {
  if (n == 0) return;
  REAL largest = x[0];
  for (size_t i = 1; i < n; i++) {
    if (x[i] > largest) largest = x[i];
  }
  REAL total = 0;
  for (size_t i = 0; i < n; i++) {
    y[i] = exp(x[i] - largest);
    total += y[i];
  }
  for (size_t i = 0; i < n; i++) y[i] /= total;
}

void NAMED(cajal_softmax_adjoint)(size_t n, const REAL *restrict y, const REAL *restrict y_bar,
                                  REAL *restrict x_bar) {
  REAL inner = 0;
  for (size_t i = 0; i < n; i++) inner += y[i] * y_bar[i];
  for (size_t i = 0; i < n; i++) x_bar[i] = y[i] * (y_bar[i] - inner);
}
