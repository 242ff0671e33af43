// library.cpp MODULE.so OTHER.so: cajal.hpp against values by hand, and what it refuses. The module is Examples/cmake's
// turn, in float and without weights; the one that is linked has weights. The other is no module.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <cajal.hpp>

#include "turn.h"

static int failures = 0;

static void expect(bool condition, const char *what) {
  if (condition) return;
  std::fprintf(stderr, "library: FAILED: %s\n", what);
  failures++;
}
#define EXPECT(...) expect(__VA_ARGS__, #__VA_ARGS__)

static void refuses(const char *text, const std::function<void()> &action, int status = CAJAL_BAD_ARGUMENT) {
  try {
    action();
  } catch (const cajal::error &error) {
    if (std::string(error.what()).find(text) != std::string::npos && error.status() == status) return;
    std::fprintf(stderr, "library: instead of `%s`: %s\n", text, error.what());
    failures++;
    return;
  }
  std::fprintf(stderr, "library: FAILED: not refused: %s\n", text);
  failures++;
}

using floats = std::vector<float>;
using input = cajal::input<float>;

// Two samples of `flip`: n is the weight of no round and of one.
static void programs(const cajal::library &library) {
  const auto flip = library.program<float>("flip");
  EXPECT(flip.name() == "flip");
  EXPECT(flip.signature() == "flip (x : Bool, n : Nat) : Bool");
  EXPECT(flip.horizon() == 2 && flip.input_count() == 2 && flip.parameter_count() == 0);
  EXPECT(std::string(flip.input_port(1).type) == "Nat" && flip.output_port().size == 2);
  EXPECT(flip.tensors().empty());

  const floats x = {1, 2, 3, 4}, n = {0.5f, 0.25f, 1, 10};
  EXPECT(flip(2, {x, n}) == floats{0.5f * 1 + 0.25f * 2, 0.5f * 2 + 0.25f * 1, 43, 34});
  EXPECT(flip(2, {input::shared({x.data(), 2}), n}) == floats{1, 1.25f, 21, 12});
  const floats wide = {1, 2, -1, 3, 4, -1};
  EXPECT(flip(2, {input::strided(wide, 3), n}) == floats{1, 1.25f, 43, 34});
  const std::array<float, 2> one = {1, 0};
  const float plain[2] = {0, 1};
  EXPECT(flip(1, {one, plain}) == floats{0, 1});

  // The workspace serves again, for more and for less.
  cajal::workspace work;
  floats result(4);
  for (std::size_t batch : {1, 2, 1}) {
    flip.forward(batch, {input(std::span(x).first(2 * batch)), input(std::span(n).first(2 * batch))},
                 std::span(result).first(2 * batch), work);
    EXPECT(result[0] == 1 && result[1] == 1.25f);
  }
  floats many(2000), ones(2000, 1);
  flip.forward(1000, {ones, ones}, many, work);
  EXPECT(many == floats(2000, 2));

  // Gradients of ⟨(1, 10), result⟩ in each sample: x̄ = (n0 + 10 n1, 10 n0 + n1), n̄ = (x0 + 10 x1, x1 + 10 x0).
  const floats result_bar = {1, 10, 1, 10};
  floats x_bar(2), n_bar(4), strided_bar(6, -7);
  auto kept = flip.forward_keep(2, {input::shared({x.data(), 2}), n}, result, std::move(work));
  EXPECT(result == floats{1, 1.25f, 21, 12});
  EXPECT(work.size() == 0);  // it is the other's now, and grows again
  flip.forward(1000, {ones, ones}, many, work);
  kept.backward(result_bar, {x_bar, n_bar});
  EXPECT(x_bar == floats{0.5f + 2.5f + 1 + 100, 5 + 0.25f + 10 + 10});
  EXPECT(n_bar == floats{21, 12, 21, 12});
  n_bar.assign(4, -7);
  kept.backward(result_bar, {{}, n_bar});
  EXPECT(n_bar == floats{21, 12, 21, 12});
  auto padded = flip.forward_keep(2, {input::strided(wide, 3), n}, result, std::move(kept).release());
  padded.backward(result_bar, {strided_bar, {}});
  EXPECT(strided_bar == floats{3, 5.25f, -7, 101, 20, -7});

  // Of each sample and summed, whatever the input is; after what is kept moved, in turns with `backward`.
  using gradient = cajal::gradient<float>;
  auto shared = flip.forward_keep(2, {input::shared({x.data(), 2}), n}, result);
  const floats x_each = {0.5f + 2.5f, 5.25f, 101, 20}, n_sum = {42, 24};
  floats x_bars(4, -7), n_bars(2, -7), x_apart(5, -7);
  for (int i = 0; i < 2; i++) {
    shared.backward_each(result_bar, {gradient::each(x_bars), gradient::sum(n_bars)});
    EXPECT(x_bars == x_each && n_bars == n_sum);
    shared.backward_each(result_bar, {gradient::each(x_apart, 3), {}});
    EXPECT(x_apart == floats{x_each[0], x_each[1], -7, x_each[2], x_each[3]});
    x_bar.assign(2, -7);
    shared.backward_each(result_bar, {gradient::sum(x_bar), gradient::each(n_bar)});
    EXPECT(x_bar == floats{104, 25.25f} && n_bar == floats{21, 12, 21, 12});
    x_bar.assign(2, -7);
    shared.backward(result_bar, {x_bar, {}});
    EXPECT(x_bar == floats{104, 25.25f});
  }
  refuses("the gradient in `x` has 2 reals, where a batch of 2 needs 4",
          [&] { shared.backward_each(result_bar, {gradient::each(x_bar), {}}); });
  refuses("the gradient in `x` has 4 reals, where a batch of 2 needs 5",
          [&] { shared.backward_each(result_bar, {gradient::each(x_bars, 3), {}}); });
  refuses("the gradient in `x` has samples of 2 reals that are 0 apart",
          [&] { shared.backward_each(result_bar, {gradient::each(x_bars, 0), {}}); });
  refuses("the gradient in `n` has 4 reals, where a batch of 2 needs 2",
          [&] { shared.backward_each(result_bar, {{}, gradient::sum(n_bar)}); });
  refuses("the gradient in `n` has 0 reals, where a batch of 2 needs 4",
          [&] { shared.backward_each(result_bar, {{}, gradient::each({})}); });
  refuses("flip: it has no parameters",
          [&] { shared.backward_each(result_bar, {{}, {}}, gradient::sum(x_bar)); });
  refuses("the result has 2 reals, where a batch of 2 needs 4", [&] { shared.backward_each(one, {{}, {}}); });
  refuses("it has 2 inputs, not 1", [&] { shared.backward_each(result_bar, {gradient::each(x_bars)}); });

  refuses("flip: it computes in float, not in double", [&] { library.program<double>("flip"); });
  refuses("there is no program `flop` in turn.cajal; there is flip", [&] { library.program<float>("flop"); });
  refuses("there is no model `flip` in turn.cajal; there is turn", [&] { library.model<float>("flip"); });
  refuses("flip: it takes 2 inputs, not 1", [&] { flip(2, {x}); });
  refuses("input `n` has 4 reals, where a batch of 1 needs 2", [&] { flip(1, {one, n}); });
  refuses("input `x` has 4 reals, where a batch of 3 needs 6", [&] { flip(3, {x, n}); });
  refuses("input `x` has 4 reals, where a batch of 2 needs 2", [&] { flip(2, {input::shared(x), n}); });
  refuses("input `x` has samples of 2 reals that are 1 apart", [&] { flip(2, {input::strided(x, 1), n}); });
  refuses("input `x` has 4 reals, where a batch of 2 needs 5", [&] { flip(2, {input::strided(x, 3), n}); });
  refuses("a batch of no samples", [&] { flip(0, {x, n}); });
  refuses("too large a batch", [&] { flip(std::numeric_limits<std::size_t>::max(), {x, n}); });
  refuses("there is no input 2", [&] { flip.input_port(2); });
  refuses("it has 0 parameters, not 1", [&] { flip.with(one.size() == 2 ? std::span(one).first(1) : one); });
  refuses("the result has 4 reals, where a batch of 1 needs 2", [&] {
    cajal::workspace other;
    flip.forward(1, {one, plain}, result, other);
  });
  refuses("the result has 2 reals, where a batch of 2 needs 4", [&] { padded.backward(one, {x_bar, {}}); });
  refuses("the gradient in `x` has 2 reals, and needs 5", [&] { padded.backward(result_bar, {x_bar, {}}); });
  refuses("it has 2 inputs, not 1", [&] { padded.backward(result_bar, {strided_bar}); });

  // Several threads, each with its own workspace.
  std::vector<floats> results(4);
  {
    std::vector<std::jthread> threads;
    for (floats &mine : results) threads.emplace_back([&] { for (int i = 0; i < 100; i++) mine = flip(2, {x, n}); });
  }
  for (const floats &mine : results) EXPECT(mine == results[0] && mine.size() == 4);
}

static void models(const cajal::library &library, const cajal::library &linked) {
  const auto untrained = library.model<float>("turn");
  EXPECT(untrained.parameter_count() == 6 && untrained.parameters().empty());
  EXPECT(untrained.tensors().size() == 2 && std::string(untrained.tensors()[1]->name) == "rounds.0.bias");
  const floats x = {1, 0}, s = {1, 0, 0, 1}, parameters = {0.5f, 0, 0, 1, 0.25f, 0};
  const auto turn = untrained.with(parameters), trained = linked.model<float>("turn");
  EXPECT(turn(2, {input::shared(x), s}) == floats{0.75f, 0, 0.25f, 1});
  EXPECT(trained(2, {input::shared(x), s}) == floats{0.75f, 0, 0.25f, 1});
  EXPECT(floats(trained.parameters().begin(), trained.parameters().end()) == parameters);

  floats result(4), parameters_bar(6), s_bar(4);
  const floats result_bar = {1, 0, 1, 0};
  auto kept = turn.forward_keep(2, {input::shared(x), s}, result);
  kept.backward(result_bar, {{}, s_bar}, parameters_bar);
  EXPECT(s_bar == floats{0.5f, 0, 0.5f, 0});
  EXPECT(parameters_bar == floats{1, 1, 0, 0, 2, 0});

  using gradient = cajal::gradient<float>;
  floats x_each(4, -7), parameters_each(12, -7);
  for (int i = 0; i < 2; i++) {
    kept.backward_each(result_bar, {gradient::each(x_each), gradient::sum(std::span(s_bar).first(2))},
                       gradient::each(parameters_each));
    EXPECT(x_each == floats{0.75f, 0, 0.25f, 1});
    EXPECT(s_bar == floats{1, 0, 0.5f, 0});
    EXPECT(parameters_each == floats{1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0});
    parameters_bar.assign(6, -7);
    kept.backward_each(result_bar, {{}, gradient::each(s_bar)}, gradient::sum(parameters_bar));
    EXPECT(s_bar == floats{0.5f, 0, 0.5f, 0} && parameters_bar == floats{1, 1, 0, 0, 2, 0});
    kept.backward(result_bar, {{}, s_bar}, parameters_bar);
    EXPECT(s_bar == floats{0.5f, 0, 0.5f, 0} && parameters_bar == floats{1, 1, 0, 0, 2, 0});
  }
  // The workspace that it grew to serves again, without being moved.
  cajal::workspace work = std::move(kept).release();
  const std::size_t size = work.size();
  const auto bytes = linked.models()[0]->workspace_bytes;
  EXPECT(0 < bytes(2, 1) && bytes(2, 1) < bytes(2, 2) && size == bytes(2, 2));
  auto again = turn.forward_keep(2, {input::shared(x), s}, result, std::move(work));
  again.backward_each(result_bar, {{}, {}}, gradient::each(parameters_each));
  EXPECT(parameters_each == floats{1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0});
  EXPECT(std::move(again).release().size() == size);
  refuses("the gradient in the parameters has 6 reals, where a batch of 2 needs 12",
          [&] { again.backward_each(result_bar, {{}, {}}, gradient::each(parameters_bar)); });

  refuses("the model is not trained: give its 6 parameters by `with`", [&] { untrained(1, {x, x}); });
  refuses("turn: it has 6 parameters, not 2", [&] { untrained.with(x); });
  refuses("it has 6 parameters, not 2", [&] { kept.backward(result_bar, {{}, s_bar}, std::span(result).first(2)); });
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  const cajal::library linked(turn_module_info());
  EXPECT(std::string(linked.module_info().source) == "turn.cajal");
  EXPECT(linked.programs().size() == 1 && linked.models().size() == 1);
  programs(linked);
  auto loaded = std::make_unique<cajal::library>(arguments[1]);
  programs(*loaded);
  models(*loaded, linked);

  // A function keeps its code.
  const auto flip = loaded->program<float>("flip");
  loaded.reset();
  EXPECT(flip(1, {floats{1, 0}, floats{0, 1}}) == floats{0, 1});

  refuses("cannot open shared object file", [] { cajal::library("no-such.so"); });
  refuses("is no compiled Cajal module", [&] { cajal::library{arguments[2]}; });
  refuses("the module is none", [] { cajal::library(static_cast<const cajal_module *>(nullptr)); });
  cajal_module later = linked.module_info();
  later.abi = CAJAL_ABI_TABLES + 1;
  refuses("has version 3 of the interface, not 1 to 2", [&] { cajal::library{&later}; });

  // What the module itself answers, by its status.
  static const auto without_gradient = [](std::size_t, const void *const *, const std::size_t *, const void *,
                                          void *const *, void *) -> int { return CAJAL_NO_GRADIENT; };
  cajal_program program = *linked.programs()[0];
  program.backward = without_gradient;
  program.struct_size = offsetof(cajal_program, backward_each);
  const cajal_program *const list[] = {&program};
  cajal_module module = linked.module_info();
  module.programs = list;
  refuses("flip: compiled without --emit-grad", [&] {
    floats x = {1, 0}, result(2);
    cajal::library(&module).program<float>("flip").forward_keep(1, {x, x}, result).backward(x, {x, {}});
  }, CAJAL_NO_GRADIENT);

  // From before there was backward_each.
  cajal_model model = *linked.models()[0];
  model.struct_size = offsetof(cajal_model, backward_each);
  const cajal_model *const only[] = {&model};
  module.models = only;
  const floats x = {1, 0};
  floats bar(2), result(2);
  const auto older = [&]<typename Function>(const Function &function) {
    function.forward_keep(1, {x, x}, result).backward_each(x, {cajal::gradient<float>::each(bar), {}});
  };
  const cajal::library before(&module);
  refuses("flip: the module has no gradients of each sample, since it was compiled before there were any: "
          "compile it again",
          [&] { older(before.program<float>("flip")); });
  refuses("turn: the module has no gradients of each sample", [&] { older(before.model<float>("turn")); });
  return failures != 0;
}
