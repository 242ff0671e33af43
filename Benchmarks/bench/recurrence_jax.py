"""The recurrence of Experiment 1 in JAX, in the ways that it can be written."""
import jax.numpy as jnp
from jax import lax


def convolve_grouped(y, kernels):
    """y: [batch, h, w], kernels: [batch, k, k]: one image and one kernel a group."""
    half = kernels.shape[-1] // 2
    return lax.conv_general_dilated(y[None], kernels[:, None], (1, 1), [(half, half)] * 2,
                                    feature_group_count=len(y))[0]


def convolve_shifted(y, kernels):
    """The sum of the shifted images, each times its tap."""
    size, half = kernels.shape[-1], kernels.shape[-1] // 2
    height, width = y.shape[1:]
    padded = jnp.pad(y, ((0, 0), (half, half), (half, half)))
    total = jnp.zeros_like(y)
    for i in range(size):
        for j in range(size):
            total = total + kernels[:, i, j, None, None] * padded[:, i:i + height, j:j + width]
    return total


def iterate_scan(convolve, x, kernels, n):
    def round_(state, n_k):
        return n_k[:, None, None] * x + convolve(state, kernels), None
    return lax.scan(round_, n[:, -1, None, None] * x, n[:, :-1].T, reverse=True)[0]


def iterate_unrolled(convolve, x, kernels, n):
    state = n[:, -1, None, None] * x
    for k in range(n.shape[1] - 2, -1, -1):
        state = n[:, k, None, None] * x + convolve(state, kernels)
    return state


FORMS = {"grouped": (convolve_grouped, iterate_unrolled), "shifted": (convolve_shifted, iterate_scan)}
