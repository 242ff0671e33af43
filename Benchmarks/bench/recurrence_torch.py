"""The recurrence of Experiment 1 in PyTorch, in the ways that it can be written."""
import torch


def convolve_grouped(y, kernels):
    """y: [batch, h, w], kernels: [batch, k, k]: one image and one kernel a group."""
    half = kernels.shape[-1] // 2
    return torch.nn.functional.conv2d(y[None], kernels[:, None], padding=half, groups=len(y))[0]


class ConvolveByHand(torch.autograd.Function):
    """The same with its gradients written as convolutions again: oneDNN's gradient of a large kernel is slow."""

    @staticmethod
    def forward(ctx, y, kernels):
        ctx.save_for_backward(y, kernels)
        return convolve_grouped(y, kernels)

    @staticmethod
    def backward(ctx, bar):
        y, kernels = ctx.saved_tensors
        half = kernels.shape[-1] // 2
        of_kernels = torch.nn.functional.conv2d(y[None], bar[:, None], padding=half, groups=len(y))[0]
        return convolve_grouped(bar, kernels.flip(1, 2)), of_kernels


def iterate_horner(convolve, x, kernels, n):
    state = n[:, -1, None, None] * x
    for k in range(n.shape[1] - 2, -1, -1):
        state = n[:, k, None, None] * x + convolve(state, kernels)
    return state


def iterate_sum(convolve, x, kernels, n):
    power, total = x, n[:, 0, None, None] * x
    for k in range(1, n.shape[1]):
        power = convolve(power, kernels)
        total = total + n[:, k, None, None] * power
    return total


# "own adjoint" is more than a user can be expected to write; it is shown, and no goal refers to it.
FORMS = {"Horner": (convolve_grouped, iterate_horner), "sum": (convolve_grouped, iterate_sum),
         "own adjoint": (ConvolveByHand.apply, iterate_horner)}
