// rebuilt.cpp FILE.so SECOND.so module|plugin: loads FILE, puts SECOND in its place, and loads FILE again, in one
// process. Prints the answers: of a module while the first is still loaded, of a plugin after it was unloaded.
#include <cstdio>
#include <filesystem>
#include <string>

#include <dlfcn.h>

#include <cajal.hpp>

static std::size_t of_module(const cajal::library &library) {
  const auto answer = library.program<float>("answer")(1, {});
  std::size_t index = 0;
  while (answer[index] == 0) index++;
  return index;
}

static std::size_t of_plugin(const char *path) {
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw cajal::error(CAJAL_BAD_ARGUMENT, dlerror());
  const auto answer = reinterpret_cast<std::size_t (*)()>(dlsym(handle, "plugin_answer"))();
  dlclose(handle);
  return answer;
}

int main(int count, char **arguments) try {
  if (count != 4) return 2;
  if (arguments[3] == std::string("plugin")) {
    std::printf("%zu ", of_plugin(arguments[1]));
    std::filesystem::rename(arguments[2], arguments[1]);
    std::printf("%zu\n", of_plugin(arguments[1]));
    return 0;
  }
  const cajal::library first(arguments[1]), same(arguments[1]);
  std::printf("%zu %zu ", of_module(first), of_module(same));
  std::filesystem::rename(arguments[2], arguments[1]);
  const cajal::library second(arguments[1]);
  std::printf("%zu %zu ", of_module(second), of_module(first));
  const cajal::library third(arguments[1]);
  std::printf("%zu\n", of_module(third));
} catch (const cajal::error &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
