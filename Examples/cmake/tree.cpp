// tree.cpp: how probable (a or b) and not c is, and how much each of them matters. The tree is made here.
#include <cstdint>
#include <cstdio>
#include <vector>

#include <cajal.hpp>

#include "tree.h"

// A table of at most N nodes, the root first: a row of reals each, and the rows of its parts, -1 for none.
struct table {
  const cajal_port &port;
  std::vector<float> rows = std::vector<float>(port.size);
  std::vector<std::int32_t> nodes = std::vector<std::int32_t>(2 * port.nodes, -1);
  std::int32_t count = 0;

  std::size_t place(std::int32_t row, const char *part) const {
    return row * port.dims[1] + cajal::part(port, part).offset;
  }
  std::int32_t add(const char *constructor) {
    rows[place(count, constructor)] = 1;
    return count++;
  }
  std::size_t leaf(float probability) {
    const std::size_t field = place(add("Leaf"), "Leaf.1");
    rows[field] = probability, rows[field + 1] = 1 - probability;  // a Bool: true, false
    return field;
  }
};

int main() try {
  const cajal::library library(tree_module_info());
  const auto holds = library.program<float>("holds");
  table t{holds.input_port(0)};
  const std::int32_t both = t.add("And"), either = t.add("Or");
  const std::size_t a = t.leaf(0.5f), b = t.leaf(0.25f);
  const std::int32_t other = t.add("Not");
  const std::size_t c = t.leaf(0.2f);
  t.nodes[2 * both] = either, t.nodes[2 * both + 1] = other;
  t.nodes[2 * either] = 2, t.nodes[2 * either + 1] = 3;
  t.nodes[2 * other] = 5;

  std::vector<float> result(2), rows_bar(t.rows.size());
  const std::vector<float> result_bar = {1, 0};
  auto kept = holds.forward_keep(1, {cajal::table<float>{t.rows, t.nodes}}, result);
  kept.backward(result_bar, {rows_bar});
  std::printf("probability: %g\n", result[0]);
  const std::size_t leaves[] = {a, b, c};
  for (int i = 0; i < 3; i++)
    std::printf("if %c becomes more probable: %g\n", "abc"[i], rows_bar[leaves[i]] - rows_bar[leaves[i] + 1]);
} catch (const cajal::error &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
