"""Tesseract Core's own client against our servers."""

import base64
import json
from pathlib import Path

import lz4.frame
import numpy as np
import pydantic
import requests
from checks import check, facts, raises
from tesseract_core import Tesseract

urls = facts["urls"]
rng = np.random.default_rng(7)

DTYPES = [
    "float16", "float32", "float64", "int8", "int16", "int32", "int64", "bool",
    "uint8", "uint16", "uint32", "uint64", "complex64", "complex128",
]  # fmt: skip
SHAPES = [(), (3,), (2, 3), (2, 1, 2), (0,), (2, 0, 3)]


def sample(dtype, shape):
    if dtype == "bool":
        return rng.random(shape) > 0.5
    if dtype.startswith(("int", "uint")):
        info = np.iinfo(dtype)
        values = np.asarray(rng.integers(info.min, info.max, size=shape, dtype=dtype, endpoint=True))
        if values.size:
            values.flat[0] = info.max
        return np.asarray(values, dtype=dtype)
    values = np.asarray(rng.standard_normal(shape)).astype(dtype)
    if dtype.startswith("complex"):
        values = values + np.asarray(1j * rng.standard_normal(shape)).astype(dtype)
    return np.asarray(values, dtype=dtype)


def decoded(value):
    if isinstance(value, dict) and "dtype" in value and "data" in value:
        return np.array(value["data"]["buffer"], dtype=value["dtype"]).reshape(value["shape"])
    if isinstance(value, dict):
        return {key: decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decoded(item) for item in value]
    return value


def same(actual, expected, rtol=0.0, atol=0.0):
    if isinstance(expected, dict):
        assert set(actual) == set(expected), (set(actual), set(expected))
        for key in expected:
            same(actual[key], expected[key], rtol, atol)
    elif isinstance(expected, list):
        assert len(actual) == len(expected)
        for one, other in zip(actual, expected, strict=True):
            same(one, other, rtol, atol)
    elif isinstance(expected, np.ndarray):
        assert np.asarray(actual).dtype == expected.dtype, (np.asarray(actual).dtype, expected.dtype)
        assert np.shape(actual) == expected.shape
        np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)
    else:
        assert actual == expected, (actual, expected)


for example in ("rosenbrock", "vectoradd", "meshstats", "heat"):
    tesseract = Tesseract.from_url(urls[example])

    @check(f"{example} has every endpoint, and is in good health")
    def _():
        names = {"apply", "jacobian", "jacobian_vector_product", "vector_jacobian_product", "abstract_eval", "health"}
        assert set(tesseract.available_endpoints) == names, tesseract.available_endpoints
        assert tesseract.health() == {"status": "ok"}

    for path in sorted(Path(facts["examples"], example, "requests").glob("*.json")):
        spec = json.loads(path.read_text())
        payload = decoded(spec["payload"])

        def call():
            method = getattr(tesseract, spec["endpoint"])
            return method(payload["inputs"]) if len(payload) == 1 else method(**payload)

        if "expected_exception" in spec:

            @check(f"{example} {path.stem}: Python's own ValidationError")
            def _():
                error = raises(pydantic.ValidationError, call)
                assert error.title == f"endpoint {spec['endpoint']}", error.title
                assert all(one["loc"][0] == "body" for one in error.errors())

        else:

            @check(f"{example} {path.stem}: the values of the file")
            def _():
                same(call(), decoded(spec["expected_outputs"]), spec.get("rtol", 1e-5), spec.get("atol", 1e-8))


kinds = Tesseract.from_url(urls["kinds"])

for dtype in DTYPES:

    @check(f"{dtype} of ranks 0 to 3 and of no elements goes there and back, bit by bit")
    def _():
        for encoded in ("json+base64", "json"):
            for shape in SHAPES:
                value = sample(dtype, shape)
                result = kinds.with_encoding(output_format=encoded).apply({dtype: value})[dtype]
                assert np.asarray(result).dtype == value.dtype and np.shape(result) == shape
                assert np.asarray(result).tobytes() == value.tobytes(), (encoded, shape, value, result)


@check("optional fields may be given, left out, and null")
def _():
    assert kinds.apply({})["optional"] is None
    assert kinds.apply({"optional": None})["optional"] is None
    same(kinds.apply({"optional": np.arange(3.0)})["optional"], np.arange(3.0))


@check("lists and maps of arrays and of models, and models in them")
def _():
    inner = {"points": np.ones((2, 3), dtype="float32"), "tag": "x"}
    inputs = {"several": [np.arange(2.0), np.zeros(0)], "named": {"k l": np.ones(1), "é": np.zeros(2)}, "models": [inner], "byName": {"a": inner}}
    result = kinds.apply(inputs)
    for key, value in inputs.items():
        same(result[key], value)


@check("texts, choices, numbers and booleans; what is left out has its default")
def _():
    result = kinds.apply({"text": "ünï", "choice": "b", "flag": False})
    assert (result["text"], result["choice"], result["flag"], result["number"]) == ("ünï", "b", False, 0.5)


@check("bare lists and numbers are taken for arrays")
def _():
    same(kinds.apply({"float64": [[1, 2], [3, 4.5]], "several": [[1, 2]]})["float64"], np.array([[1, 2], [3, 4.5]]))


@check("a strided, transposed array arrives in its own order")
def _():
    value = np.arange(12.0).reshape(3, 4)[:, ::2].T
    same(kinds.apply({"float64": value})["float64"], value)


@check("lz4: compressed requests, and compressed answers where they are asked for")
def _():
    value = np.repeat(np.arange(4.0), 500)
    data = {"buffer": base64.b64encode(lz4.frame.compress(value.tobytes())).decode(), "encoding": "base64", "compression": "lz4"}
    body = {"inputs": {"float64": {"shape": [2000], "dtype": "float64", "data": data}}}
    answer = requests.post(f"{urls['lz4']}/apply", json=body, headers={"Accept": "application/json+base64"}, timeout=30)
    answer.raise_for_status()
    assert answer.json()["float64"]["data"]["compression"] == "lz4"
    assert len(answer.content) < value.nbytes / 4
    same(Tesseract.from_url(urls["lz4"]).apply({"float64": value})["float64"], value)


@check("binref through a shared folder, both ways")
def _():
    shared = Path(facts["shared"])
    value = np.arange(6, dtype="float32").reshape(2, 3)
    (shared / "in.bin").write_bytes(b"skip" + value.tobytes())
    body = {"inputs": {"float32": {"shape": [2, 3], "dtype": "float32", "data": {"buffer": "in.bin:4", "encoding": "binref"}}}}
    answer = requests.post(f"{urls['binref']}/apply", json=body, headers={"Accept": "application/json+binref"}, timeout=30)
    answer.raise_for_status()
    place, offset = answer.json()["float32"]["data"]["buffer"].rsplit(":", 1)
    assert np.frombuffer((shared / place).read_bytes(), dtype="float32", count=6, offset=int(offset)).tolist() == list(range(6))
    client = Tesseract.from_url(urls["binref"], server_output_path=shared).with_encoding(output_format="json+binref")
    same(client.apply({"float32": value})["float32"], value)


@check("a file outside the shared folder is refused")
def _():
    for name in ("/etc/hostname", "../../etc/hostname", "http://127.0.0.1/x"):
        body = {"inputs": {"uint8": {"shape": [1], "dtype": "uint8", "data": {"buffer": name, "encoding": "binref"}}}}
        answer = requests.post(f"{urls['binref']}/apply", json=body, timeout=30)
        assert answer.status_code == 422, answer.text


@check("the type and the place of a problem are those that Python would say")
def _():
    def entry(inputs):
        (one,) = raises(pydantic.ValidationError, kinds.apply, inputs).errors()
        return one["type"], one["loc"]

    assert entry({"float64": "x"})[0] == "array_non_numeric"
    assert entry({"nothing": 1}) == ("extra_forbidden", ("body", "inputs", "nothing"))
    assert entry({"several": [np.zeros((1, 1))]}) == ("array_dimensionality_mismatch", ("body", "inputs", "several", 0))
    assert entry({"byName": {"a": {}}}) == ("missing", ("body", "inputs", "byName", "a", "points"))
    assert entry({"int8": np.zeros(2)})[0] == "array_dtype_mismatch"


@check("a component that throws is Python's RuntimeError, and says nothing of the server")
def _():
    error = raises(RuntimeError, Tesseract.from_url(urls["failing"]).apply, {"x": 1.0})
    assert "500" in str(error) and "secret" not in str(error), error


@check("an endpoint that is not offered is Python's NotImplementedError")
def _():
    raises(NotImplementedError, kinds.jacobian, {}, ["x"], ["y"])
