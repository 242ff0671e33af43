"""Row h in PyTorch: a list round by round over the batch; a tree as a recursion a sample, and all samples together by
the height of their nodes."""
import torch


def forms(fold):
    if fold.kind == "chain":
        return {"": chain(fold)}
    return {"recursion": recursion(fold), "by height": by_height(fold)}


def chain(fold):
    def run(rows, first, step):
        rows, step = rows.reshape(len(rows), fold.nodes, 4), step.reshape(fold.state, fold.state, 2)
        state = torch.zeros(len(rows), fold.state)
        for k in reversed(range(fold.nodes)):
            row = rows[:, k]
            moved = torch.einsum("ijb,nb,nj->ni", step, row[:, 2:], state)
            state = row[:, :1] * first + row[:, 1:2] * moved
        return state
    return run


def recursion(fold):
    def run(rows, leaf, node):
        leaf, node = leaf.reshape(fold.state, 2), node.reshape(fold.state, fold.state, fold.state)

        def value(rows, children, i):
            row = rows[i]
            left, right = children[i]
            result = row[0] * (leaf @ row[2:])
            if left >= 0:
                l, r = value(rows, children, left), value(rows, children, right)
                result = result + row[1] * (torch.mv(node.reshape(-1, fold.state), l).reshape(fold.state, -1) @ r)
            return result
        rows = rows.reshape(len(rows), fold.nodes, 4)
        return torch.stack([value(rows[b], fold.children[b].tolist(), 0) for b in range(len(rows))])
    return run


def by_height(fold):
    """Of each height the nodes of the whole batch, as rows of one table."""
    batch, nodes = fold.children.shape[:2]
    heights = [[0] * nodes for _ in range(batch)]
    for b in range(batch):
        for i in reversed(range(nodes)):
            parts = [c for c in fold.children[b, i] if c >= 0]
            heights[b][i] = 1 + max((heights[b][c] for c in parts), default=-1)
    levels, place = [], {}
    for height in range(1 + max(map(max, heights))):
        level = [(b, i) for b in range(batch) for i in range(nodes) if heights[b][i] == height]
        for node in level:
            place[node] = len(place)
        sources = torch.tensor([b * nodes + i for b, i in level])
        parts = [torch.tensor([place[b, int(fold.children[b, i, k])] for b, i in level]) for k in (0, 1)] \
            if height else None
        levels.append((sources, parts))
    roots = torch.tensor([place[b, 0] for b in range(batch)])

    def run(rows, leaf, node):
        rows = rows.reshape(-1, 4)
        leaf, node = leaf.reshape(fold.state, 2), node.reshape(fold.state, fold.state, fold.state)
        values = torch.zeros(0, fold.state)
        for sources, parts in levels:
            own = rows[sources]
            value = own[:, :1] * (own[:, 2:] @ leaf.T)
            if parts is not None:
                value = value + own[:, 1:2] * torch.einsum("irl,nl,nr->ni", node, values[parts[0]], values[parts[1]])
            values = torch.cat([values, value])
        return values[roots]
    return run
