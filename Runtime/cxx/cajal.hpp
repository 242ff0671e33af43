// Compiled Cajal modules in C++20: loading, workspaces, batches and gradients, checked. Over cajal.h, whose rules hold;
// nothing is needed beside it and the standard library.
//
//   cajal::library library("flip.so");                       // or a linked module: cajal::library(flip_module_info())
//   auto flip = library.program<float>("flip_from");
//   std::vector<float> y = flip(2, {cajal::input<float>::shared(x), n});   // one x for both samples
//   auto even = library.program<float>("even");                            // of lists
//   std::vector<float> z = even(2, {cajal::table<float>{rows, counts}});
//
// Everything that is refused is thrown as cajal::error. Objects of one function may be used in many threads at once,
// with a workspace for each.
//
// Compile C++ that goes into a shared object with -fno-gnu-unique, if by g++: otherwise it is never unloaded, and goes on
// answering after it was built again. -fvisibility=hidden is not enough, since templates of the standard library have
// such variables (std::to_string does).
#ifndef CAJAL_HPP
#define CAJAL_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <dlfcn.h>
#ifdef __linux__
#include <fcntl.h>
#include <unistd.h>
#endif

#include "cajal.h"

namespace cajal {

/// What a module, or this header, refuses.
class error : public std::runtime_error {
 public:
  error(int status, const std::string &text) : std::runtime_error(text), status_(status) {}

  /// The `cajal_status`; CAJAL_BAD_ARGUMENT too where a module cannot be loaded.
  int status() const noexcept { return status_; }

 private:
  int status_;
};

template <typename T>
concept real = std::same_as<T, float> || std::same_as<T, double>;

namespace detail {

[[noreturn]] inline void refuse(const std::string &text) { throw error(CAJAL_BAD_ARGUMENT, "cajal: " + text); }

/// The reals from the first of `batch` samples to the end of the last.
inline std::size_t extent(std::size_t batch, std::size_t stride, std::size_t size) {
  if (batch == 0) refuse("a batch of no samples");
  if (stride != 0 && batch - 1 > (std::numeric_limits<std::size_t>::max() - size) / stride) refuse("too large a batch");
  return (batch - 1) * stride + size;
}

inline std::string counted(std::size_t count, const char *unit) {
  return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
}
inline std::string reals(std::size_t count) { return counted(count, "real"); }

/// Whether a port is the children of a table, or the counts. A module of before there were tables has no field for it.
inline bool is_nodes(const cajal_port &port) noexcept {
  return port.struct_size > offsetof(cajal_port, element) && port.element == 1;
}

/// A shared object, for as long as somebody has it.
class shared_object {
 public:
  explicit shared_object(const std::string &path) {
    // Without a slash dlopen would look for it elsewhere.
    const std::string name = path.find('/') == std::string::npos ? "./" + path : path;
#ifdef __linux__
    // Where a file of this name is loaded, dlopen answers with that one, though another may be there by now. Under the
    // name of a descriptor the file itself is compared; while that is open no other file has this name.
    if (void *loaded = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD)) {
      dlclose(loaded);
      descriptor_ = open(name.c_str(), O_RDONLY | O_CLOEXEC);
      if (descriptor_ < 0) refuse("cannot open " + path);
    }
#endif
    const std::string opened = descriptor_ < 0 ? name : "/proc/self/fd/" + std::to_string(descriptor_);
    handle_ = dlopen(opened.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr) {
      const char *reason = dlerror();
      close_descriptor();
      refuse(reason != nullptr ? reason : "cannot load " + path);
    }
  }
  shared_object(const shared_object &) = delete;
  shared_object &operator=(const shared_object &) = delete;
  ~shared_object() {
    dlclose(handle_);
    close_descriptor();
  }

  void *symbol(const char *name) const noexcept { return dlsym(handle_, name); }

 private:
  void *handle_ = nullptr;
  int descriptor_ = -1;

  void close_descriptor() noexcept {
#ifdef __linux__
    if (descriptor_ >= 0) close(descriptor_);
#endif
  }
};

}  // namespace detail

/// Memory that a function works in; it grows to what is needed, and is there until the object is gone. For one call at
/// a time.
class workspace {
 public:
  workspace() = default;
  workspace(workspace &&other) noexcept : memory_(std::move(other.memory_)), size_(std::exchange(other.size_, 0)) {}
  workspace &operator=(workspace &&other) noexcept {
    memory_ = std::move(other.memory_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  /// At least `bytes` bytes, aligned; NULL where that is 0. What was there before is lost.
  void *reserve(std::size_t bytes) {
    if (bytes > size_) {
      memory_.reset();
      size_ = 0;
      memory_.reset(::operator new(bytes, alignment));
      size_ = bytes;
    }
    return memory_.get();
  }

  /// The same, but what was there before is there still, perhaps elsewhere.
  void *grow(std::size_t bytes) {
    if (bytes > size_) {
      workspace larger;
      larger.reserve(bytes);
      if (size_ != 0) std::memcpy(larger.memory_.get(), memory_.get(), size_);
      *this = std::move(larger);
    }
    return memory_.get();
  }

  std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::align_val_t alignment{CAJAL_WORKSPACE_ALIGNMENT};
  struct release {
    void operator()(void *memory) const noexcept { ::operator delete(memory, alignment); }
  };
  std::unique_ptr<void, release> memory_;
  std::size_t size_ = 0;
};

/// Where a row of a table has the weight of a constructor, "Letter", or its first field, "Letter.1". Refused where there
/// is no such part.
inline const cajal_part &part(const cajal_port &rows, std::string_view name) {
  const bool is_table = rows.struct_size > offsetof(cajal_port, parts);
  for (std::size_t i = 0; is_table && i < rows.part_count; i++)
    if (rows.parts[i]->name == name) return *rows.parts[i];
  detail::refuse(std::string("`") + rows.name + "` has no part `" + std::string(name) + "`");
}

/// The nodes of lists or trees for a batch: a view. Of a tree the children of each row, N × arity numbers a sample, each
/// above its row and below N, or -1 for none; of a list one number, how many of its rows count.
class nodes {
 public:
  /// One sample after another: of a vector, an array or a span.
  template <typename Values>
    requires std::constructible_from<std::span<const std::int32_t>, const Values &>
  nodes(const Values &values) : values_(values), kind_(kind::packed) {}

  /// Those of one sample, for the whole batch.
  static nodes shared(std::span<const std::int32_t> values) { return nodes(values, kind::shared, 0); }

  /// Samples whose first numbers are `stride` apart.
  static nodes strided(std::span<const std::int32_t> values, std::size_t stride) {
    return nodes(values, kind::strided, stride);
  }

  /// All rows of all lists count.
  static nodes all() { return nodes({}, kind::all, 0); }

 private:
  enum class kind { packed, shared, strided, all };
  std::span<const std::int32_t> values_;
  kind kind_;
  std::size_t stride_ = 0;

  nodes(std::span<const std::int32_t> values, kind how, std::size_t stride)
      : values_(values), kind_(how), stride_(stride) {}

  template <real>
  friend class function;
};

template <real Real>
struct table;

/// The values of one input for a batch: a view, so they have to outlive what is done with it.
template <real Real>
class input {
 public:
  /// Lists or trees.
  input(const table<Real> &table);

  /// One sample after another, batch × size reals: of a vector, an array or a span.
  template <typename Values>
    requires std::constructible_from<std::span<const Real>, const Values &>
  input(const Values &values) : values_(values), kind_(kind::packed) {}

  /// One sample, `size` reals, for the whole batch. Its gradient is the sum over the batch.
  static input shared(std::span<const Real> values) { return input(values, kind::shared, 0); }

  /// Samples whose first reals are `stride` apart, which is the size or more.
  static input strided(std::span<const Real> values, std::size_t stride) {
    return input(values, kind::strided, stride);
  }

 private:
  enum class kind { packed, shared, strided };
  std::span<const Real> values_;
  kind kind_;
  std::size_t stride_ = 0;
  bool is_table_ = false;
  cajal::nodes nodes_ = nodes::all();  // of a table

  input(std::span<const Real> values, kind how, std::size_t stride)
      : values_(values), kind_(how), stride_(stride) {}

  template <real>
  friend class function;
};

/// Lists or trees for a batch: `cajal::table<float>{rows, nodes}`. The rows, N × the reals of a row for each sample, and
/// the nodes may each be shared by the batch.
template <real Real>
struct table {
  input<Real> rows;
  cajal::nodes nodes;
};

template <real Real>
input<Real>::input(const table<Real> &table) : input(table.rows) {
  is_table_ = true;
  nodes_ = table.nodes;
}

/// Where a gradient is written, and whether it is that of each sample: a view. One made of nothing is not wanted.
template <real Real>
class gradient {
 public:
  gradient() = default;

  /// That of each sample, one after another, batch × size reals; also where the input is shared.
  static gradient each(std::span<Real> values) { return gradient(values, kind::packed, 0); }

  /// The same, with first reals that are `stride` apart, which is the size or more. What is between is left alone.
  static gradient each(std::span<Real> values, std::size_t stride) { return gradient(values, kind::strided, stride); }

  /// The sum over the batch, `size` reals; also where the input is not shared.
  static gradient sum(std::span<Real> values) { return gradient(values, kind::sum, 0); }

 private:
  enum class kind { unwanted, packed, strided, sum };
  std::span<Real> values_;
  kind kind_ = kind::unwanted;
  std::size_t stride_ = 0;

  gradient(std::span<Real> values, kind how, std::size_t stride) : values_(values), kind_(how), stride_(stride) {}

  template <real>
  friend class kept;
};

template <real Real>
class kept;

/// A program of a module, or a model with its parameters.
template <real Real>
class function {
 public:
  std::string_view name() const noexcept { return program_ ? program_->name : model_->name; }

  /// The judgement of a program, the signature of a model.
  std::string_view signature() const noexcept { return program_ ? program_->judgement : model_->signature; }

  std::size_t horizon() const noexcept { return program_ ? program_->horizon : model_->horizon; }

  /// A table is one input, its rows and nodes together.
  std::size_t input_count() const noexcept {
    std::size_t count = 0;
    for (std::size_t at = 0; at < port_count(); at = after(at)) count++;
    return count;
  }

  /// Name, type, size in reals and degree of an input, and of the result; of a table those of its rows.
  const cajal_port &input_port(std::size_t index) const { return port(port_of(index)); }

  /// The port of the nodes of an input that is a table, with N, the children of a row and the size of a sample; NULL of
  /// another input.
  const cajal_port *nodes_port(std::size_t index) const {
    const std::size_t at = port_of(index);
    return has_nodes(at) ? &port(at + 1) : nullptr;
  }
  const cajal_port &output_port() const noexcept { return *(program_ ? program_->output : model_->output); }

  /// Of a model; 0 of a program.
  std::size_t parameter_count() const noexcept { return model_ ? model_->parameter_count : 0; }

  /// Where the tensors of a model lie in its parameters; none of a program.
  std::span<const cajal_tensor *const> tensors() const noexcept {
    return model_ ? std::span(model_->tensors, model_->tensor_count) : std::span<const cajal_tensor *const>();
  }

  /// What it is called with: the embedded weights, or what `with` was given; none of an untrained model.
  std::span<const Real> parameters() const noexcept { return parameters_; }

  /// The same model with other parameters, which have to outlive it.
  function with(std::span<const Real> parameters) const {
    if (parameters.size() != parameter_count())
      refuse("it has " + std::to_string(parameter_count()) + " parameters, not " + std::to_string(parameters.size()));
    function other = *this;
    other.parameters_ = parameters;
    return other;
  }

  /// The results for a batch, one after another.
  std::vector<Real> operator()(std::size_t batch, std::initializer_list<input<Real>> inputs) const {
    workspace work;
    std::vector<Real> result(detail::extent(batch, output_port().size, output_port().size));
    forward(batch, inputs, result, work);
    return result;
  }

  /// Writes the results for a batch, one after another, into `result`; allocates nothing where the workspace has been
  /// used for such a batch, and there are at most eight inputs, a table being two here.
  void forward(std::size_t batch, std::span<const input<Real>> inputs, std::span<Real> result, workspace &work) const {
    run(batch, inputs, result, work, program_ ? program_->forward : nullptr, model_ ? model_->forward : nullptr, 0);
  }
  void forward(std::size_t batch, std::initializer_list<input<Real>> inputs, std::span<Real> result,
               workspace &work) const {
    forward(batch, std::span(inputs.begin(), inputs.size()), result, work);
  }

  /// The same, and what gradients need. The inputs, and a model's parameters, have to stay as they are for as long as
  /// gradients are asked for.
  kept<Real> forward_keep(std::size_t batch, std::span<const input<Real>> inputs, std::span<Real> result,
                          workspace work = {}) const {
    arguments in = run(batch, inputs, result, work, program_ ? program_->forward_keep : nullptr,
                       model_ ? model_->forward_keep : nullptr, 1);
    return kept<Real>(*this, batch, std::move(in), std::move(work));
  }
  kept<Real> forward_keep(std::size_t batch, std::initializer_list<input<Real>> inputs, std::span<Real> result,
                          workspace work = {}) const {
    return forward_keep(batch, std::span(inputs.begin(), inputs.size()), result, std::move(work));
  }

 private:
  std::shared_ptr<const detail::shared_object> object_;  // what it is code of, unless that is linked
  const cajal_program *program_ = nullptr;               // one of the two
  const cajal_model *model_ = nullptr;
  std::span<const Real> parameters_;

  friend class library;
  friend class kept<Real>;

  function(std::shared_ptr<const detail::shared_object> object, const cajal_program *program)
      : object_(std::move(object)), program_(program) {
    check_reals(program->real_bytes);
  }
  function(std::shared_ptr<const detail::shared_object> object, const cajal_model *model)
      : object_(std::move(object)), model_(model) {
    check_reals(model->real_bytes);
    if (model->weights != nullptr) parameters_ = {static_cast<const Real *>(model->weights), model->parameter_count};
  }

  void check_reals(std::size_t real_bytes) const {
    if (real_bytes != sizeof(Real))
      refuse(std::string("it computes in ") + (real_bytes == 4 ? "float" : "double") + ", not in " +
             (sizeof(Real) == 4 ? "float" : "double"));
  }

  /// Ports are what the C functions take: behind the rows of a table its nodes.
  std::size_t port_count() const noexcept { return program_ ? program_->input_count : model_->input_count; }
  const cajal_port &port(std::size_t at) const noexcept { return *(program_ ? program_->inputs : model_->inputs)[at]; }
  bool has_nodes(std::size_t at) const noexcept { return at + 1 < port_count() && detail::is_nodes(port(at + 1)); }
  /// The port of the input behind the one at this port.
  std::size_t after(std::size_t at) const noexcept { return at + (has_nodes(at) ? 2 : 1); }
  std::size_t port_of(std::size_t index) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < index && at < port_count(); i++) at = after(at);
    if (at >= port_count()) refuse("there is no input " + std::to_string(index));
    return at;
  }

  [[noreturn]] void refuse(const std::string &text) const { detail::refuse(std::string(name()) + ": " + text); }

  /// What `given` reals, or numbers of nodes, have to be for a batch; `what` says whose they are. Strided ones may be more.
  template <typename What>
  void check_layout(const What &what, std::size_t batch, std::size_t size, std::size_t stride, std::size_t given,
                    bool strided, const char *unit = "real") const {
    if (strided && stride < size)
      refuse(what() + " has samples of " + detail::counted(size, unit) + " that are " + std::to_string(stride) +
             " apart");
    const std::size_t extent = detail::extent(batch, stride, size);
    if (strided ? given < extent : given != extent)
      refuse(what() + " has " + detail::counted(given, unit) + ", where a batch of " + std::to_string(batch) +
             " needs " + std::to_string(extent));
  }

  /// Throws what a status means, of a call with these inputs.
  template <typename Arguments>
  void check_status(int status, std::size_t batch, Arguments &in) const {
    if (status == CAJAL_OK) return;
    const std::string node = status == CAJAL_BAD_ARGUMENT ? misplaced_node(batch, in) : "";
    throw error(status, std::string(name()) + ": " + (node.empty() ? cajal_status_text(status) : node));
  }

  /// Which count or child is the first that is out of its range, in words; empty where none is.
  template <typename Arguments>
  std::string misplaced_node(std::size_t batch, Arguments &in) const {
    for (std::size_t at = 0; at < port_count(); at++) {
      const auto *const nodes = static_cast<const std::int32_t *>(in.pointers()[at]);
      const std::size_t stride = in.strides()[at], samples = stride == 0 ? 1 : batch;
      if (!detail::is_nodes(port(at)) || nodes == nullptr) continue;
      for (std::size_t s = 0; s < samples; s++) {
        const std::size_t arity = port(at).arity, count = port(at).nodes;
        const std::size_t place = cajal_misplaced_node(count, arity, nodes + s * stride);
        if (place == std::numeric_limits<std::size_t>::max()) continue;
        const std::string found = std::to_string(nodes[s * stride + place]), rows = std::to_string(count),
                          row = std::to_string(place / arity), child = std::to_string(place % arity);
        return std::string("bad argument: ") + port(at).name +
               (arity == 1 ? " says that " + found + " rows count, and there are " + rows
                           : ": child " + child + " of row " + row + " is " + found + "; it has to be -1, or above " +
                                 row + " and below " + rows) +
               (samples > 1 ? " (sample " + std::to_string(s) + ")" : "");
      }
    }
    return "";
  }

  void check_parameters() const {
    if (parameters_.size() != parameter_count())
      refuse("the model is not trained: give its " + std::to_string(parameter_count()) + " parameters by `with`");
  }

  /// The inputs as the C functions take them.
  class arguments {
   public:
    explicit arguments(std::size_t count) : count_(count) {
      if (count > few) {
        many_pointers_.resize(count);
        many_strides_.resize(count);
      }
    }
    const void **pointers() noexcept { return count_ > few ? many_pointers_.data() : few_pointers_; }
    std::size_t *strides() noexcept { return count_ > few ? many_strides_.data() : few_strides_; }

   private:
    static constexpr std::size_t few = 8;
    std::size_t count_;
    const void *few_pointers_[few] = {};
    std::size_t few_strides_[few] = {};
    std::vector<const void *> many_pointers_;
    std::vector<std::size_t> many_strides_;
  };

  arguments checked(std::size_t batch, std::span<const input<Real>> inputs) const {
    if (inputs.size() != input_count())
      refuse("it takes " + std::to_string(input_count()) + " inputs, not " + std::to_string(inputs.size()));
    arguments in(port_count());
    std::size_t at = 0;
    for (const input<Real> &given : inputs) {
      using kind = typename input<Real>::kind;
      const auto what = [&] { return std::string("input `") + port(at).name + "`"; };
      if (given.is_table_ != has_nodes(at))
        refuse(what() + (given.is_table_ ? " is no table" : " is a table: give its rows and nodes, as a cajal::table"));
      const std::size_t size = port(at).size;
      const std::size_t stride = given.kind_ == kind::packed ? size : given.stride_;
      check_layout(what, batch, size, stride, given.values_.size(), given.kind_ == kind::strided);
      in.pointers()[at] = given.values_.data();
      in.strides()[at] = stride;
      if (given.is_table_) check_nodes(batch, given.nodes_, at + 1, in);
      at = after(at);
    }
    return in;
  }

  void check_nodes(std::size_t batch, const nodes &given, std::size_t at, arguments &in) const {
    using kind = nodes::kind;
    const std::size_t size = port(at).size;
    const auto what = [&] { return std::string("input `") + port(at).name + "`"; };
    if (given.kind_ == kind::all) {
      if (port(at).arity != 1) refuse(what() + " is missing: only of a list may all rows count");
    } else {
      const std::size_t stride = given.kind_ == kind::packed ? size : given.stride_;
      check_layout(what, batch, size, stride, given.values_.size(), given.kind_ == kind::strided, "number");
      in.pointers()[at] = given.values_.data();
      in.strides()[at] = stride;
    }
  }

  std::size_t workspace_bytes(std::size_t batch, int keep) const {
    const std::size_t bytes = program_ ? program_->workspace_bytes(batch, keep) : model_->workspace_bytes(batch, keep);
    if (bytes == std::numeric_limits<std::size_t>::max()) refuse("too large a batch");
    return bytes;
  }

  /// Whether it was compiled when there was `backward_each`.
  bool has_backward_each() const noexcept {
    return program_ ? program_->struct_size > offsetof(cajal_program, backward_each) && program_->backward_each
                    : model_->struct_size > offsetof(cajal_model, backward_each) && model_->backward_each;
  }

  arguments run(std::size_t batch, std::span<const input<Real>> inputs, std::span<Real> result, workspace &work,
                decltype(cajal_program::forward) program, decltype(cajal_model::forward) model, int keep) const {
    arguments in = checked(batch, inputs);
    check_results(batch, result.size());
    check_parameters();
    void *memory = work.reserve(workspace_bytes(batch, keep));
    check_status(program ? program(batch, in.pointers(), in.strides(), result.data(), memory)
                         : model(batch, parameters_.data(), in.pointers(), in.strides(), result.data(), memory),
                 batch, in);
    return in;
  }

  void check_results(std::size_t batch, std::size_t given) const {
    const std::size_t size = output_port().size, extent = detail::extent(batch, size, size);
    if (given != extent)
      refuse("the result has " + detail::reals(given) + ", where a batch of " + std::to_string(batch) + " needs " +
             std::to_string(extent));
  }
};

/// What `forward_keep` kept of a batch.
template <real Real>
class kept {
 public:
  /// Writes the gradients of ⟨result_bar, result⟩, one for each input; of a table that of its rows. Each is laid out as
  /// its input is, and of a shared one the sum over the batch; one that has no reals is not wanted. May be called again.
  void backward(std::span<const Real> result_bar, std::span<const std::span<Real>> gradients,
                std::span<Real> parameters_bar = {}) {
    check_counts(result_bar.size(), gradients.size());
    std::vector<void *> pointers(function_.port_count());
    std::size_t at = 0;
    for (const std::span<Real> &wanted : gradients) {
      if (!wanted.empty()) {
        const cajal_port &port = function_.port(at);
        const std::size_t extent = detail::extent(batch_, in_.strides()[at], port.size);
        if (wanted.size() < extent)
          function_.refuse(std::string("the gradient in `") + port.name + "` has " + detail::reals(wanted.size()) +
                           ", and needs " + std::to_string(extent));
        pointers[at] = wanted.data();
      }
      at = function_.after(at);
    }
    if (!parameters_bar.empty() && parameters_bar.size() != function_.parameter_count())
      function_.refuse("it has " + std::to_string(function_.parameter_count()) + " parameters, not " +
                       std::to_string(parameters_bar.size()));
    void *work = work_.reserve(0);
    const int status =
        function_.program_
            ? function_.program_->backward(batch_, in_.pointers(), in_.strides(), result_bar.data(), pointers.data(),
                                           work)
            : function_.model_->backward(batch_, function_.parameters_.data(), in_.pointers(), in_.strides(),
                                         result_bar.data(), parameters_bar.empty() ? nullptr : parameters_bar.data(),
                                         pointers.data(), work);
    function_.check_status(status, batch_, in_);
  }
  void backward(std::span<const Real> result_bar, std::initializer_list<std::span<Real>> gradients,
                std::span<Real> parameters_bar = {}) {
    backward(result_bar, std::span(gradients.begin(), gradients.size()), parameters_bar);
  }

  /// The same, of each sample or summed over the batch, as each gradient says. May be called before and after
  /// `backward`, as often as one likes. The first call moves what is kept into a larger workspace, unless this one has
  /// served for such a call before. Refused where the module was compiled before there was such a function.
  void backward_each(std::span<const Real> result_bar, std::span<const gradient<Real>> gradients,
                     gradient<Real> parameters_bar = {}) {
    if (!function_.has_backward_each())
      function_.refuse("the module has no gradients of each sample, since it was compiled before there were any: "
                       "compile it again");
    check_counts(result_bar.size(), gradients.size());
    std::vector<void *> pointers(function_.port_count());
    std::vector<std::size_t> strides(function_.port_count());
    std::size_t at = 0;
    for (const gradient<Real> &wanted : gradients) {
      const cajal_port &port = function_.port(at);
      strides[at] =
          checked_stride([&] { return std::string("the gradient in `") + port.name + "`"; }, wanted, port.size);
      pointers[at] = address(wanted);
      at = function_.after(at);
    }
    if (parameters_bar.kind_ != gradient<Real>::kind::unwanted && function_.parameter_count() == 0)
      function_.refuse("it has no parameters");
    const std::size_t parameters_stride =
        checked_stride([] { return std::string("the gradient in the parameters"); }, parameters_bar,
                       function_.parameter_count());
    void *work = work_.grow(function_.workspace_bytes(batch_, 2));
    const int status =
        function_.program_
            ? function_.program_->backward_each(batch_, in_.pointers(), in_.strides(), result_bar.data(),
                                                pointers.data(), strides.data(), work)
            : function_.model_->backward_each(batch_, function_.parameters_.data(), in_.pointers(), in_.strides(),
                                              result_bar.data(), address(parameters_bar), parameters_stride,
                                              pointers.data(), strides.data(), work);
    function_.check_status(status, batch_, in_);
  }
  void backward_each(std::span<const Real> result_bar, std::initializer_list<gradient<Real>> gradients,
                     gradient<Real> parameters_bar = {}) {
    backward_each(result_bar, std::span(gradients.begin(), gradients.size()), parameters_bar);
  }

  /// The workspace, for the next batch; nothing is kept then.
  workspace release() && { return std::move(work_); }

 private:
  function<Real> function_;
  std::size_t batch_;
  typename function<Real>::arguments in_;
  workspace work_;

  friend class function<Real>;

  void check_counts(std::size_t results, std::size_t gradients) const {
    function_.check_results(batch_, results);
    if (gradients != function_.input_count())
      function_.refuse("it has " + std::to_string(function_.input_count()) + " inputs, not " +
                       std::to_string(gradients));
  }

  static void *address(const gradient<Real> &bar) noexcept {
    return bar.kind_ == gradient<Real>::kind::unwanted ? nullptr : bar.values_.data();
  }

  /// How far apart the samples of a gradient are, each of `size` reals; 0 where it is a sum, or not wanted.
  template <typename What>
  std::size_t checked_stride(const What &what, const gradient<Real> &bar, std::size_t size) const {
    using kind = typename gradient<Real>::kind;
    if (bar.kind_ == kind::unwanted) return 0;
    const std::size_t stride = bar.kind_ == kind::packed ? size : bar.stride_;
    function_.check_layout(what, batch_, size, stride, bar.values_.size(), bar.kind_ == kind::strided);
    return stride;
  }

  kept(function<Real> function, std::size_t batch, typename cajal::function<Real>::arguments in, workspace work)
      : function_(std::move(function)), batch_(batch), in_(std::move(in)), work_(std::move(work)) {}
};

/// A compiled module. Its functions keep it loaded, also when this object is gone.
class library {
 public:
  /// Loads a shared object. A file that was built again is loaded anew, though the former one is still in use.
  explicit library(const std::string &path) : object_(std::make_shared<detail::shared_object>(path)) {
    void *symbol = object_->symbol("cajal_module_info");
    if (symbol == nullptr) detail::refuse(path + " is no compiled Cajal module: it has no cajal_module_info");
    adopt(reinterpret_cast<decltype(&cajal_module_info)>(symbol)(), path);
  }

  /// A module that is linked: `library(flip_module_info())`.
  explicit library(const cajal_module *module) { adopt(module, "the module"); }

  const cajal_module &module_info() const noexcept { return *module_; }

  std::span<const cajal_program *const> programs() const noexcept {
    return {module_->programs, module_->program_count};
  }
  std::span<const cajal_model *const> models() const noexcept { return {module_->models, module_->model_count}; }

  template <real Real>
  function<Real> program(std::string_view name) const {
    return function<Real>(object_, find(programs(), name, "program"));
  }

  /// With its embedded weights, if it has some.
  template <real Real>
  function<Real> model(std::string_view name) const {
    return function<Real>(object_, find(models(), name, "model"));
  }

 private:
  std::shared_ptr<const detail::shared_object> object_;
  const cajal_module *module_ = nullptr;

  void adopt(const cajal_module *module, const std::string &what) {
    if (module == nullptr) detail::refuse(what + " is none");
    if (module->abi < CAJAL_ABI || module->abi > CAJAL_ABI_TABLES)
      detail::refuse(what + " has version " + std::to_string(module->abi) + " of the interface, not " + std::to_string(CAJAL_ABI) + " to " +
                     std::to_string(CAJAL_ABI_TABLES));
    module_ = module;
  }

  template <typename Entry>
  const Entry *find(std::span<const Entry *const> entries, std::string_view name, const char *kind) const {
    std::string names;
    for (const Entry *entry : entries) {
      if (entry->name == name) return entry;
      names += (names.empty() ? "" : ", ") + std::string(entry->name);
    }
    detail::refuse("there is no " + std::string(kind) + " `" + std::string(name) + "` in " + module_->source +
                   (names.empty() ? "" : "; there is " + names));
  }
};

}  // namespace cajal

#endif
