// Compiled functions as handlers of XLA's foreign function interface, for jax on the CPU.
//
// One handler for forward, one for backward; the attribute `key` names the function. An operand [size] is shared by the
// batch, [batch, size] is not. Handlers are called with batches of one sample or more.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#if defined __x86_64__
#include <xmmintrin.h>
#endif

#include "cajal.h"
#include "xla/ffi/api/ffi.h"

namespace ffi = xla::ffi;

namespace {

using ProgramEach = int (*)(size_t, const void *const[], const size_t[], const void *, void *const[], const size_t[],
                            void *);
using ModelEach = int (*)(size_t, const void *, const void *const[], const size_t[], const void *, void *, size_t,
                          void *const[], const size_t[], void *);

// backward_each is the field after backward, where struct_size says that it is there.
template <class Each, class Structure>
Each each_of(const Structure *raw) {
  constexpr size_t offset = offsetof(Structure, backward) + sizeof(void *);
  if (raw == nullptr || raw->struct_size < offset + sizeof(Each)) return nullptr;
  Each each;
  std::memcpy(&each, reinterpret_cast<const char *>(raw) + offset, sizeof each);
  return each;
}

struct Function {
  const cajal_program *program = nullptr;
  const cajal_model *model = nullptr;

  size_t real_bytes() const { return program ? program->real_bytes : model->real_bytes; }
  size_t input_count() const { return program ? program->input_count : model->input_count; }
  size_t size(size_t i) const { return port(i).size; }
  const cajal_port &port(size_t i) const { return program ? *program->inputs[i] : *model->inputs[i]; }
  // The children and counts of tables; a port of before there were tables ends before `element`.
  bool is_nodes(size_t i) const {
    return port(i).struct_size > offsetof(cajal_port, element) && port(i).element == 1;
  }
  size_t item_bytes(size_t i) const { return is_nodes(i) ? sizeof(int32_t) : real_bytes(); }
  size_t output_size() const { return program ? program->output->size : model->output->size; }
  size_t parameter_count() const { return program ? 0 : model->parameter_count; }
  size_t bytes(size_t batch, int keep) const {
    return program ? program->workspace_bytes(batch, keep) : model->workspace_bytes(batch, keep);
  }
  bool has_each() const {
    return each_of<ProgramEach>(program) != nullptr || each_of<ModelEach>(model) != nullptr;
  }
  int forward(size_t batch, const void *params, const void *const *in, const size_t *stride, void *out, void *work,
              bool keep) const {
    if (program) return (keep ? program->forward_keep : program->forward)(batch, in, stride, out, work);
    return (keep ? model->forward_keep : model->forward)(batch, params, in, stride, out, work);
  }
  int backward(size_t batch, const void *params, const void *const *in, const size_t *stride, const void *out_bar,
               void *params_bar, void *const *in_bar, void *work) const {
    if (program) return program->backward(batch, in, stride, out_bar, in_bar, work);
    return model->backward(batch, params, in, stride, out_bar, params_bar, in_bar, work);
  }
  int backward_each(size_t batch, const void *params, const void *const *in, const size_t *stride, const void *out_bar,
                    void *params_bar, size_t params_stride, void *const *in_bar, const size_t *bar_stride,
                    void *work) const {
    if (program) return each_of<ProgramEach>(program)(batch, in, stride, out_bar, in_bar, bar_stride, work);
    return each_of<ModelEach>(model)(batch, params, in, stride, out_bar, params_bar, params_stride, in_bar, bar_stride,
                                     work);
  }
};

std::shared_mutex registry_mutex;
std::unordered_map<std::string, Function> &registry() {
  static auto *functions = new std::unordered_map<std::string, Function>;
  return *functions;
}

bool find(std::string_view key, Function &function) {
  std::shared_lock lock(registry_mutex);
  const auto found = registry().find(std::string(key));
  if (found == registry().end()) return false;
  function = found->second;
  return true;
}

// XLA's threads flush denormals; a compiled program computes with them, wherever it is called from.
class WithDenormals {
 public:
#if defined __x86_64__
  WithDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ & ~flush); }
  ~WithDenormals() { _mm_setcsr((_mm_getcsr() & ~flush) | (before_ & flush)); }

 private:
  static constexpr unsigned flush = 0x8040;  // FTZ and DAZ of MXCSR
  unsigned before_;
#endif
};

struct Free {
  void operator()(void *memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<void, Free>;

Memory allocate(size_t bytes) {
  const size_t alignment = CAJAL_WORKSPACE_ALIGNMENT;
  return Memory(std::aligned_alloc(alignment, (bytes / alignment + 1) * alignment));
}

ffi::Error refuse(const std::string &what) { return ffi::Error(ffi::ErrorCode::kInternal, "cajal: " + what); }

// A call's operands from `first` on: the parameters of a model, then the inputs.
struct Operands {
  const void *params = nullptr;
  std::vector<const void *> in;
  std::vector<size_t> stride;
};

// Which count or child is the first that is out of its range, in words; empty where none is.
std::string misplaced_node(const Function &function, size_t batch, const Operands &operands) {
  for (size_t i = 0; i < operands.in.size(); i++) {
    if (!function.is_nodes(i)) continue;
    const cajal_port &port = function.port(i);
    const size_t samples = operands.stride[i] == 0 ? 1 : batch;
    for (size_t s = 0; s < samples; s++) {
      const int32_t *const nodes = static_cast<const int32_t *>(operands.in[i]) + s * operands.stride[i];
      const size_t place = cajal_misplaced_node(port.nodes, port.arity, nodes);
      if (place == SIZE_MAX) continue;
      const std::string found = std::to_string(nodes[place]), rows = std::to_string(port.nodes),
                        row = std::to_string(place / port.arity), child = std::to_string(place % port.arity);
      return port.name + (port.arity == 1 ? " says that " + found + " rows count, and there are " + rows
                                          : ": child " + child + " of row " + row + " is " + found +
                                                "; it has to be -1, or above " + row + " and below " + rows) +
             (samples > 1 ? " (sample " + std::to_string(s) + ")" : "");
    }
  }
  return "";
}

ffi::Error answer(const Function &function, std::string_view key, int status, size_t batch, const Operands &operands) {
  if (status == CAJAL_OK) return ffi::Error::Success();
  const std::string name = std::string(key.substr(0, key.find('@'))) + ": ";
  if (status == CAJAL_BAD_ARGUMENT) {
    const std::string node = misplaced_node(function, batch, operands);
    if (!node.empty()) return ffi::Error(ffi::ErrorCode::kInvalidArgument, "cajal: " + name + node);
  }
  return refuse(name + cajal_status_text(status));
}

ffi::Error read(const Function &function, ffi::RemainingArgs args, size_t first, size_t batch, Operands &operands) {
  const size_t inputs = function.input_count();
  if (args.size() != first + (function.model ? 1 : 0) + inputs) return refuse("a wrong number of operands");
  for (size_t i = first; i < args.size(); i++) {
    const auto buffer = args.get<ffi::AnyBuffer>(i);
    if (!buffer) return buffer.error();
    const void *data = buffer->untyped_data();
    const bool is_params = function.model && i == first;
    const size_t item = is_params ? function.real_bytes() : function.item_bytes(operands.in.size());
    if (reinterpret_cast<uintptr_t>(data) % item != 0) return refuse("a misaligned operand");
    if (is_params) {
      operands.params = data;
      continue;
    }
    if (buffer->size_bytes() != item * buffer->element_count()) return refuse("an operand of another type");
    const size_t rank = buffer->dimensions().size(), size = function.size(operands.in.size());
    if (buffer->element_count() != (rank == 1 ? size : batch * size)) return refuse("an operand of another size");
    operands.in.push_back(data);
    operands.stride.push_back(rank == 1 ? 0 : size);
  }
  return ffi::Error::Success();
}

bool aligned(const void *work) { return reinterpret_cast<uintptr_t>(work) % CAJAL_WORKSPACE_ALIGNMENT == 0; }

// Results: out [batch, size], workspace.
ffi::Error forward(ffi::RemainingArgs args, ffi::RemainingRets rets, std::string_view key, int32_t keep) {
  Function function;
  if (!find(key, function)) return refuse("unknown function " + std::string(key));
  auto out = rets.get<ffi::AnyBuffer>(0), work = rets.get<ffi::AnyBuffer>(1);
  if (!out) return out.error();
  if (!work) return work.error();
  const size_t batch = (*out)->dimensions()[0];
  Operands operands;
  if (auto error = read(function, args, 0, batch, operands); error.failure()) return error;
  void *const workspace = (*work)->untyped_data();
  if (!aligned(workspace)) return refuse("XLA's buffer is not aligned to 64 bytes");
  if ((*work)->size_bytes() < function.bytes(batch, keep)) return refuse("a workspace that is too small");
  const WithDenormals denormals;
  const int status = function.forward(batch, operands.params, operands.in.data(), operands.stride.data(),
                                      (*out)->untyped_data(), workspace, keep != 0);
  return answer(function, key, status, batch, operands);
}

// The gradients that one call of backward does not give: of each sample, where the input or parameters are shared.
int one_by_one(const Function &function, size_t batch, const Operands &operands, const char *out_bar, char *params_bar,
               std::vector<void *> bars) {
  const size_t row = function.output_size() * function.real_bytes();
  const Memory work = allocate(function.bytes(1, 1)), out = allocate(row);
  if (!work || !out) return CAJAL_BAD_ARGUMENT;
  std::vector<const void *> in = operands.in;
  for (size_t s = 0; s < batch; s++) {
    int status = function.forward(1, operands.params, in.data(), operands.stride.data(), out.get(), work.get(), true);
    if (status == CAJAL_OK)
      status = function.backward(1, operands.params, in.data(), operands.stride.data(), out_bar + s * row, params_bar,
                                 bars.data(), work.get());
    if (status != CAJAL_OK) return status;
    for (size_t i = 0; i < in.size(); i++) {
      in[i] = static_cast<const char *>(in[i]) + operands.stride[i] * function.item_bytes(i);
      if (bars[i]) bars[i] = static_cast<char *>(bars[i]) + function.size(i) * function.real_bytes();
    }
    if (params_bar) params_bar += function.parameter_count() * function.real_bytes();
  }
  return CAJAL_OK;
}

// Operands: out_bar [batch, size], the workspace of forward unless `again`, parameters, inputs. Results: the workspace,
// and the gradients that `wanted` asks for, a letter for the parameters and for each input: 0, none; 1, laid out as the
// input; 2, one for each sample. again: forward is computed again.
ffi::Error backward(ffi::RemainingArgs args, ffi::RemainingRets rets, std::string_view key, std::string_view wanted,
                    int32_t again) {
  Function function;
  if (!find(key, function)) return refuse("unknown function " + std::string(key));
  if (wanted.size() != 1 + function.input_count()) return refuse("a wrong number of gradients");
  const auto out_bar = args.get<ffi::AnyBuffer>(0);
  auto work = rets.get<ffi::AnyBuffer>(0);
  if (!out_bar) return out_bar.error();
  if (!work) return work.error();
  const size_t batch = out_bar->dimensions()[0];
  Operands operands;
  if (auto error = read(function, args, again ? 1 : 2, batch, operands); error.failure()) return error;
  void *const workspace = (*work)->untyped_data();
  if (!aligned(workspace)) return refuse("XLA's buffer is not aligned to 64 bytes");

  std::vector<void *> bars(wanted.size(), nullptr);
  size_t next = 1;
  for (size_t i = 0; i < wanted.size(); i++) {
    if (wanted[i] == '0') continue;
    auto bar = rets.get<ffi::AnyBuffer>(next++);
    if (!bar) return bar.error();
    bars[i] = (*bar)->untyped_data();
  }
  const bool params_each = bars[0] && wanted[0] == '2';
  bool any_each = params_each, any_plain = bars[0] && !params_each;
  std::vector<size_t> bar_stride = operands.stride;
  std::vector<void *> plain(bars.begin() + 1, bars.end()), single(plain.size(), nullptr);
  for (size_t i = 0; i < plain.size(); i++) {
    if (plain[i] && wanted[i + 1] == '2' && operands.stride[i] == 0) {
      any_each = true;
      bar_stride[i] = function.size(i);
      std::swap(plain[i], single[i]);
    }
    any_plain = any_plain || plain[i];
  }

  const WithDenormals denormals;
  const void *const *const in = operands.in.data();
  const size_t *const stride = operands.stride.data();
  const char *const bar = static_cast<const char *>(out_bar->untyped_data());
  const bool with_each = any_each && function.has_each() && (*work)->size_bytes() >= function.bytes(batch, 2);
  if (again && (any_plain || with_each)) {
    if ((*work)->size_bytes() < function.bytes(batch, 1)) return refuse("a workspace that is too small");
    const Memory out = allocate(batch * function.output_size() * function.real_bytes());
    if (!out) return refuse("no memory");
    const int status = function.forward(batch, operands.params, in, stride, out.get(), workspace, true);
    if (status != CAJAL_OK) return answer(function, key, status, batch, operands);
  }
  if (with_each)
    return answer(function, key,
                  function.backward_each(batch, operands.params, in, stride, bar, bars[0],
                                         params_each ? function.parameter_count() : 0, bars.data() + 1,
                                         bar_stride.data(), workspace),
                  batch, operands);
  int status = CAJAL_OK;
  if (any_plain)
    status = function.backward(batch, operands.params, in, stride, bar, params_each ? nullptr : bars[0], plain.data(),
                               workspace);
  if (status == CAJAL_OK && any_each)
    status = one_by_one(function, batch, operands, bar, params_each ? static_cast<char *>(bars[0]) : nullptr, single);
  return answer(function, key, status, batch, operands);
}

}  // namespace

#define CAJAL_VISIBLE extern "C" __attribute__((visibility("default")))

CAJAL_VISIBLE XLA_FFI_Error *CajalForward(XLA_FFI_CallFrame *);
CAJAL_VISIBLE XLA_FFI_Error *CajalBackward(XLA_FFI_CallFrame *);

XLA_FFI_DEFINE_HANDLER_SYMBOL(CajalForward, forward,
                              ffi::Ffi::Bind().RemainingArgs().RemainingRets().Attr<std::string_view>("key").Attr<int32_t>(
                                  "keep"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(CajalBackward, backward,
                              ffi::Ffi::Bind()
                                  .RemainingArgs()
                                  .RemainingRets()
                                  .Attr<std::string_view>("key")
                                  .Attr<std::string_view>("wanted")
                                  .Attr<int32_t>("again"));

// From then on `key` names this function of a module that stays loaded; raw is a cajal_program, or a cajal_model.
CAJAL_VISIBLE void cajal_ffi_register(const char *key, const void *raw, int is_model) {
  Function function;
  if (is_model)
    function.model = static_cast<const cajal_model *>(raw);
  else
    function.program = static_cast<const cajal_program *>(raw);
  std::unique_lock lock(registry_mutex);
  registry()[key] = function;
}
