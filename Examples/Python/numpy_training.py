"""Two small networks and SGD in plain NumPy. Every method is one decision; a variant is a class that makes one of them
differently. B samples a batch, C channels, H rows, W columns, F features, K classes."""
import numpy as np

from digits import batch_range, training_samples
from recording import learning_rate


class Training:
    """What both networks share. `weights` and `buffers` are dictionaries of arrays of one dtype."""

    def __init__(self, settings, weights):
        self.settings = settings
        self.dtype = np.dtype(settings.dtype).type
        self.weights = {name: np.array(w, self.dtype) for name, w in weights.items()}
        self.buffers = {}
        pixels, labels = training_samples()
        self.pixels = np.array(pixels, np.uint8).reshape(-1, 1, 8, 8)
        self.labels = np.array(labels)

    def train(self, number):
        """One update; returns its loss, gradients, layer outputs and the gradients of these."""
        x, y = self.batch(number)
        outputs = self.forward(x)
        loss, g = self.loss(outputs["logits"], y)
        gradients, output_gradients = self.backward(x, outputs, g)
        gradients = self.collected(gradients)
        self.apply(gradients, number)
        return loss, gradients, outputs, output_gradients

    # data

    def batch(self, number):
        samples = batch_range(number, len(self.labels))
        return self.inputs(self.pixels[samples]), self.targets(self.labels[samples])

    def inputs(self, pixels):
        return pixels.astype(self.dtype) / self.dtype(16)

    def targets(self, labels):
        return labels

    # arithmetic: every sum of products, and every sum over samples, goes through these

    def matmul(self, a, b):
        return a @ b

    def sum_rows(self, g):
        return g.sum(axis=0)

    def exp(self, x):
        return np.exp(x)

    # layers

    def dense(self, x, w, b):
        """x [B, F], w [out, F], b [out]."""
        return self.matmul(x, w.T) + b

    def dense_backward(self, x, w, g):
        """Gradients of the input, the weight and the bias, from g [B, out]."""
        return self.matmul(g, w), self.weight_gradient(g, x), self.bias_gradient(g)

    def weight_gradient(self, g, x):
        return self.matmul(g.T, x)

    def bias_gradient(self, g):
        return self.sum_rows(g)

    def relu(self, x):
        return np.maximum(x, 0)

    def relu_backward(self, x, g):
        return np.where(x > 0, g, self.dtype(0))

    def padded(self, x):
        return np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))

    def patches(self, x):
        """The 3×3 neighbourhood of every position: [B, C, H, W, 3, 3]."""
        return np.lib.stride_tricks.sliding_window_view(self.padded(x), (3, 3), axis=(2, 3))

    def patch_matrix(self, x):
        """[B·H·W, C·9]: a convolution is a matrix product with this."""
        return np.ascontiguousarray(self.patches(x).transpose(0, 2, 3, 1, 4, 5)).reshape(-1, x.shape[1] * 9)

    def convolve(self, x, w, b):
        """x [B, C, H, W], w [out, C, 3, 3], b [out]: [B, out, H, W]."""
        rows = self.matmul(self.patch_matrix(x), w.reshape(len(w), -1).T) + b
        return rows.reshape(len(x), *x.shape[2:], -1).transpose(0, 3, 1, 2)

    def convolve_backward(self, x, w, g):
        """Gradients of the weight and the bias, from g [B, out, H, W]."""
        rows = g.transpose(0, 2, 3, 1).reshape(-1, len(w))
        return self.weight_gradient(rows, self.patch_matrix(x)).reshape(w.shape), self.bias_gradient(rows)

    def window_divisor(self):
        return self.dtype(4)

    def pool(self, x):
        """Averages of 2×2 positions."""
        b, c, h, w = x.shape
        return x.reshape(b, c, h // 2, 2, w // 2, 2).sum(axis=(3, 5)) / self.window_divisor()

    def pool_backward(self, g):
        return (g / self.window_divisor()).repeat(2, axis=2).repeat(2, axis=3)

    # loss

    def probabilities(self, z):
        """Softmax of z [B, K] and its logarithm."""
        t = z - z.max(axis=1, keepdims=True)
        e = self.exp(t)
        total = e.sum(axis=1, keepdims=True)
        return e / total, t - np.log(total)

    def loss(self, z, y):
        """Mean softmax cross-entropy, and its gradient for z."""
        p, log_p = self.probabilities(z)
        each = np.arange(len(y))
        return -log_p[each, y].mean(), self.mean_gradient(self.minus_target(p, y))

    def minus_target(self, p, y):
        p[np.arange(len(y)), y] -= self.dtype(1)
        return p

    def mean_gradient(self, g):
        return g / self.dtype(len(g))

    # SGD

    def collected(self, gradients):
        return gradients

    def apply(self, gradients, number):
        gradients = self.clipped(gradients)
        rate = self.dtype(self.rate(number))
        for name in self.weights:
            g = self.decayed(name, gradients[name])
            self.weights[name] = self.stepped(name, rate, self.direction(name, g))

    def rate(self, number):
        return learning_rate(self.settings, number)

    def clipped(self, gradients):
        if self.settings.clip is None:
            return gradients
        norm = np.sqrt(sum((g * g).sum() for g in gradients.values()))
        scale = self.dtype(self.settings.clip) / norm
        return {name: g * scale for name, g in gradients.items()} if scale < 1 else gradients

    def decayed(self, name, g):
        decay = self.dtype(self.settings.weight_decay)
        return g + decay * self.weights[name] if decay else g

    def direction(self, name, g):
        momentum = self.dtype(self.settings.momentum)
        if not momentum:
            return g
        v = momentum * self.buffers[name] + g if name in self.buffers else g
        self.buffers[name] = v
        return g + momentum * v if self.settings.nesterov else v

    def stepped(self, name, rate, direction):
        return self.weights[name] - rate * direction


class Perceptron(Training):
    """mlp(64,32,10): dense, ReLU, dense."""

    def forward(self, x):
        w, out = self.weights, {}
        out["flat"] = x.reshape(len(x), -1)
        out["hidden"] = self.dense(out["flat"], w["W1"], w["b1"])
        out["rectified"] = self.relu(out["hidden"])
        out["logits"] = self.dense(out["rectified"], w["W2"], w["b2"])
        return out

    def backward(self, x, out, g):
        w, grad, g_out = self.weights, {}, {"logits": g}
        g_out["rectified"], grad["W2"], grad["b2"] = self.dense_backward(out["rectified"], w["W2"], g)
        g_out["hidden"] = self.relu_backward(out["hidden"], g_out["rectified"])
        g_out["flat"], grad["W1"], grad["b1"] = self.dense_backward(out["flat"], w["W1"], g_out["hidden"])
        return grad, g_out


class Convolutional(Training):
    """cnn-small: 3×3 convolution to 4 channels, ReLU, 2×2 average pooling, dense."""

    def forward(self, x):
        w, out = self.weights, {}
        out["convolved"] = self.convolve(x, w["W1"], w["b1"])
        out["rectified"] = self.relu(out["convolved"])
        out["pooled"] = self.pool(out["rectified"])
        out["flat"] = out["pooled"].reshape(len(x), -1)
        out["logits"] = self.dense(out["flat"], w["W2"], w["b2"])
        return out

    def backward(self, x, out, g):
        w, grad, g_out = self.weights, {}, {"logits": g}
        g_out["flat"], grad["W2"], grad["b2"] = self.dense_backward(out["flat"], w["W2"], g)
        g_out["pooled"] = g_out["flat"].reshape(out["pooled"].shape)
        g_out["rectified"] = self.pool_backward(g_out["pooled"])
        g_out["convolved"] = self.relu_backward(out["convolved"], g_out["rectified"])
        grad["W1"], grad["b1"] = self.convolve_backward(x, w["W1"], g_out["convolved"])
        return grad, g_out


NETWORKS = {"mlp": Perceptron, "cnn-small": Convolutional}
