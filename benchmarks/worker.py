"""Runs cases of the original, as lines of JSON on standard input ask for them. To add a suite, add it to SUITES."""

import gc
import json
import os
import shutil
import sys
import tempfile
import time
from importlib.metadata import version

import numpy as np

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # What libraries print is no answer.


def vector(size):
    return np.random.default_rng(42).standard_normal(size)


def plain(call):
    def run(calls):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        return time.perf_counter() - start

    return run


def apart(call, before):
    """As pytest-benchmark's pedantic rounds: what is done before each call is not counted."""

    def run(calls):
        seconds = 0.0
        for _ in range(calls):
            before()
            start = time.perf_counter()
            call()
            seconds += time.perf_counter() - start
        return seconds

    return run


def api(component, size):
    from tesseract_core import Tesseract

    tesseract = Tesseract.from_tesseract_api(component, output_path=tempfile.mkdtemp(dir=SCRATCH))
    inputs = {"data": vector(size)}
    return plain(lambda: tesseract.apply(inputs))


def http(url, size):
    from tesseract_core import Tesseract

    tesseract = Tesseract.from_url(url)
    tesseract.health()
    inputs = {"data": vector(size)}
    return plain(lambda: tesseract.apply(inputs))


def codec(what, encoding, size):
    from pydantic import BaseModel
    from tesseract_core.runtime import Array, Float64
    from tesseract_core.runtime.file_interactions import output_to_bytes

    class ArrayModel(BaseModel):
        data: Array[(None,), Float64]

    folder = tempfile.mkdtemp(dir=SCRATCH)
    name, _, compression = encoding.partition("+")
    form = "json" if name == "json" else "json+" + name
    options = {"base_dir": folder} if name == "binref" else {}
    if compression:
        options["compression"] = compression
    model = ArrayModel(data=vector(size))

    def encode():
        return output_to_bytes(model, form, **options)

    def decode(encoded):
        return ArrayModel.model_validate_json(encoded, context={"base_dir": folder})

    def clean():
        shutil.rmtree(folder)
        os.mkdir(folder)

    if what == "decoding":
        encoded = encode()
        return plain(lambda: decode(encoded))
    call = encode if what == "encoding" else lambda: decode(encode())
    return apart(call, clean) if name == "binref" else plain(call)


def tensordot(rows, columns, what):
    block = vector(rows * columns).reshape(rows, columns)
    if what == "vjp":
        left = vector(rows)
        return plain(lambda: np.tensordot(left, block, 1))
    right = vector(columns)
    return plain(lambda: np.tensordot(block, right, 1))


def rule(rows, columns, what):
    from tesseract_core.runtime.experimental import gradient_endpoint_derivation as derivation

    inputs = {"x": vector(columns)}
    y = vector(rows)
    call = getattr(derivation, what)
    if what.endswith("_jacobian"):
        block = vector(rows * columns).reshape(rows, columns)
        seed = {"y": y} if what.startswith("vjp") else {"x": inputs["x"]}
        return plain(lambda: call(lambda *a, **k: {"y": {"x": block}}, inputs, {"x"}, {"y"}, seed))
    if what.endswith("_jvp"):
        return plain(lambda: call(lambda *a, **k: {"y": y}, inputs, {"x"}, {"y"}))
    x = inputs["x"]
    return plain(lambda: call(lambda *a, **k: {"x": x}, lambda *a, **k: {"y": y}, inputs, {"x"}, {"y"}))


def peak_of(run):
    def status(key):
        with open("/proc/self/status") as lines:
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))

    gc.collect()
    if not os.path.exists("/proc/self/clear_refs"):
        return None
    with open("/proc/self/clear_refs", "w") as marks:
        marks.write("5")
    before = status("VmRSS")
    run(1)
    return max(0, status("VmHWM") - before)


SUITES = {"api": api, "http": http, "codec": codec, "tensordot": tensordot, "rule": rule}
SCRATCH = tempfile.mkdtemp(prefix="cotangent-bench-")
cases = {}


def answer(op, key=None, suite=None, args=None, calls=1):
    if op == "version":
        return {"version": f"tesseract-core {version('tesseract-core')}, NumPy {np.__version__}"}
    if op == "clear":
        cases.clear()
        gc.collect()
        return {}
    if op == "prepare":
        gc.disable()
        cases[key] = SUITES[suite](**args)
        return {}
    if op == "peak":
        return {"bytes": peak_of(cases[key])}
    return {"seconds": cases[key](calls)}


try:
    for line in sys.stdin:
        try:
            result = answer(**json.loads(line))
        except Exception as error:
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), file=answers, flush=True)
finally:
    shutil.rmtree(SCRATCH, ignore_errors=True)
