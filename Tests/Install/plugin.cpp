// A shared object in C++ that is linked with a module, and has what g++ would make one variable of the process.
#include <cajal.hpp>

#include "answer.h"

static std::size_t asked() {
  const auto answer = cajal::library(answer_module_info()).program<float>("answer")(1, {});
  std::size_t index = 0;
  while (answer[index] == 0) index++;
  return index;
}

struct memory {
  inline static const std::size_t answer = asked();
};

extern "C" __attribute__((visibility("default"))) std::size_t plugin_answer() { return memory::answer; }
