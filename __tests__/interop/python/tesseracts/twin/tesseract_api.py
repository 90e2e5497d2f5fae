"""The twin of __tests__/interchange/twin.ts, statement by statement."""

import numpy as np
from pydantic import BaseModel, Field
from tesseract_core.runtime import Array, Differentiable, Float32, Float64, Int64, ShapeDType


class Part(BaseModel):
    weight: Differentiable[Float64] = 1.0
    label: str = "part"


class InputSchema(BaseModel):
    x: Differentiable[Array[(None,), Float64]]
    scale: Differentiable[Float64] = 2.0
    matrix: Differentiable[Array[(2, 2), Float32]] = [[1.0, 0.0], [0.0, 1.0]]
    offset: Differentiable[Array[(None,), Float64]] | None = None
    named: dict[str, Differentiable[Array[(None,), Float64]]] = {}
    parts: list[Part] = []
    count: Int64 = 3
    times: int = Field(default=1, gt=0)
    mode: str | None = "plain"


class OutputSchema(BaseModel):
    y: Differentiable[Array[(None,), Float64]]
    total: Differentiable[Float64]
    sums: dict[str, Differentiable[Float64]]
    trace: Differentiable[Float32]
    offset: Array[(None,), Float64] | None = None
    count: Int64
    labels: list[str]
    times: int
    mode: str | None = None


def factor(inputs):
    return inputs.scale * inputs.times


def apply(inputs: InputSchema) -> OutputSchema:
    """y = times·scale·x + offset, and the sums of what there is."""
    y = factor(inputs) * inputs.x + (0 if inputs.offset is None else inputs.offset)
    weights = sum(part.weight for part in inputs.parts)
    return OutputSchema(
        y=y,
        total=np.sum(y) + weights,
        sums={key: np.sum(value) for key, value in inputs.named.items()},
        trace=np.trace(inputs.matrix),
        offset=inputs.offset,
        count=inputs.count + 1,
        labels=[part.label for part in inputs.parts],
        times=inputs.times,
        mode=inputs.mode,
    )


def abstract_eval(abstract_inputs):
    scalar = ShapeDType(shape=(), dtype="float64")
    return {
        "y": abstract_inputs.x,
        "total": scalar,
        "sums": {key: scalar for key in abstract_inputs.named},
        "trace": ShapeDType(shape=(), dtype="float32"),
        "offset": abstract_inputs.offset,
        "count": ShapeDType(shape=(), dtype="int64"),
        "labels": [part.label for part in abstract_inputs.parts],
        "times": abstract_inputs.times,
        "mode": abstract_inputs.mode,
    }


def value_at(inputs, path):
    if path.startswith("named."):
        return inputs.named[path[len("named.{") : -1]]
    if path.startswith("parts."):
        return inputs.parts[int(path[len("parts.[") : path.index("]")])].weight
    return getattr(inputs, path)


def block(inputs, output, path):
    n = inputs.x.size
    shape = np.shape(value_at(inputs, path))
    rows = {"y": (n,), "total": (), "trace": ()}.get(output, ())
    zero = np.zeros((*rows, *shape))
    if output in ("y", "total"):
        if path == "x":
            full = factor(inputs) * np.eye(n)
        elif path == "scale":
            full = inputs.times * inputs.x
        elif path == "offset":
            full = np.eye(n)
        elif path.startswith("parts."):
            return zero if output == "y" else np.ones(())
        else:
            return zero
        return full if output == "y" else full.sum(axis=0)
    if output == "trace":
        return np.eye(2) if path == "matrix" else zero
    same = path.startswith("named.") and path[len("named") :] == output[len("sums") :]
    return np.ones(shape) if same else zero


def jacobian(inputs, jac_inputs, jac_outputs):
    return {of: {wrt: block(inputs, of, wrt) for wrt in jac_inputs} for of in jac_outputs}


def jacobian_vector_product(inputs, jvp_inputs, jvp_outputs, tangent_vector):
    return {
        of: sum(
            np.tensordot(block(inputs, of, wrt), tangent_vector[wrt], axes=np.ndim(tangent_vector[wrt]))
            for wrt in jvp_inputs
        )
        for of in jvp_outputs
    }


def vector_jacobian_product(inputs, vjp_inputs, vjp_outputs, cotangent_vector):
    return {
        wrt: sum(
            np.tensordot(cotangent_vector[of], block(inputs, of, wrt), axes=np.ndim(cotangent_vector[of]))
            for of in vjp_outputs
        )
        for wrt in vjp_inputs
    }
