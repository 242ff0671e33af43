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

# A word of the shell, whatever is in it.
quoted = '$(subst ','\'',$1)'

# What a file was made with stands in build/flags, and other flags make it again: `made_with` is FORCE then, as a
# prerequisite, and the recipe ends with `record`. Both take the file, and the flags' variable.
flags_file = build/flags/$(shell realpath -m -- $(call quoted,$1) | cksum | tr ' ' -)
made_with = $(if $(shell printf '%s\n' $(call quoted,$($2)) | cmp -s - $(call flags_file,$1) || echo no),FORCE)
record = @mkdir -p build/flags && printf '%s\n' $(call quoted,$($2)) >$(call flags_file,$1)
COMPILER = $(CC) $(CFLAGS)

.PHONY: all FORCE
all: bin/cajal2c bin/cajal-train build/libcajal.a $(if $(MPI),bin/libcajal-mpi.so)
FORCE:

.PHONY: help
help:
	@echo 'make               the compiler, bin/cajal2c, the trainer, bin/cajal-train, and the runtime library,'
	@echo '                   build/libcajal.a'
	@echo 'make MPI=1         also bin/libcajal-mpi.so, by which cajal-train runs on several processes, by $(MPICC)'
	@echo '                   (MPICC=PATH/mpicc); docs/training.md says more'
	@echo 'make PATH/x.so     a shared object from PATH/x.cajal by way of PATH/x.c and PATH/x.h;'
	@echo '                   CAJALFLAGS goes to the compiler (now: $(CAJALFLAGS)), CFLAGS to $(CC);'
	@echo '                   the weights in PATH/x.safetensors, where there is one, are embedded, if CAJALFLAGS has no'
	@echo '                   --weights of its own;'
	@echo '                   VERIFY=1 compares the object with the oracles of `cajal2c verify` before it is there'
	@echo 'make demo          trains two networks through Examples/xor/xor.cajal on 60 000 images, and then Model D of'
	@echo '                   Examples/experiments; DEMOFLAGS goes to the first trainer (DEMOFLAGS=--help)'
	@echo 'make bench         times programs and training beside PyTorch, JAX, CasADi and the limits of the machine:'
	@echo '                   ROWS=a,c some of the rows a to h, p and s, QUICK=1 shorter, PUBLISH=1 into Benchmarks/results;'
	@echo '                   BENCH_VENV=FOLDER is a Python environment with the peers; without it they are installed'
	@echo '                   from PyPI into build/bench/venv. Benchmarks/README.md says more'
	@echo 'make test-fast     every test in Swift that needs no C compiler'
	@echo 'make test          all tests: test-native, test-campaign, and then those in Swift. Parts of test-native are'
	@echo '                   test-build, test-make, test-guest, test-install, test-experiments, test-science,'
	@echo '                   test-format, test-bench, test-mpi and test-python. PYTHON=python3 names a Python with'
	@echo '                   numpy, pytest, torch and jax for test-python; without it they are installed from PyPI'
	@echo '                   into build/python/venv.'
	@echo '                   docs/testing.md says more'
	@echo 'make wheel         build/wheel/cajal-*.whl, the Python package with compiler and runtime (Python/README.md)'
	@echo 'make runtime-library'
	@echo '                   the library that modules of this CC, CFLAGS and CAJALFLAGS are linked with; prints its path'
	@echo 'make install       the compiler, the trainer, headers and the runtime library, for C, C++, CMake, pkg-config and'
	@echo '                   SwiftPM, manual pages and completions into $(PREFIX), or PREFIX=; MARCH=native makes the'
	@echo '                   library for this processor, MPI=1 adds bin/libcajal-mpi.so, DESTDIR=FOLDER puts all of it'
	@echo '                   under a folder; make uninstall takes it away. docs/cmake.md says more'
	@echo 'make mutants       puts deliberate faults into a copy, one after another, and shows which test catches each:'
	@echo '                   ONLY=word some of them, FRESH=1 those of earlier runs again, REPORT=1 the table of what was'
	@echo '                   run, PUBLISH=1 into Tests/Mutants/results.md'
	@echo 'make fuzz          runs what reads foreign input under libFuzzer, a minute each: SECONDS=600 longer,'
	@echo '                   TARGETS="program idx" some of them, REPORT=1 a table of what ran, PUBLISH=1 keeps it in'
	@echo '                   Tests/Fuzz/ran.tsv; docs/fuzzing.md says more'
	@echo 'make test-faults   the trainer killed KILLS times (20) at random moments, on full disks, with damaged files;'
	@echo '                   prints the table of docs/training-faults.md'
	@echo 'make test-compilers'
	@echo '                   programs with known answers and the tests of the runtime by every compiler and flag of'
	@echo '                   Tests/Compilers/table that is installed; make compilers installs those that Debian has'
	@echo 'make campaign      random programs and models through every interpreter and every compiler that is there:'
	@echo '                   N=$(N) of them, SEED=$(SEED), JOBS=$(JOBS) at a time. It may be stopped, and goes on where'
	@echo '                   it was (FRESH=1: from the start); what fails is in build/campaign/failures. PUBLISH=1 writes'
	@echo '                   docs/campaign.md, PROGRAM=P runs one again. Tests/Campaign/README.md says more'
	@echo 'make deps          installs the Debian packages that are needed, as root or through sudo'
	@echo 'make clean         removes what was built'

# ---- Debian packages: checked where they are used, installed where they are missing ----

PACKAGES = libopenblas-dev zlib1g-dev dataset-fashion-mnist gnuplot-nox
NEEDS = $(PACKAGES:%=need-%) need-libopenmpi-dev need-openmpi-bin
NEED = CC=$(call quoted,$(CC)) CFLAGS=$(call quoted,$(CFLAGS)) .ci/need

.PHONY: deps $(NEEDS)
deps:
	@$(NEED) $(PACKAGES)
$(NEEDS): need-%:
	@$(NEED) $*

# ---- The compiler and the trainer ----

# Folders too: they change when a file comes or goes.
COMPILER_SOURCES := $(shell find Package.swift Sources Runtime/include Runtime/src)

# A module is optimised as a whole, and its code generated by several threads.
SWIFT_RELEASE = $(SWIFT) build -c release --static-swift-stdlib -Xswiftc -num-threads -Xswiftc $(shell nproc)

# The Swift runtime is linked in: it starts faster, and runs where Swift is not installed.
# One after the other, since SwiftPM locks its folder.
bin/cajal2c: $(COMPILER_SOURCES)
bin/cajal-train: $(COMPILER_SOURCES) | bin/cajal2c need-zlib1g-dev
bin/cajal2c bin/cajal-train:
	@command -v swift >/dev/null || { echo 'swift is missing: see https://www.swift.org/install' >&2; exit 1; }
	$(SWIFT_RELEASE) --product $(@F)
	@mkdir -p bin
	@strip -o $@.new .build/release/$(@F) && mv -f $@.new $@

# ---- MPI, for the trainer ----

MPICC = mpicc
MPICC_FLAGS = -std=c11 -O2 -Wall -Wextra -Wpedantic -fPIC -shared -fvisibility=hidden -ISources/TrainingKernels/include
MPI_COMPILER = $(MPICC) $(MPICC_FLAGS)

# mpirun is needed to run it, not to build it.
bin/libcajal-mpi.so: Sources/MPI/cajal_mpi.c Sources/TrainingKernels/include/training_mpi.h \
    $$(call made_with,$$@,MPI_COMPILER) | $(if $(filter mpicc,$(MPICC)),need-libopenmpi-dev)
	@mkdir -p $(@D)
	$(MPI_COMPILER) $< -o $@.new && mv -f $@.new $@
	$(call record,$@,MPI_COMPILER)

# ---- The runtime library ----

# A library for each compiler and its flags, so that a module is linked with what was built for the same machine:
# libcajal.a, and libcajal-none.a without OpenBLAS. build/libcajal.a is the one of now.
runtime_folder = build/runtime/$(shell printf '%s\n' $(call quoted,$1) | cksum | tr ' ' -)
RUNTIME := $(call runtime_folder,$(COMPILER))
RUNTIME_SOURCES := $(wildcard Runtime/src/*.c)
RUNTIME_HEADERS := $(wildcard Runtime/include/*.h Runtime/src/*.h)
RUNTIME_OBJECTS := $(RUNTIME_SOURCES:Runtime/src/%.c=$(RUNTIME)/%.o)
# The kernels gain from fused multiplication and addition, which -std=c11 alone would rule out. A section for each
# function, so that of the kernels a program has those that it calls.
RUNTIME_CFLAGS = -ffp-contract=fast -ffunction-sections -fdata-sections -DCAJAL_BLAS -IRuntime/include

BLAS := $(if $(filter none,$(patsubst --blas=%,%,$(CAJALFLAGS))),none,openblas)
RUNTIME_LIBRARY := $(RUNTIME)/libcajal$(if $(filter none,$(BLAS)),-none).a

build/libcajal.a: $(RUNTIME_LIBRARY) FORCE
	@cmp -s $< $@ || cp $< $@
	@printf '%s\n' $(call quoted,$(COMPILER) $(BLAS)) >$@.flags

# Two makes may build at the same time: what is at a name is whole.
$(RUNTIME)/libcajal.a: $(RUNTIME_OBJECTS)
$(RUNTIME)/libcajal-none.a: $(filter-out %/blas_product.o,$(RUNTIME_OBJECTS))
$(RUNTIME)/libcajal.a $(RUNTIME)/libcajal-none.a:
	@ar rcs $@.$$$$ $^ && mv -f $@.$$$$ $@

$(RUNTIME_OBJECTS): $(RUNTIME)/%.o: Runtime/src/%.c $(RUNTIME_HEADERS) Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(RUNTIME_CFLAGS) -fPIC -fvisibility=hidden -c $< -o $@.$$$$ && mv -f $@.$$$$ $@

$(RUNTIME)/blas_product.o: | need-libopenblas-dev

.PHONY: runtime-library runtime-libraries
runtime-library: $(RUNTIME_LIBRARY)
	@echo $<
runtime-libraries: $(RUNTIME)/libcajal.a $(RUNTIME)/libcajal-none.a ;

# ---- x.cajal -> x.c, x.h -> x.so ----

# x.safetensors beside x.cajal is embedded, if CAJALFLAGS names no other weights. The experiments' t.cajal and x-t.cajal
# are Models T; EXPERIMENTS=1 says that a module outside of Examples/experiments is theirs.
weights = $(if $(shell test -e $(call quoted,$1.safetensors) && echo yes),$1.safetensors)
file_flags = $(if $(filter --weights --weights=%,$(CAJALFLAGS)),,$(if $(call weights,$1),--weights $(call quoted,$1.safetensors))) \
  $(if $(EXPERIMENTS)$(filter Examples/experiments/%,$1),$(if $(filter t %-t,$(notdir $1)),--type-preserving))
EMITTER = $(CAJALFLAGS) $(strip $(call file_flags,$*))

.PRECIOUS: %.c %.h
%.c %.h: %.cajal bin/cajal2c $$(call made_with,$$*.c,EMITTER) $$(call weights,$$*)
	bin/cajal2c $(EMITTER) $(call quoted,$<) -o $(call quoted,$*.c)
	$(call record,$*.c,EMITTER)

# OpenBLAS is loaded with a module only if the module uses it.
BLAS_LIBRARY = $(if $(filter none,$(BLAS)),,-Wl,--as-needed -lopenblas)
# VERIFY=1: built anew, and there only if it agrees.
%.so: %.c %.h $(RUNTIME_LIBRARY) $$(call made_with,$$@,COMPILER) $(if $(VERIFY),FORCE)
	$(CC) $(CFLAGS) -DCAJAL_SHARED_OBJECT -fPIC -shared -fvisibility=hidden -IRuntime/include $(call quoted,$<) \
	  -o $(call quoted,$@$(UNVERIFIED)) -Xlinker -soname -Xlinker $(call quoted,$(@F)) -Wl,-z,defs -Wl,-Bsymbolic \
	  -Wl,--gc-sections $(RUNTIME_LIBRARY) $(BLAS_LIBRARY) -lm
	$(if $(VERIFY),@$(verify_object))
	$(call record,$@,COMPILER)

UNVERIFIED = $(if $(VERIFY),.unverified)
unverified = $(call quoted,$@$(UNVERIFIED))
verify_object = bin/cajal2c verify $(EMITTER) $(call quoted,$*.cajal) --object $(unverified) && \
  mv -f $(unverified) $(call quoted,$@) || { status=$$?; rm -f $(unverified); exit $$status; }

# Where neither rule above applies: no x.cajal, or a name with a space, which make takes for two. Tried last, since what
# it needs has to be made by a pattern.
%.so: last-resort
	@+.ci/spaces $(call quoted,$@) $(call quoted,$(MAKE))
last-%: FORCE ; @:

# ---- Installing ----

PREFIX = /usr/local
# What is installed runs on any machine of this architecture, unless MARCH or CFLAGS says otherwise.
INSTALL_CFLAGS = $(strip $(if $(filter file,$(origin CFLAGS)),$(filter-out -march=native,$(CFLAGS)),$(CFLAGS)) \
  $(MARCH:%=-march=%))
INSTALL_RUNTIME = $(call runtime_folder,$(CC) $(INSTALL_CFLAGS))

.PHONY: install uninstall
install: bin/cajal2c bin/cajal-train $(if $(MPI),bin/libcajal-mpi.so)
	@$(MAKE) --no-print-directory -s runtime-libraries CFLAGS=$(call quoted,$(INSTALL_CFLAGS))
	@DESTDIR=$(call quoted,$(DESTDIR)) MPI=$(call quoted,$(MPI)) Install/install $(call quoted,$(PREFIX)) $(INSTALL_RUNTIME)
	@echo 'Installed in '$(call quoted,$(DESTDIR)$(PREFIX))
uninstall:
	@DESTDIR=$(call quoted,$(DESTDIR)) Install/install --remove $(call quoted,$(PREFIX))

# ---- The demo ----

TRAINER_SOURCES := $(filter-out Examples/xor/xor.c,$(wildcard Examples/xor/*.c))
TRAINER_HEADERS := $(filter-out Examples/xor/xor.h,$(wildcard Examples/xor/*.h))
TRAINER_OBJECTS := $(TRAINER_SOURCES:Examples/xor/%.c=build/xor/%.o)
# sqrtf need not set errno, which would keep Adam's loop from being vectorised.
TRAINER_CFLAGS = -Werror -fno-math-errno -IRuntime/include

bin/train-xor: $(TRAINER_OBJECTS) Examples/xor/xor.so $(RUNTIME_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(TRAINER_OBJECTS) -o $@ Examples/xor/xor.so -Wl,-rpath,'$$ORIGIN/../Examples/xor' $(RUNTIME_LIBRARY) \
	  -lopenblas -lz -lm

$(TRAINER_OBJECTS): build/xor/%.o: Examples/xor/%.c $(TRAINER_HEADERS) Runtime/include/cajal.h Makefile \
    $$(call made_with,$$@,COMPILER) | need-libopenblas-dev need-zlib1g-dev
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(TRAINER_CFLAGS) -c $< -o $@
	$(call record,$@,COMPILER)

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
	@CC=$(call quoted,$(CC)) CFLAGS=$(call quoted,$(CFLAGS)) Benchmarks/run $(if $(ROWS),--rows '$(ROWS)') $(if $(QUICK),--quick) \
	  $(if $(PUBLISH),--publish)

# Of the harness alone: needs no peer, and no compiler of ours.
test-bench: | need-libopenblas-dev
	@CC=$(call quoted,$(CC)) CFLAGS=$(call quoted,$(CFLAGS) -Werror) Benchmarks/tests/test.bash

# ---- The Python package ----

# A wheel with the compiler and the runtime's sources, for this kind of machine.
.PHONY: wheel
wheel: bin/cajal2c
	@Python/wheel "$$(PYTHON=$(call quoted,$(PYTHON)) Python/environment setuptools)"

# ---- Deliberate faults ----

.PHONY: mutants
mutants: | need-libopenblas-dev
	@CC=$(call quoted,$(CC)) Tests/Mutants/run $(if $(ONLY),--only '$(ONLY)') $(if $(REPORT),--report) $(if $(FRESH),--fresh) \
	  $(if $(PUBLISH),--publish)

# ---- Tests ----

SANITIZE = -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra -Wpedantic
RUNTIME_TESTS := $(wildcard Runtime/tests/*.c)
RUNTIME_TEST_CFLAGS = $(RUNTIME_CFLAGS) -Werror -IRuntime/src -IRuntime/tests

build/tests/runtime build/tests/runtime-sanitized: $(RUNTIME_TESTS) $(RUNTIME_SOURCES) $(RUNTIME_HEADERS) \
    $(wildcard Runtime/tests/*.h) Makefile $$(call made_with,$$@,COMPILER) | need-libopenblas-dev
	@mkdir -p $(@D)
	$(CC) $(if $(findstring sanitized,$@),$(SANITIZE),$(CFLAGS)) $(RUNTIME_TEST_CFLAGS) \
	  $(RUNTIME_TESTS) $(RUNTIME_SOURCES) -o $@ -lopenblas -lm
	$(call record,$@,COMPILER)

build/tests/idx build/tests/idx-sanitized: Examples/xor/tests/idx_test.c Examples/xor/idx.c Examples/xor/idx.h \
    Makefile $$(call made_with,$$@,COMPILER) | need-zlib1g-dev
	@mkdir -p $(@D)
	$(CC) $(if $(findstring sanitized,$@),$(SANITIZE),$(CFLAGS)) -Werror $(filter %.c,$^) -o $@ -lz
	$(call record,$@,COMPILER)

# The public headers, alone, in C and C++, by every compiler that is there.
build/tests/header: Runtime/include/cajal.h Runtime/cxx/cajal.hpp Makefile
	@mkdir -p $(@D)
	@for compiler in gcc gcc-11 clang aarch64-linux-gnu-gcc arm-linux-gnueabihf-gcc g++ g++-11 clang++; do \
	  command -v $$compiler >/dev/null || continue; \
	  case $$compiler in *++*) language=c++ standards='c++11 c++14 c++17 c++20' ;; \
	  *) language=c standards='c11 c17 c2x gnu17' ;; esac; \
	  for standard in $$standards; do \
	    $$compiler -x $$language -std=$$standard -Wall -Wextra -Wpedantic -Werror -fsyntax-only $< || exit 1; \
	  done; \
	  [ $$language = c ] || $$compiler -x c++ -std=c++20 -IRuntime/include -Wall -Wextra -Wpedantic -Wshadow -Werror \
	    -fsyntax-only Runtime/cxx/cajal.hpp || exit 1; \
	done
	@touch $@

.PHONY: test test-fast test-native test-build test-compilers test-compilers-some test-embedded test-experiments test-format \
  test-guest test-install test-science test-make test-mpi test-python test-runtime test-swift compilers
test: test-swift

# The form of the sources in Swift: .swift-format.
test-format:
	swift format lint --strict --parallel --recursive Sources Tests Plugins Examples Package.swift

# Compilers, flags and names that `make x.so` takes.
test-build: all
	@Tests/Build/build.bash build/tests/build

# Every compiler of the table; `make test` takes the most important ones of those that are installed.
test-compilers: all
	@Tests/Compilers/run.bash --all --thorough

# The compilers of the table that Debian has, as far as they can be installed.
compilers:
	-@for package in gcc-11 g++-11 clang qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross \
	    gcc-arm-linux-gnueabihf libc6-dev-armhf-cross; do $(NEED) $$package; done

# Every experiment for a few steps, and the trained module that comes out in C, Swift and Python.
test-experiments: all
	-@.ci/need gnuplot-nox
	@Examples/experiments/tests/experiments.bash build/tests/experiments
	@CC=$(call quoted,$(CC)) Examples/infer/tests/infer.bash build/tests/infer build/tests/experiments

# What the models of Examples/science conserve, and the message where a coefficient is wrong.
test-science: bin/cajal2c
	@Examples/science/check.bash

# A module in somebody's process: its object, its stack, two versions of it, bad arguments, threads.
test-guest: all need-libopenblas-dev
	@CC=$(call quoted,$(CC)) Tests/Guest/guest.bash build/tests/guest

# Single files on a device that QEMU is, where the tools are installed.
test-embedded: bin/cajal2c
	@Examples/embedded/run.bash

# Shared objects that are there only if they agree.
test-make: all
	@Tests/Make/verify.bash build/tests/make

# What `make install` puts somewhere, used from there alone.
test-install: all need-libopenblas-dev
	-@.ci/need cmake pkgconf libopenmpi-dev openmpi-bin
	@CC=$(call quoted,$(CC)) Tests/Install/install.bash

# The Python package. PYTHON is an environment to use as it is; by default build/python/venv, filled from PyPI.
test-python: bin/cajal2c
	@CC=$(call quoted,$(CC)) PYTHON=$(call quoted,$(PYTHON)) Python/tests/run.bash

# The trainer on several processes, where MPI is or can be installed.
test-mpi: bin/cajal-train
	-@$(NEED) libopenmpi-dev openmpi-bin
	@Tests/MPI/mpi.bash build/tests/mpi

# The kernels and the reader of image files.
test-runtime: build/tests/header build/tests/runtime build/tests/runtime-sanitized build/tests/idx build/tests/idx-sanitized
	@for test in build/tests/runtime build/tests/runtime-sanitized; do \
	  echo "$$test"; $$test || exit 1; \
	done
	@for test in build/tests/idx build/tests/idx-sanitized; do \
	  echo "$$test"; $$test build/tests || exit 1; \
	done

# Some rows of the table of compilers.
test-compilers-some: all
	@Tests/Compilers/run.bash

# Most use one processor, so several run at a time; the longest are begun first.
NATIVE_TESTS = test-python test-install test-guest test-mpi test-compilers-some test-runtime test-make test-build \
  test-experiments test-science test-embedded test-format test-bench
test-native: compilers all
	@MAKE=$(call quoted,$(MAKE)) MAKEFLAGS=$(call quoted,$(if $(MAKEOVERRIDES),-- $(MAKEOVERRIDES))) \
	  .ci/side-by-side $(JOBS) $(NATIVE_TESTS)

# All test targets but those that compile C. Compilers are out of reach: a test of another target that calls one fails,
# and belongs into one of these.
TARGETS_THAT_COMPILE = EmitCTests|EndToEndTests|TrainingTests
NO_COMPILER = build/tests/no-compiler
test-fast: | need-zlib1g-dev
	$(SWIFT) build --build-tests
	@mkdir -p $(NO_COMPILER)
	@for compiler in cc c++ gcc g++ clang clang++; do \
	  printf '#!/bin/sh\necho "no C compiler in make test-fast" >&2\nexit 1\n' >$(NO_COMPILER)/$$compiler; \
	done
	@chmod +x $(NO_COMPILER)/*
	PATH=$(call quoted,$(CURDIR)/$(NO_COMPILER)):"$$PATH" $(SWIFT) test --skip-build --skip '^($(TARGETS_THAT_COMPILE))\.'

# After the native tests and a slice of the campaign, and with the library that the tests of compiled modules link.
test-swift: test-native test-campaign build/libcajal.a
	$(SWIFT) test

# ---- Fuzzing ----

SECONDS = 60
.PHONY: fuzz
fuzz: $(if $(REPORT)$(PUBLISH),,need-zlib1g-dev)
	@Tests/Fuzz/run $(if $(PUBLISH),--publish,$(if $(REPORT),--report,$(SECONDS) $(TARGETS)))

# The trainer under faults at length. SEED chooses the moments, PARTS some of: kills signals disks inputs.
.PHONY: test-faults
test-faults: bin/cajal-train
	@SEED='$(or $(SEED),1)' PARTS='$(PARTS)' Tests/Faults/faults.bash build/tests/faults $(or $(KILLS),20)

# ---- The campaign ----

N = 2000
SEED = 1
JOBS = $(shell nproc)
.PHONY: campaign
campaign: build/campaign/campaign | need-libopenblas-dev
	$< --programs $(N) --seed $(SEED) --jobs $(JOBS) $(if $(ROW),--row '$(ROW)') $(if $(FRESH),--fresh) \
	  $(if $(REPORT),--report) $(if $(PROGRAM),--program $(PROGRAM)) $(if $(FILE),--file '$(FILE)') \
	  $(if $(PUBLISH),--publish docs/campaign.md)

# The same programs each time, by the flags of this file. The campaign is built with the tests, which is the build that
# comes next anyway.
.PHONY: test-campaign
test-campaign: | need-libopenblas-dev need-zlib1g-dev
	$(SWIFT) build --build-tests
	.build/debug/campaign --programs 60 --seed 7 --jobs $(JOBS) --row 'gcc -O3 -march=native' --fresh

build/campaign/campaign: $(COMPILER_SOURCES) $(wildcard Tests/Support/*.swift Tests/Campaign/*) | bin/cajal2c
	$(SWIFT_RELEASE) --product campaign
	@mkdir -p $(@D)
	@strip -o $@.new .build/release/$(@F) && mv -f $@.new $@

.PHONY: clean
clean:
	rm -rf bin build Examples/xor/xor.c Examples/xor/xor.h Examples/xor/xor.so
	rm -f Examples/experiments/*/*.[ch] Examples/experiments/*/*.so
	-$(SWIFT) package clean
