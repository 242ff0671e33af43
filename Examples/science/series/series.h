/* series.h, from series.cajal by cajal2c 0.1.0. Functions answer a cajal_status; cajal.h says what the
 * arguments are. */
#ifndef SERIES_H
#define SERIES_H

#include "cajal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* forecast (x : Real[24]) : Real[24] */
CAJAL_EXPORT size_t series_forecast_workspace_bytes(size_t batch, int keep);
CAJAL_EXPORT int series_forecast_forward(size_t batch, const double *params, const double *x, size_t x_stride,
    double *result, void *work);
CAJAL_EXPORT int series_forecast_forward_keep(size_t batch, const double *params, const double *x,
    size_t x_stride, double *result, void *work);
CAJAL_EXPORT int series_forecast_backward(size_t batch, const double *params, const double *x,
    size_t x_stride, const double *result_bar, double *params_bar, double *x_bar, void *work);
CAJAL_EXPORT int series_forecast_backward_each(size_t batch, const double *params, const double *x,
    size_t x_stride, const double *result_bar, double *params_bar, size_t params_bar_stride, double *x_bar,
    size_t x_bar_stride, void *work);

/* boxed (x : Real[24]) : Real[24] */
CAJAL_EXPORT size_t series_boxed_workspace_bytes(size_t batch, int keep);
CAJAL_EXPORT int series_boxed_forward(size_t batch, const double *params, const double *x, size_t x_stride,
    double *result, void *work);
CAJAL_EXPORT int series_boxed_forward_keep(size_t batch, const double *params, const double *x,
    size_t x_stride, double *result, void *work);
CAJAL_EXPORT int series_boxed_backward(size_t batch, const double *params, const double *x, size_t x_stride,
    const double *result_bar, double *params_bar, double *x_bar, void *work);
CAJAL_EXPORT int series_boxed_backward_each(size_t batch, const double *params, const double *x,
    size_t x_stride, const double *result_bar, double *params_bar, size_t params_bar_stride, double *x_bar,
    size_t x_bar_stride, void *work);

/* All of this, for generic callers. */
CAJAL_EXPORT const cajal_module *series_module_info(void);

#ifdef __cplusplus
}
#endif

#endif
