// loader.cpp MODULE.so: the same model, loaded, with parameters of its own and their gradient.
#include <cstdio>
#include <vector>

#include <cajal.hpp>

int main(int count, char **arguments) try {
  if (count != 2) throw cajal::error(CAJAL_BAD_ARGUMENT, "usage: loader MODULE.so");
  const cajal::library library(arguments[1]);
  const std::vector<double> parameters = {0.5, 0, 0, 1, 0.25, 0};  // as its tensors() lie in them
  const auto turn = library.model<double>("turn").with(parameters);

  const std::vector<double> x = {1, 0}, s = {1, 0, 0, 1}, result_bar = {1, 0, 1, 0};
  std::vector<double> result(2 * turn.output_port().size), x_bar(2), parameters_bar(turn.parameter_count());
  auto kept = turn.forward_keep(2, {cajal::input<double>::shared(x), s}, result);
  kept.backward(result_bar, {x_bar, {}}, parameters_bar);  // not in s
  std::printf("turned: (%g, %g) (%g, %g)\n", result[0], result[1], result[2], result[3]);
  std::printf("gradient in x, summed over the batch: (%g, %g)\n", x_bar[0], x_bar[1]);
  std::printf("gradient in the bias: (%g, %g)\n", parameters_bar[4], parameters_bar[5]);
} catch (const cajal::error &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
