// tree.cpp: how probable (a or b) and not c is, and how much each of them matters. The tree is made here.
#include <cstdint>
#include <cstdio>
#include <vector>

#include <cajal.hpp>

#include "tree.h"

int main() try {
  const cajal::library library(tree_module_info());
  const auto holds = library.program<float>("holds");

  // A table of at most 15 nodes, the root first: a row of reals each, and the rows of its parts, -1 for none.
  const cajal_port &port = holds.input_port(0);
  std::vector<float> rows(port.size);
  std::vector<std::int32_t> nodes(holds.nodes_port(0)->size, -1);
  std::int32_t count = 0;
  const auto node = [&](const char *constructor) {
    rows[count * port.dims[1] + cajal::part(port, constructor).offset] = 1;
    return count++;
  };
  const auto leaf = [&](float probability) {
    const std::int32_t row = node("Leaf");
    const std::size_t field = row * port.dims[1] + cajal::part(port, "Leaf.1").offset;
    rows[field] = probability, rows[field + 1] = 1 - probability;  // a Bool: true, false
    return field;
  };
  const std::int32_t both = node("And"), either = node("Or");
  const std::size_t a = leaf(0.5f), b = leaf(0.25f);
  const std::int32_t other = node("Not");
  const std::size_t c = leaf(0.2f);
  nodes[2 * both] = either, nodes[2 * both + 1] = other;
  nodes[2 * either] = 2, nodes[2 * either + 1] = 3;
  nodes[2 * other] = 5;

  std::vector<float> result(2), rows_bar(rows.size());
  const std::vector<float> result_bar = {1, 0};
  auto kept = holds.forward_keep(1, {cajal::table<float>{rows, nodes}}, result);
  kept.backward(result_bar, {rows_bar});
  std::printf("probability: %g\n", result[0]);
  for (const auto &[name, at] : {std::pair('a', a), std::pair('b', b), std::pair('c', c)})
    std::printf("if %c becomes more probable: %g\n", name, rows_bar[at] - rows_bar[at + 1]);
} catch (const cajal::error &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
