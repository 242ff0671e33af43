"""Row h in JAX: a scan in vmap; of a tree a scan over its rows with gathers."""
import jax
import jax.numpy as jnp
from jax import lax


def runner(fold):
    """From the inputs that are reals, in order, to the result."""
    return chain(fold) if fold.kind == "chain" else tree(fold)


def chain(fold):
    def one(rows, first, step):
        step = step.reshape(fold.state, fold.state, 2)

        def round_(state, row):
            return row[0] * first + row[1] * jnp.einsum("ijb,b,j->i", step, row[2:], state), None
        return lax.scan(round_, jnp.zeros(fold.state), rows.reshape(fold.nodes, 4), reverse=True)[0]
    return jax.vmap(one, (0, None, None))


def tree(fold):
    children = jnp.array(fold.children)
    size, state = fold.nodes, fold.state

    def one(children, rows, leaf, node):
        node = node.reshape(state, state, state)  # [i, r, l]

        def round_(values, row):
            index, own, places = row
            parts = [jnp.where(place >= 0, values[place], 0) for place in places]
            value = own[0] * (leaf.reshape(state, 2) @ own[2:]) + own[1] * jnp.einsum(
                "irl,l,r->i", node, parts[0], parts[1])
            return values.at[index].set(value), None
        filled, _ = lax.scan(round_, jnp.zeros((size, state)),
                             (jnp.arange(size), rows.reshape(size, 4), children), reverse=True)
        return filled[0]
    batched = jax.vmap(one, (0, 0, None, None))
    return lambda rows, leaf, node: batched(children, rows, leaf, node)
