"""The two networks in pure JAX, with parameters named and laid out as Flax does: kernels [in, out] and [rows, columns,
in, out], images channels last. Every method is one decision; a variant is a class that makes one differently."""
import jax
import jax.numpy as jnp
from jax import lax

from digits import batch_range, training_samples
from recording import learning_rate

LAYERS = {"mlp": ["Dense_0", "relu_0", "Dense_1"], "cnn-small": ["Conv_0", "relu_0", "avg_pool_0", "Dense_0"]}
SHAPES = {
    "mlp": {"Dense_0/kernel": (64, 32), "Dense_0/bias": (32,), "Dense_1/kernel": (32, 10), "Dense_1/bias": (10,)},
    "cnn-small": {"Conv_0/kernel": (3, 3, 1, 4), "Conv_0/bias": (4,),
                  "Dense_0/kernel": (64, 10), "Dense_0/bias": (10,)},
}
OUTPUTS = {"mlp": [(32,), (32,), (10,)], "cnn-small": [(8, 8, 4), (8, 8, 4), (4, 4, 4), (10,)]}
BATCH = 32


class Training:
    """`weights` and `buffers` are flat dictionaries, as a flattened Flax tree is."""

    def __init__(self, settings, weights):
        self.settings = settings
        self.dtype = jnp.dtype(settings.dtype)
        weights = self.own_weights() if weights is None else weights
        self.weights = {name: jnp.asarray(w, self.dtype) for name, w in weights.items()}
        self.buffers = {}
        pixels, labels = training_samples()
        self.pixels = jnp.array(pixels, jnp.uint8).reshape(-1, 8, 8, 1)
        self.labels = jnp.array(labels)
        self.differentiate = self.compiled(jax.value_and_grad(self.loss, argnums=(0, 1), has_aux=True))

    def own_weights(self):
        """Flax's default: LeCun's normal kernels, biases 0."""
        draw = jax.nn.initializers.lecun_normal()
        keys = jax.random.split(jax.random.key(self.settings.seed), 4)
        return {name: draw(key, shape, self.dtype) if name.endswith("kernel") else jnp.zeros(shape, self.dtype)
                for key, (name, shape) in zip(keys, SHAPES[self.settings.model].items())}

    def compiled(self, function):
        return jax.jit(function)

    def train(self, number):
        """One update; returns its loss, gradients, layer outputs and the gradients of these."""
        samples = batch_range(number, len(self.labels))
        x, y = self.inputs(self.pixels[samples]), self.labels[samples]
        model = self.settings.model
        probes = {name: jnp.zeros((BATCH, *shape), self.dtype) for name, shape in zip(LAYERS[model], OUTPUTS[model])}
        (loss, outputs), (gradients, output_gradients) = self.differentiate(self.weights, probes, x, y)
        self.apply(gradients, number)
        return loss, gradients, outputs, output_gradients

    def inputs(self, pixels):
        return pixels.astype(self.dtype) / 16

    # network

    def loss(self, weights, probes, x, y):
        """The mean cross-entropy, and the layers' outputs. A probe is a 0 added to an output: its gradient is the
        output's."""
        outputs = {}
        for name in LAYERS[self.settings.model]:
            x = outputs[name] = self.layer(name, weights, x) + probes[name]
        return self.mean(self.cross_entropy(x, y)), outputs

    def layer(self, name, weights, x):
        if name.startswith("relu"):
            return jax.nn.relu(x)
        if name.startswith("avg_pool"):
            return lax.reduce_window(x, x.dtype.type(0), lax.add, (1, 2, 2, 1), (1, 2, 2, 1), "VALID") / 4
        kernel, bias = self.parameters(name, weights)
        if name.startswith("Conv"):
            return self.convolve(x, kernel) + bias
        return x.reshape(len(x), -1) @ kernel + bias

    def parameters(self, name, weights):
        return weights[f"{name}/kernel"], weights[f"{name}/bias"]

    def convolve(self, x, kernel):
        return lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))

    def cross_entropy(self, z, y):
        return -jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], 1)[:, 0]

    def mean(self, losses):
        return losses.mean()

    # SGD

    def apply(self, gradients, number):
        s = self.settings
        rate = learning_rate(s, number)
        gradients = self.decayed(self.clipped(gradients))
        steps = gradients
        if s.momentum:
            self.buffers = {name: s.momentum * self.buffers[name] + g if self.buffers else g
                            for name, g in gradients.items()}
            steps = self.along(gradients)
        self.weights = {name: w - rate * steps[name] for name, w in self.weights.items()}

    def clipped(self, gradients):
        limit = self.settings.clip
        norm = jnp.sqrt(sum((g * g).sum() for g in gradients.values()))
        if limit is None or not norm > limit:
            return gradients
        return {name: g * (limit / norm) for name, g in gradients.items()}

    def decayed(self, gradients):
        decay = self.settings.weight_decay
        return {name: g + decay * self.weights[name] for name, g in gradients.items()} if decay else gradients

    def along(self, gradients):
        if not self.settings.nesterov:
            return self.buffers
        return {name: g + self.settings.momentum * self.buffers[name] for name, g in gradients.items()}
