"""What the three recording scripts share: options, variants, and the folder that holds a trace."""
import argparse
import importlib
import math
import re
import shutil
import sys
from pathlib import Path

MODELS = {"mlp": "mlp(64,32,10)", "cnn-small": "cnn-small"}
ARITHMETICS = {"float32": "float", "float64": "double", "float16": '"half,accumulate=float"',
               "bfloat16": '"bfloat16,accumulate=float"'}


def fail(message):
    """Bad input: one line, exit code 2."""
    print(f"{Path(sys.argv[0]).name}: {message}", file=sys.stderr)
    raise SystemExit(2)


def require(module, package):
    """The module, or one line that says what to install."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        fail(f"needs {package}, which cannot be imported ({error}); install it with: pip install {package}")


# ---- variants ----------------------------------------------------------------------------------------------------

class Variant:
    """One way to write the training. `correct` ones differ from the plain script in rounding only; the others have a
    bug, or compute something else than the study says. `needs` are settings without which it would not show."""

    def __init__(self, body, name, correct, models, dtypes, needs):
        self.body, self.name, self.correct = body, name, correct
        self.models, self.dtypes, self.needs = models, dtypes, needs
        self.meaning = " ".join(body.__doc__.split())


class Variants(dict):
    """Variants by name. Used as a decorator of a class, whose name in kebab case is the variant's:
    `@variants.bug(models=["mlp"], momentum=0.9) class DampenedStart: …`."""

    def _adder(self, correct, models=tuple(MODELS), dtypes=("float32", "float64"), **needs):
        def add(body):
            name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", body.__name__).lower().replace("_", "-")
            assert name not in self, name
            self[name] = Variant(body, name, correct, models, dtypes, needs)
            return body
        return add

    def correct(self, **limits):
        return self._adder(True, **limits)

    def bug(self, **limits):
        return self._adder(False, **limits)


# ---- options -----------------------------------------------------------------------------------------------------

class _Parser(argparse.ArgumentParser):
    def error(self, message):
        fail(message + "; --help lists the options")


def _number(text):
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a number of 0 or more")
    return value


def _count(text):
    if not re.fullmatch(r"0*[1-9]\d{0,8}", text):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)


def settings(description, variants, dtypes, arguments, models=MODELS):
    """The options of a recording script, with what the variant needs filled in; a given option wins over that. `models`
    are the networks it knows with their names in a study."""
    parser = _Parser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--output", type=Path, metavar="DIR", help="folder to make for the trace")
    parser.add_argument("--variant", metavar="NAME", help="--list shows them", default="plain")
    parser.add_argument("--list", action="store_true", help="list the variants and stop")
    parser.add_argument("--model", choices=models, default=next(iter(models)))
    parser.add_argument("--dtype", choices=dtypes, default="float32")
    parser.add_argument("--init", type=Path, metavar="FILE", help="starting weights, safetensors, Lockstep's names")
    parser.add_argument("--seed", type=int, default=1, help="of the script's own starting weights")
    parser.add_argument("--steps", type=_count, default=8)
    parser.add_argument("--lr", type=_number, default=0.1)
    parser.add_argument("--momentum", type=_number, default=0.0)
    parser.add_argument("--weight-decay", type=_number, default=0.0)
    parser.add_argument("--nesterov", action="store_true")
    parser.add_argument("--schedule", default="constant", help="constant or step:E,F: times F every E updates")
    parser.add_argument("--clip", type=_number, help="largest global gradient norm; none without it")
    parser.add_argument("--weights-only", action="store_true", help="no gradients, activations or momentum")
    parser.add_argument("--activation-gradients", action="store_true", help="gradients of the layers' outputs, too")

    name = parser.parse_args(arguments).variant
    if name not in variants:
        fail(f"there is no variant {name}; --list shows them")
    chosen = variants[name]
    parser.set_defaults(**chosen.needs)
    result = parser.parse_args(arguments)
    if result.list:
        for variant in sorted(variants.values(), key=lambda v: (not v.correct, v.name)):
            print(f"{'correct' if variant.correct else 'bug':8} {variant.name:28} {variant.meaning}")
        raise SystemExit(0)
    if result.output is None:
        fail("--output DIR is missing: the folder to make for the trace")
    if result.output.exists():
        fail(f"{result.output} exists already; give --output a new folder")
    if result.init is not None and not result.init.is_file():
        fail(f"--init {result.init}: there is no such file")
    if result.model not in chosen.models:
        fail(f"variant {chosen.name} is for --model {' or '.join(chosen.models)}")
    if result.dtype not in chosen.dtypes and chosen.name != "plain":
        fail(f"variant {chosen.name} is for --dtype {' or '.join(chosen.dtypes)}")
    if result.nesterov and not result.momentum:
        fail("--nesterov needs --momentum above 0")
    result.schedule_length, result.schedule_factor = _schedule(result.schedule)
    result.body, result.study_model = chosen.body, models[result.model]
    return result


def _schedule(text):
    if text == "constant":
        return None, 1.0
    match = re.fullmatch(r"step:([1-9]\d*),(\d+(?:\.\d+)?)", text)
    if not match:
        fail(f'--schedule "{text}" is neither constant nor step:E,F such as step:3,0.5')
    return int(match[1]), float(match[2])


def learning_rate(settings, update):
    """The rate of update 0, 1, … that the study says, as a Python float."""
    if settings.schedule_length is None:
        return settings.lr
    return settings.lr * settings.schedule_factor ** (update // settings.schedule_length)


# ---- the folder --------------------------------------------------------------------------------------------------

class Trace:
    """Writes a trace folder. `save(tensors, path)` is the safetensors function of the framework. The folder appears
    under its name when it is complete."""

    def __init__(self, settings, save):
        self.settings, self._save = settings, save
        self.folder = settings.output.with_name(settings.output.name + ".partial")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.losses = []

    def initial(self, weights):
        """The weights before update 0."""
        self._save(weights, self.folder / "initial.safetensors")

    def update(self, number, loss, gradients, activations, activation_gradients, weights, momentum):
        """Everything of update 0, 1, …: its loss, gradients and layer outputs, and the weights and buffers after it."""
        self.losses.append(float(loss).hex())
        self._save(weights, self.folder / f"step-{number + 1:06}.safetensors")
        if self.settings.weights_only:
            return
        self._save(gradients, self.folder / f"gradients-{number:06}.safetensors")
        if momentum:
            self._save(momentum, self.folder / f"momentum-{number + 1:06}.safetensors")
        outputs = dict(activations)
        if self.settings.activation_gradients:
            outputs |= {f"{name}.gradient": value for name, value in activation_gradients.items()}
        self._save(outputs, self.folder / f"activations-{number:06}.safetensors")

    def close(self):
        (self.folder / "losses.txt").write_text("".join(f"{loss}\n" for loss in self.losses))
        (self.folder / "study.yaml").write_text(study(self.settings))
        self.folder.rename(self.settings.output)


def study(s):
    """The same training as a Lockstep study."""
    schedule = s.schedule if s.schedule == "constant" else f'"{s.schedule}"'
    nesterov = "true" if s.nesterov else "false"
    return f"""model: {s.study_model}
loss: cross-entropy
data: digits
test-fraction: 0.2
batch: 32
last-batch: drop
steps: {s.steps}
order: sequential
optimizer: {{lr: {s.lr!r}, momentum: {s.momentum!r}, weight-decay: {s.weight_decay!r}, nesterov: {nesterov}}}
schedule: {schedule}
clip: {"none" if s.clip is None else repr(s.clip)}
arithmetics: [{ARITHMETICS[s.dtype]}]
"""
