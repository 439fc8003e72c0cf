"""Names and layouts of the weights: Lockstep's are PyTorch's layouts, the other frameworks have their own."""

# Lockstep's parameters and each framework's names for them. A real user's network is no different: other names, and in
# JAX another memory layout too.
NAMES = {
    "torch": {
        "mlp": {"fc1.weight": "1.weight", "fc1.bias": "1.bias", "fc2.weight": "3.weight", "fc2.bias": "3.bias"},
        "cnn-small": {"conv1.weight": "0.weight", "conv1.bias": "0.bias",
                      "fc1.weight": "4.weight", "fc1.bias": "4.bias"},
    },
    "jax": {
        "mlp": {"fc1.weight": "Dense_0/kernel", "fc1.bias": "Dense_0/bias",
                "fc2.weight": "Dense_1/kernel", "fc2.bias": "Dense_1/bias"},
        "cnn-small": {"conv1.weight": "Conv_0/kernel", "conv1.bias": "Conv_0/bias",
                      "fc1.weight": "Dense_0/kernel", "fc1.bias": "Dense_0/bias"},
    },
    "numpy": {
        "mlp": {"fc1.weight": "W1", "fc1.bias": "b1", "fc2.weight": "W2", "fc2.bias": "b2"},
        "cnn-small": {"conv1.weight": "W1", "conv1.bias": "b1", "fc1.weight": "W2", "fc1.bias": "b2"},
    },
}
SHAPES = {
    "mlp": {"fc1.weight": (32, 64), "fc1.bias": (32,), "fc2.weight": (10, 32), "fc2.bias": (10,)},
    "cnn-small": {"conv1.weight": (4, 1, 3, 3), "conv1.bias": (4,), "fc1.weight": (10, 64), "fc1.bias": (10,)},
}
POOLED = (4, 4, 4)  # channels, rows, columns that cnn-small's dense layer reads


def from_lockstep(tensors, framework, model):
    """Tensors under Lockstep's names as the framework holds them. Raises ValueError for one missing or misshapen."""
    for name, shape in SHAPES[model].items():
        if name not in tensors:
            raise ValueError(f"tensor {name} is missing; {model} has {', '.join(SHAPES[model])}")
        if tuple(tensors[name].shape) != shape:
            raise ValueError(f"tensor {name} has shape {list(tensors[name].shape)} instead of {list(shape)}")
    change = _to_flax if framework == "jax" else _unchanged
    return {theirs: change(tensors[ours], model) for ours, theirs in NAMES[framework][model].items()}


def to_lockstep(tensors, framework, model):
    """The inverse of `from_lockstep`, for those tensors that are weights."""
    change = _from_flax if framework == "jax" else _unchanged
    return {ours: change(tensors[theirs], model) for ours, theirs in NAMES[framework][model].items()
            if theirs in tensors}


def _unchanged(tensor, model):
    return tensor


def _to_flax(w, model):
    """[out, in, rows, columns] to [rows, columns, in, out]; [out, in] to [in, out], where the inputs of cnn-small's
    dense layer are flattened from [channels, rows, columns] here and from [rows, columns, channels] there."""
    if w.ndim == 4:
        return w.transpose(2, 3, 1, 0)
    if w.ndim == 2 and model == "cnn-small":
        w = w.reshape(-1, *POOLED).transpose(0, 2, 3, 1).reshape(w.shape)
    return w.T


def _from_flax(w, model):
    if w.ndim == 4:
        return w.transpose(3, 2, 0, 1)
    w = w.T
    if w.ndim == 2 and model == "cnn-small":
        channels, rows, columns = POOLED
        w = w.reshape(-1, rows, columns, channels).transpose(0, 3, 1, 2).reshape(w.shape)
    return w
