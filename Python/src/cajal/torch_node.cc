// A call of a compiled function as a node of PyTorch's graph: what EagerForward of torch_ops.py does, without Python
// between the engine and the compiled code. Built by torch_node.py for the PyTorch and the Python that are installed.
#include <cajal.h>

#include <ATen/EmptyTensor.h>
#include <ATen/core/Tensor.h>
#include <torch/csrc/Exceptions.h>
#include <torch/csrc/autograd/edge.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/python_variable.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace {

using at::Tensor;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

class WithGil {
 public:
  WithGil() : state_(PyGILState_Ensure()) {}
  ~WithGil() { PyGILState_Release(state_); }

 private:
  PyGILState_STATE state_;
};

class WithoutGil {
 public:
  WithoutGil() : state_(PyEval_SaveThread()) {}
  ~WithoutGil() { PyEval_RestoreThread(state_); }

 private:
  PyThreadState *state_;
};

struct Drop {
  void operator()(PyObject *object) const { Py_XDECREF(object); }
};
using Object = std::unique_ptr<PyObject, Drop>;

// The exception that Python has set, out of code that holds the GIL for a while.
[[noreturn]] void throw_python_error() {
  python_error error;
  error.persist();
  throw std::move(error);
}

// Calls with inputs of certain shapes, in a batch of one or more.
struct Plan {
  const cajal_program *program = nullptr;
  const cajal_model *model = nullptr;
  size_t batch = 0, workspace_bytes = 0;
  at::ScalarType type = at::kFloat;
  std::vector<size_t> stride;
  std::vector<int64_t> out_shape;
  // (status, addresses of the inputs...): raises what a status that is not CAJAL_OK means.
  PyObject *refuse = nullptr;
  // (needs, out_bar, workspace, params, inputs) -> gradients: where they are recorded, or somebody maps over them.
  PyObject *general = nullptr;

  ~Plan() {
    if (!Py_IsInitialized()) return;
    const WithGil gil;
    Py_XDECREF(refuse);
    Py_XDECREF(general);
  }

  void check(int status, const std::vector<const void *> &in) const {
    if (status == CAJAL_OK) return;
    const WithGil gil;
    const Object given(PyTuple_New(1 + static_cast<Py_ssize_t>(in.size())));
    if (!given) throw_python_error();
    PyTuple_SET_ITEM(given.get(), 0, PyLong_FromLong(status));
    for (size_t i = 0; i < in.size(); i++)
      PyTuple_SET_ITEM(given.get(), 1 + static_cast<Py_ssize_t>(i), PyLong_FromVoidPtr(const_cast<void *>(in[i])));
    const Object nothing(PyObject_CallObject(refuse, given.get()));
    throw_python_error();
  }
};

void *address(const Tensor &tensor) { return tensor.defined() ? tensor.data_ptr() : nullptr; }

std::vector<const void *> addresses(const std::vector<Tensor> &tensors) {
  std::vector<const void *> found;
  found.reserve(tensors.size());
  for (const Tensor &tensor : tensors) found.push_back(tensor.data_ptr());
  return found;
}

// Whether a tensor has memory of its own that may be read now: no transform is at work, and it is no subclass's.
bool plain(const Tensor &tensor) {
  const auto keys = tensor.key_set();
  return tensor.has_storage() && keys.has(c10::DispatchKey::CPU) && !keys.has(c10::DispatchKey::Python) &&
         !c10::impl::tls_is_dispatch_key_included(c10::DispatchKey::FuncTorchDynamicLayerFrontMode) &&
         !c10::impl::tls_is_dispatch_key_included(c10::DispatchKey::Python);
}

Tensor same_shape(const Tensor &tensor) {
  return at::detail::empty_cpu(tensor.sizes(), tensor.scalar_type(), false, std::nullopt);
}

struct CajalBackward : torch::autograd::Node {
  std::shared_ptr<const Plan> plan;
  SavedVariable work, params;
  std::vector<SavedVariable> inputs;

  std::string name() const override { return "CajalBackward"; }

  void release_variables() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    work.reset_data();
    params.reset_data();
    for (SavedVariable &input : inputs) input.reset_data();
  }

  variable_list apply(variable_list &&bars) override {
    // Also because a backward pass uses its workspace for intermediate results, and two threads may run one graph.
    const std::lock_guard<std::mutex> lock(mutex_);
    variable_list found(1 + inputs.size());
    if (!bars[0].defined()) return found;
    const Tensor space = work.unpack(), parameters = params.unpack();
    std::vector<Tensor> values;
    values.reserve(inputs.size());
    for (const SavedVariable &input : inputs) values.push_back(input.unpack());
    if (at::GradMode::is_enabled() || !plain(bars[0])) return in_python(bars[0], space, parameters, values);

    const Tensor bar = bars[0].contiguous();
    std::vector<void *> to(values.size(), nullptr);
    if (parameters.defined() && task_should_compute_output(0)) found[0] = same_shape(parameters);
    for (size_t i = 0; i < values.size(); i++) {
      if (!task_should_compute_output(1 + i)) continue;
      found[1 + i] = same_shape(values[i]);
      to[i] = found[1 + i].data_ptr();
    }
    const std::vector<const void *> in = addresses(values);
    const size_t *const stride = plan->stride.data();
    plan->check(plan->program
                    ? plan->program->backward(plan->batch, in.data(), stride, bar.data_ptr(), to.data(), address(space))
                    : plan->model->backward(plan->batch, address(parameters), in.data(), stride, bar.data_ptr(),
                                            address(found[0]), to.data(), address(space)),
                in);
    return found;
  }

  // Compiled autograd, switched on after the forward pass: otherwise torch_ops.py records no node.
  void compiled_args(torch::dynamo::autograd::CompiledNodeArgs &) const override {
    TORCH_CHECK_NOT_IMPLEMENTED(false, "compiled autograd meets a gradient of cajal that was recorded before: switch it "
                                       "on for the forward pass too, or set CAJAL_TORCH_NODE=0");
  }

  variable_list in_python(const Tensor &bar, const Tensor &space, const Tensor &parameters,
                          const std::vector<Tensor> &values) {
    const WithGil gil;
    const Py_ssize_t count = static_cast<Py_ssize_t>(values.size());
    const Object needs(PyTuple_New(1 + count)), list(PyTuple_New(count));
    if (!needs || !list) throw_python_error();
    for (Py_ssize_t i = 0; i <= count; i++)
      PyTuple_SET_ITEM(needs.get(), i, PyBool_FromLong(task_should_compute_output(i)));
    for (Py_ssize_t i = 0; i < count; i++) PyTuple_SET_ITEM(list.get(), i, THPVariable_Wrap(values[i]));
    // An undefined tensor becomes None.
    const Object out_bar(THPVariable_Wrap(bar)), room(THPVariable_Wrap(space)), vector(THPVariable_Wrap(parameters));
    const Object grads(PyObject_CallFunctionObjArgs(plan->general, needs.get(), out_bar.get(), room.get(), vector.get(),
                                                    list.get(), nullptr));
    if (!grads) throw_python_error();
    variable_list found(1 + values.size());
    for (Py_ssize_t i = 0; i <= count; i++) {
      PyObject *const grad = PyTuple_GetItem(grads.get(), i);
      if (THPVariable_Check(grad)) found[i] = THPVariable_Unpack(grad);
    }
    return found;
  }
};

// ---- What Python sees ----

const char *const CAPSULE = "cajal.plan";

void forget(PyObject *capsule) {
  delete static_cast<std::shared_ptr<const Plan> *>(PyCapsule_GetPointer(capsule, CAPSULE));
}

template <class Number>
bool numbers(PyObject *tuple, std::vector<Number> &found) {
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++)
    found.push_back(static_cast<Number>(PyLong_AsLongLong(PyTuple_GET_ITEM(tuple, i))));
  return !PyErr_Occurred();
}

// plan(address of a cajal_program or cajal_model, whether it is a model, batch, bytes of a workspace that backward needs,
// strides, shape of the result, refuse, general) -> what call takes
PyObject *make_plan(PyObject *, PyObject *args) {
  unsigned long long raw, batch, bytes;
  int is_model;
  PyObject *strides, *shape, *refuse, *general;
  if (!PyArg_ParseTuple(args, "KpKKO!O!OO", &raw, &is_model, &batch, &bytes, &PyTuple_Type, &strides, &PyTuple_Type,
                        &shape, &refuse, &general))
    return nullptr;
  auto plan = std::make_shared<Plan>();
  if (is_model)
    plan->model = reinterpret_cast<const cajal_model *>(raw);
  else
    plan->program = reinterpret_cast<const cajal_program *>(raw);
  plan->type = (is_model ? plan->model->real_bytes : plan->program->real_bytes) == 4 ? at::kFloat : at::kDouble;
  plan->batch = batch;
  plan->workspace_bytes = bytes;
  if (!numbers(strides, plan->stride) || !numbers(shape, plan->out_shape)) return nullptr;
  plan->refuse = Py_NewRef(refuse);
  plan->general = Py_NewRef(general);
  return PyCapsule_New(new std::shared_ptr<const Plan>(std::move(plan)), CAPSULE, forget);
}

// call(plan, parameters or None, inputs...) -> the result. Inputs are contiguous and as the plan says.
PyObject *call(PyObject *, PyObject *const *args, Py_ssize_t count) {
  HANDLE_TH_ERRORS
  auto *const held = static_cast<std::shared_ptr<const Plan> *>(PyCapsule_GetPointer(args[0], CAPSULE));
  if (!held) return nullptr;
  const Plan &plan = **held;
  variable_list all(static_cast<size_t>(count - 1));
  for (size_t i = 0; i < all.size(); i++)
    if (args[1 + i] != Py_None) all[i] = THPVariable_Unpack(args[1 + i]);
  Tensor out, work;
  {
    const WithoutGil free;
    const std::vector<Tensor> inputs(all.begin() + 1, all.end());
    out = at::detail::empty_cpu(plan.out_shape, plan.type, false, std::nullopt);
    if (plan.workspace_bytes)
      work = at::detail::empty_cpu({static_cast<int64_t>(plan.workspace_bytes)}, at::kByte, false, std::nullopt);
    const std::vector<const void *> in = addresses(inputs);
    const size_t *const stride = plan.stride.data();
    plan.check(plan.program ? plan.program->forward_keep(plan.batch, in.data(), stride, out.data_ptr(), address(work))
                            : plan.model->forward_keep(plan.batch, address(all[0]), in.data(), stride, out.data_ptr(),
                                                       address(work)),
               in);
    const auto node = c10::make_intrusive<CajalBackward>();
    node->plan = *held;
    node->set_next_edges(torch::autograd::collect_next_edges(all));
    if (work.defined()) node->work = SavedVariable(work, false);
    if (all[0].defined()) node->params = SavedVariable(all[0], false);
    node->inputs.reserve(inputs.size());
    for (const Tensor &input : inputs) node->inputs.emplace_back(input, false);
    torch::autograd::set_history(out, node);
  }
  return THPVariable_Wrap(std::move(out));
  END_HANDLE_TH_ERRORS
}

PyMethodDef methods[] = {
    {"plan", make_plan, METH_VARARGS, nullptr},
    {"call", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(call)), METH_FASTCALL, nullptr},
    {nullptr, nullptr, 0, nullptr}};

PyModuleDef module = {PyModuleDef_HEAD_INIT, "cajal_torch_node", nullptr, -1, methods, nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit_cajal_torch_node() { return PyModule_Create(&module); }
