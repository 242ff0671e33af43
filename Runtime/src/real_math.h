/* Functions of libm by their argument's type. <tgmath.h> would do, but that of gcc asks for functions of complex numbers
 * that the C library of small devices (newlib 3.3) does not have. */
#include <math.h>

#define exp(x) _Generic((x), float: expf, double: exp)(x)
#define expm1(x) _Generic((x), float: expm1f, double: expm1)(x)
#define log(x) _Generic((x), float: logf, double: log)(x)
#define log1p(x) _Generic((x), float: log1pf, double: log1p)(x)
#define sqrt(x) _Generic((x), float: sqrtf, double: sqrt)(x)
#define sin(x) _Generic((x), float: sinf, double: sin)(x)
#define cos(x) _Generic((x), float: cosf, double: cos)(x)
#define frexp(x, exponent) _Generic((x), float: frexpf, double: frexp)(x, exponent)
#define ldexp(x, exponent) _Generic((x), float: ldexpf, double: ldexp)(x, exponent)

/* Where nothing is known of the library (-ffreestanding), gcc and clang would call what is one instruction. */
#if defined __GNUC__
#define fabs(x) _Generic((x), float: __builtin_fabsf, double: __builtin_fabs)(x)
#else
#define fabs(x) _Generic((x), float: fabsf, double: fabs)(x)
#endif
