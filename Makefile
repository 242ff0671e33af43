# Everything is built from here; `make help` lists what. Works with make -j.

CAJALFLAGS = --emit-grad
CFLAGS = -std=c11 -O3 -march=native -Wall -Wextra -Wpedantic
ifeq ($(origin CC),default)
CC = gcc
endif
export CAJALFLAGS
# SwiftPM would take CC for its own compiler, and it needs clang.
SWIFT = env -u CC swift

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDEXPANSION:

.PHONY: all
all: bin/cajal2c bin/cajal-train build/libcajal.a

.PHONY: help
help:
	@echo 'make               the compiler, bin/cajal2c, the trainer, bin/cajal-train, and the runtime library,'
	@echo '                   build/libcajal.a'
	@echo 'make PATH/x.so     a shared object from PATH/x.cajal by way of PATH/x.c and PATH/x.h;'
	@echo '                   CAJALFLAGS goes to the compiler (now: $(CAJALFLAGS)), CFLAGS to $(CC);'
	@echo '                   the weights in PATH/x.safetensors, where there is one, are embedded'
	@echo 'make demo          trains two networks through Examples/xor/xor.cajal on 60 000 images, and then Model D of'
	@echo '                   Examples/experiments; DEMOFLAGS goes to the first trainer (DEMOFLAGS=--help)'
	@echo 'make bench         times programs and training beside PyTorch, JAX, CasADi and the limits of the machine:'
	@echo '                   ROWS=a,c some of the rows a to g, QUICK=1 shorter, PUBLISH=1 into Benchmarks/results;'
	@echo '                   BENCH_VENV=FOLDER is a Python environment with the peers; without it they are installed'
	@echo '                   from PyPI into build/bench/venv. Benchmarks/README.md says more'
	@echo 'make test          all tests: of the runtime and the trainer in C, then of the compiler'
	@echo 'make campaign      random programs and models through every interpreter and every compiler that is there:'
	@echo '                   N=$(N) of them, SEED=$(SEED), JOBS=$(JOBS) at a time. It may be stopped, and goes on where'
	@echo '                   it was (FRESH=1: from the start); what fails is in build/campaign/failures. PUBLISH=1 writes'
	@echo '                   docs/campaign.md, PROGRAM=P runs one again. Tests/Campaign/README.md says more'
	@echo 'make deps          installs the Debian packages that are needed, as root or through sudo'
	@echo 'make clean         removes what was built'

# ---- Debian packages: checked where they are used, installed where they are missing ----

PACKAGES = libopenblas-dev zlib1g-dev dataset-fashion-mnist gnuplot-nox
NEEDS = $(PACKAGES:%=need-%)

.PHONY: deps $(NEEDS)
deps:
	@CC='$(CC)' .ci/need $(PACKAGES)
$(NEEDS): need-%:
	@CC='$(CC)' .ci/need $*

# ---- The compiler and the trainer ----

# Folders too: they change when a file comes or goes.
COMPILER_SOURCES := $(shell find Package.swift Sources Runtime/include Runtime/src)

# The Swift runtime is linked in: it starts faster, and runs where Swift is not installed.
# One after the other, since SwiftPM locks its folder.
bin/cajal2c: $(COMPILER_SOURCES)
bin/cajal-train: $(COMPILER_SOURCES) | bin/cajal2c need-zlib1g-dev
bin/cajal2c bin/cajal-train:
	@command -v swift >/dev/null || { echo 'swift is missing: see https://www.swift.org/install' >&2; exit 1; }
	$(SWIFT) build -c release --product $(@F) --static-swift-stdlib
	@mkdir -p bin
	@strip -o $@.new .build/release/$(@F) && mv -f $@.new $@

# ---- The runtime library ----

RUNTIME_SOURCES := $(wildcard Runtime/src/*.c)
RUNTIME_HEADERS := $(wildcard Runtime/include/*.h Runtime/src/*.h)
RUNTIME_OBJECTS := $(RUNTIME_SOURCES:Runtime/src/%.c=build/runtime/%.o)
# The kernels gain from fused multiplication and addition, which -std=c11 alone would rule out.
RUNTIME_CFLAGS = -ffp-contract=fast -DCAJAL_BLAS -IRuntime/include

build/libcajal.a: $(RUNTIME_OBJECTS)
	@rm -f $@
	@ar rcs $@ $^

$(RUNTIME_OBJECTS): build/runtime/%.o: Runtime/src/%.c $(RUNTIME_HEADERS) Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(RUNTIME_CFLAGS) -fPIC -fvisibility=hidden -c $< -o $@

build/runtime/blas_product.o: | need-libopenblas-dev

# ---- x.cajal -> x.c, x.h -> x.so ----

# x.safetensors beside x.cajal is embedded; t.cajal and x-t.cajal are Models T (Examples/experiments).
file_flags = $(if $(wildcard $1.safetensors),--weights $1.safetensors) \
  $(if $(filter t %-t,$(notdir $1)),--type-preserving)

# The flags of the last time, so that other flags compile again.
flags_of = build/flags$(abspath $1).flags
.PRECIOUS: build/flags/%.flags %.c %.h
build/flags/%.flags: FORCE
	@mkdir -p "$(@D)"
	@flags="$$CAJALFLAGS $(strip $(call file_flags,/$*))"; \
	  printf '%s\n' "$$flags" | cmp -s - "$@" || printf '%s\n' "$$flags" >"$@"
.PHONY: FORCE
FORCE:

%.c %.h: %.cajal bin/cajal2c $$(call flags_of,$$*) $$(wildcard $$*.safetensors)
	bin/cajal2c $(CAJALFLAGS) $(call file_flags,$*) $< -o $*.c

# OpenBLAS is loaded with a module only if the module uses it.
BLAS_LIBRARY = $(if $(filter none,$(patsubst --blas=%,%,$(CAJALFLAGS))),,-Wl,--as-needed -lopenblas)
%.so: %.c %.h build/libcajal.a
	$(CC) $(CFLAGS) -DCAJAL_SHARED_OBJECT -fPIC -shared -fvisibility=hidden -IRuntime/include $< -o $@ \
	  -Wl,-soname,$(@F) -Wl,-z,defs build/libcajal.a $(BLAS_LIBRARY) -lm

# ---- The demo ----

TRAINER_SOURCES := $(filter-out Examples/xor/xor.c,$(wildcard Examples/xor/*.c))
TRAINER_HEADERS := $(filter-out Examples/xor/xor.h,$(wildcard Examples/xor/*.h))
TRAINER_OBJECTS := $(TRAINER_SOURCES:Examples/xor/%.c=build/xor/%.o)
# sqrtf need not set errno, which would keep Adam's loop from being vectorised.
TRAINER_CFLAGS = -Werror -fno-math-errno -IRuntime/include

bin/train-xor: $(TRAINER_OBJECTS) Examples/xor/xor.so build/libcajal.a
	@mkdir -p $(@D)
	$(CC) $(TRAINER_OBJECTS) -o $@ Examples/xor/xor.so -Wl,-rpath,'$$ORIGIN/../Examples/xor' build/libcajal.a \
	  -lopenblas -lz -lm

$(TRAINER_OBJECTS): build/xor/%.o: Examples/xor/%.c $(TRAINER_HEADERS) Runtime/include/cajal.h Makefile \
    | need-libopenblas-dev need-zlib1g-dev
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(TRAINER_CFLAGS) -c $< -o $@

build/xor/program.o: Examples/xor/xor.h

# The folder of --data, for the experiment too.
DEMO_DATA = $(foreach i,$(shell seq $(words $(DEMOFLAGS))),\
  $(if $(filter --data,$(word $i,$(DEMOFLAGS))),--data $(wordlist 2,2,$(wordlist $i,$(words $(DEMOFLAGS)),$(DEMOFLAGS)))))

.PHONY: demo
demo: all bin/train-xor $(if $(findstring --data,$(DEMOFLAGS)),,need-dataset-fashion-mnist)
	-@.ci/need gnuplot-nox
	bin/train-xor $(DEMOFLAGS)
	@rm -rf build/experiments/demo
	$(if $(filter --help,$(DEMOFLAGS)),,Examples/experiments/run demo $(DEMO_DATA))

# ---- Benchmarks ----

.PHONY: bench test-bench
bench: all need-gnuplot-nox need-libopenblas-dev
	@CC='$(CC)' CFLAGS='$(CFLAGS)' Benchmarks/run $(if $(ROWS),--rows '$(ROWS)') $(if $(QUICK),--quick) \
	  $(if $(PUBLISH),--publish)

# Of the harness alone: needs no peer, and no compiler of ours.
test-bench: | need-libopenblas-dev
	@CC='$(CC)' CFLAGS='$(CFLAGS) -Werror' Benchmarks/tests/test.bash

# ---- Tests ----

SANITIZE = -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra -Wpedantic
RUNTIME_TESTS := $(wildcard Runtime/tests/*.c)
RUNTIME_TEST_CFLAGS = $(RUNTIME_CFLAGS) -Werror -IRuntime/src -IRuntime/tests

build/tests/runtime build/tests/runtime-sanitized: $(RUNTIME_TESTS) $(RUNTIME_SOURCES) $(RUNTIME_HEADERS) \
    $(wildcard Runtime/tests/*.h) Makefile | need-libopenblas-dev
	@mkdir -p $(@D)
	$(CC) $(if $(findstring sanitized,$@),$(SANITIZE),$(CFLAGS)) $(RUNTIME_TEST_CFLAGS) \
	  $(RUNTIME_TESTS) $(RUNTIME_SOURCES) -o $@ -lopenblas -lm

build/tests/idx build/tests/idx-sanitized: Examples/xor/tests/idx_test.c Examples/xor/idx.c Examples/xor/idx.h \
    Makefile | need-zlib1g-dev
	@mkdir -p $(@D)
	$(CC) $(if $(findstring sanitized,$@),$(SANITIZE),$(CFLAGS)) -Werror $(filter %.c,$^) -o $@ -lz

# The public header, alone, in C and C++, by every compiler that is there.
build/tests/header: Runtime/include/cajal.h Makefile
	@mkdir -p $(@D)
	@for compiler in 'gcc -x c -std=c11' 'clang -x c -std=c11' 'g++ -x c++ -std=c++11' 'clang++ -x c++ -std=c++11'; do \
	  command -v $${compiler%% *} >/dev/null || continue; \
	  $$compiler -Wall -Wextra -Wpedantic -Werror -fsyntax-only $< || exit 1; \
	done
	@touch $@

.PHONY: test test-native test-experiments test-swift
test: test-swift

# Every experiment for a few steps, and the trained module that comes out in C, Swift and Python.
test-experiments: all
	-@.ci/need gnuplot-nox
	@Examples/experiments/tests/experiments.bash build/tests/experiments
	@CC='$(CC)' Examples/infer/tests/infer.bash build/tests/infer build/tests/experiments

test-native: build/tests/header build/tests/runtime build/tests/runtime-sanitized build/tests/idx \
    build/tests/idx-sanitized test-experiments test-bench
	@for test in build/tests/runtime build/tests/runtime-sanitized; do \
	  echo "$$test"; $$test || exit 1; \
	done
	@for test in build/tests/idx build/tests/idx-sanitized; do \
	  echo "$$test"; $$test build/tests || exit 1; \
	done

# After the native tests and a slice of the campaign, and with the library that the tests of compiled modules link.
test-swift: test-native test-campaign build/libcajal.a
	$(SWIFT) test

# ---- The campaign ----

N = 2000
SEED = 1
JOBS = $(shell nproc)
.PHONY: campaign
campaign: build/campaign/campaign | need-libopenblas-dev
	$< --programs $(N) --seed $(SEED) --jobs $(JOBS) $(if $(ROW),--row '$(ROW)') $(if $(FRESH),--fresh) \
	  $(if $(REPORT),--report) $(if $(PROGRAM),--program $(PROGRAM)) $(if $(FILE),--file '$(FILE)') \
	  $(if $(PUBLISH),--publish docs/campaign.md)

# The same programs each time, by the flags of this file.
.PHONY: test-campaign
test-campaign: build/campaign/campaign | need-libopenblas-dev
	$< --programs 240 --seed 7 --jobs $(JOBS) --row 'gcc -O3 -march=native' --fresh

build/campaign/campaign: $(COMPILER_SOURCES) $(wildcard Tests/Support/*.swift Tests/Campaign/*) | bin/cajal2c
	$(SWIFT) build -c release --product campaign --static-swift-stdlib
	@mkdir -p $(@D)
	@strip -o $@.new .build/release/$(@F) && mv -f $@.new $@

.PHONY: clean
clean:
	rm -rf bin build Examples/xor/xor.c Examples/xor/xor.h Examples/xor/xor.so
	rm -f Examples/experiments/*/*.[ch] Examples/experiments/*/*.so
	-$(SWIFT) package clean
