// tables.cpp: lists and trees by cajal.hpp, against values by hand, and what is refused. Linked with tables.cajal.
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <cajal.hpp>

#include "tables.h"

static int failures = 0;

static void expect(bool condition, const char *what) {
  if (condition) return;
  std::fprintf(stderr, "tables: FAILED: %s\n", what);
  failures++;
}
#define EXPECT(...) expect(__VA_ARGS__, #__VA_ARGS__)

static void refuses(const char *text, const std::function<void()> &action) {
  try {
    action();
  } catch (const cajal::error &error) {
    if (std::string(error.what()).find(text) != std::string::npos && error.status() == CAJAL_BAD_ARGUMENT) return;
    std::fprintf(stderr, "tables: instead of `%s`: %s\n", text, error.what());
    failures++;
    return;
  }
  std::fprintf(stderr, "tables: FAILED: not refused: %s\n", text);
  failures++;
}

using floats = std::vector<float>;
using numbers = std::vector<std::int32_t>;
using input = cajal::input<float>;
using table = cajal::table<float>;
using gradient = cajal::gradient<float>;
using cajal::nodes;

// A row: the weights of End and Letter; true, false. The word is true, true, false.
static const floats word = {0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0};

static void lists(const cajal::library &library) {
  const auto even = library.program<float>("even");
  EXPECT(even.input_count() == 1 && std::string_view(even.input_port(0).type) == "Word[4]");
  EXPECT(even.nodes_port(0)->nodes == 4 && even.nodes_port(0)->arity == 1 && even.nodes_port(0)->size == 1);
  EXPECT(cajal::part(even.input_port(0), "Letter").offset == 1);
  EXPECT(cajal::part(even.input_port(0), "Letter.1").offset == 2 && cajal::part(even.input_port(0), "Letter.1").size == 2);
  refuses("`w` has no part `Lettre`", [&] { cajal::part(even.input_port(0), "Lettre"); });
  refuses("`` has no part `End`", [&] { cajal::part(even.output_port(), "End"); });
  refuses("even: there is no input 1", [&] { even.input_port(1); });

  const std::int32_t four = 4;
  EXPECT(even(1, {table{word, std::span(&four, 1)}}) == floats{1, 0});
  EXPECT(even(1, {table{word, nodes::all()}}) == floats{1, 0});
  // Without the End the rest is missing: nothing is left.
  EXPECT(even(2, {table{input::shared(word), numbers{4, 3}}}) == floats{1, 0, 0, 0});
  EXPECT(even(2, {table{input::shared(word), nodes::strided(numbers{4, -1, 0}, 2)}}) == floats{1, 0, 0, 0});
  floats two = word;
  two.insert(two.end(), {1, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
  EXPECT(even(2, {table{two, numbers{4, 1}}}) == floats{1, 0, 1, 0});
  EXPECT(even(2, {table{two, nodes::shared(numbers{1})}}) == floats{0, 0, 1, 0});

  refuses("even: bad argument: w.nodes says that 5 rows count, and there are 4 (sample 1)",
          [&] { even(2, {table{two, numbers{4, 5}}}); });
  refuses("w.nodes says that -1 rows count, and there are 4", [&] { even(1, {table{word, numbers{-1}}}); });
  refuses("input `w` is a table: give its rows and nodes", [&] { even(1, {word}); });
  refuses("input `w` has 16 reals, where a batch of 2 needs 32", [&] { even(2, {table{word, numbers{4, 4}}}); });
  refuses("input `w.nodes` has 1 number, where a batch of 2 needs 2", [&] { even(2, {table{two, numbers{4}}}); });
  refuses("input `w.nodes` has samples of 1 number that are 0 apart",
          [&] { even(2, {table{two, nodes::strided(numbers{4, 4}, 0)}}); });
  refuses("even: it takes 1 inputs, not 2", [&] { even(1, {table{word, nodes::all()}, word}); });
}

// A row: the weights of Leaf and Node; the number. x · ((3 · 5) · 2).
static const floats tree = {0, 1, 0, 0, 1, 0, 1, 0, 3, 1, 0, 5, 1, 0, 2};
static const numbers children = {1, 4, 2, 3, -1, -1, -1, -1, -1, -1};

static void trees(const cajal::library &library) {
  const auto product = library.program<float>("product");
  EXPECT(product.input_count() == 2 && std::string_view(product.input_port(1).name) == "x");
  EXPECT(product.nodes_port(0)->arity == 2 && product.nodes_port(0)->size == 10 && !product.nodes_port(1));
  const floats x = {1, 10};
  EXPECT(product(2, {table{input::shared(tree), nodes::shared(children)}, x}) == floats{30, 300});

  // In the leaves of ⟨(1, 2), result⟩: x · the other two.
  floats result(2), tree_bar(15, -7), x_bar(2, -7);
  const floats result_bar = {1, 2};
  auto kept = product.forward_keep(2, {table{input::shared(tree), nodes::shared(children)}, x}, result);
  kept.backward(result_bar, {tree_bar, x_bar});
  EXPECT(tree_bar[8] == 21 * 10 && tree_bar[11] == 21 * 6 && tree_bar[14] == 21 * 15 && tree_bar[2] == 0);
  EXPECT(tree_bar[0] == 0 && tree_bar[1] == 21 * 30 && x_bar == floats{30, 60});
  // Of each sample, though the table is shared.
  floats each(30, -7);
  for (int i = 0; i < 2; i++) {
    kept.backward_each(result_bar, {gradient::each(each), gradient::sum(std::span(x_bar).first(1))});
    EXPECT(each[8] == 10 && each[15 + 8] == 200 && each[14] == 15 && each[15 + 14] == 300 && x_bar[0] == 90);
    tree_bar.assign(15, -7);
    kept.backward(result_bar, {tree_bar, {}});
    EXPECT(tree_bar[8] == 210);
  }
  refuses("the gradient in `t` has 2 reals, and needs 15", [&] { kept.backward(result_bar, {x_bar, {}}); });
  refuses("product: it has 2 inputs, not 3", [&] { kept.backward(result_bar, {tree_bar, {}, x_bar}); });

  numbers wrong = children;
  wrong.insert(wrong.end(), children.begin(), children.end());
  wrong[10 + 3] = 1;
  refuses("product: bad argument: t.nodes: child 1 of row 1 is 1; it has to be -1, or above 1 and below 5 (sample 1)",
          [&] { product(2, {table{input::shared(tree), wrong}, x}); });
  refuses("t.nodes: child 1 of row 1 is 1; it has to be -1, or above 1 and below 5",
          [&] {
            product.forward_keep(1, {table{tree, std::span(wrong).last(10)}, input::shared({x.data(), 1})},
                                 std::span(result).first(1));
          });
  refuses("input `t.nodes` is missing: only of a list may all rows count",
          [&] { product(1, {table{tree, nodes::all()}, input::shared({x.data(), 1})}); });
  refuses("input `x` is no table",
          [&] { product(2, {table{input::shared(tree), nodes::shared(children)}, table{x, nodes::all()}}); });
  refuses("input `t.nodes` has 9 numbers, where a batch of 1 needs 10",
          [&] { product(1, {table{tree, std::span(children).first(9)}, input::shared({x.data(), 1})}); });
  // The workspace of what was refused is of use again.
  EXPECT(product(1, {table{tree, children}, input::shared({x.data(), 1})}) == floats{30});
}

// Π (2 b₀ + 3 b₁ + ½) over the letters b.
static void models(const cajal::library &library) {
  const floats parameters = {2, 3, 0.5f};
  const auto weighed = library.model<float>("weighed").with(parameters);
  floats two = word, result(2), bar(3), each(6), word_bar(32, -7);
  two.insert(two.end(), {1, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
  const numbers counts = {4, 1};
  auto kept = weighed.forward_keep(2, {table{two, counts}}, result);
  EXPECT(result == floats{21.875f, 1});
  const floats result_bar = {1, 10};
  kept.backward(result_bar, {word_bar}, bar);
  EXPECT(bar == floats{17.5f, 6.25f, 23.75f});
  EXPECT(word_bar[2] == 17.5f && word_bar[3] == 26.25f && word_bar[6] == 17.5f && word_bar[12] == 21.875f);
  EXPECT(word_bar[16] == 10 && word_bar[20] == 0 && word_bar[31] == 0);
  kept.backward_each(result_bar, {{}}, gradient::each(each));
  EXPECT(each == floats{17.5f, 6.25f, 23.75f, 0, 0, 0});
}

int main() {
  const cajal::library library(tables_module_info());
  lists(library);
  trees(library);
  models(library);
  return failures != 0;
}
