#!/bin/bash
# A shared object in C++ that calls std::to_string is never unloaded: built again and loaded again, the former one answers
# (g++ 12.2, glibc 2.36), also with -fvisibility=hidden.
#
# Why it matters: a program that builds an extension, loads it, closes it, changes it and loads it again goes on with the
# first one, without a message. g++ makes static variables of inline functions and templates ones that a process has once
# (STB_GNU_UNIQUE), and glibc keeps an object that has given such a variable for good.
# What one would expect: that dlclose unloads what nobody uses, or that -fvisibility=hidden is enough, as it is for
# variables of one's own. Those of the standard library's templates stay visible; std::to_string has a table of digits.
# With -fno-gnu-unique the new object answers.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
command -v g++ >/dev/null || { echo 'skipped: there is no g++'; exit 0; }
cat >"$folder/plugin.cpp" <<'CPP'
#include <string>
extern "C" __attribute__((visibility("default"))) int answer(int n) { return std::to_string(n).size() ? ANSWER : 0; }
CPP
cat >"$folder/host.c" <<'C'
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
static int ask(const char *path) {
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) exit(2);
  int answer = ((int (*)(int))dlsym(handle, "answer"))(7);
  dlclose(handle);
  return answer;
}
int main(int count, char **arguments) {
  if (count != 3) return 2;
  const int before = ask(arguments[1]);
  if (rename(arguments[2], arguments[1]) != 0) return 2;
  printf("%d, then %d\n", before, ask(arguments[1]));
}
C
gcc "$folder/host.c" -o "$folder/host" -ldl
said=
for flags in -O1 '-O1 -fvisibility=hidden' '-O1 -fno-gnu-unique'; do
  for n in 1 2; do
    # shellcheck disable=SC2086 # several words
    g++ -std=c++17 $flags -fPIC -shared -DANSWER=$n "$folder/plugin.cpp" -o "$folder/$n.so"
  done
  answers=$("$folder/host" "$folder/1.so" "$folder/2.so")
  echo "$flags: $answers"
  said+="$answers; "
done
[ "$said" = '1, then 1; 1, then 1; 1, then 2; ' ] || { echo 'changed'; exit 1; }
