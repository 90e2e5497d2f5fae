"""A Tesseract with a Jacobian, and no product: y = sin(A·x)·b, z = x·x."""

import numpy as np
from pydantic import BaseModel
from tesseract_core.runtime import Array, Differentiable, Float32, ShapeDType

MATRIX = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]], dtype=np.float32)


class InputSchema(BaseModel):
    x: Differentiable[Array[(3,), Float32]]
    b: Differentiable[Float32] = 1.5


class OutputSchema(BaseModel):
    y: Differentiable[Array[(2,), Float32]]
    z: Differentiable[Float32]


def apply(inputs: InputSchema) -> OutputSchema:
    """A sine of a linear map, scaled; and a square."""
    return OutputSchema(y=np.sin(MATRIX @ inputs.x) * inputs.b, z=inputs.x @ inputs.x)


def abstract_eval(abstract_inputs):
    return {"y": ShapeDType(shape=(2,), dtype="float32"), "z": ShapeDType(shape=(), dtype="float32")}


def jacobian(inputs, jac_inputs, jac_outputs):
    inner = MATRIX @ inputs.x
    blocks = {
        "y": {"x": inputs.b * np.cos(inner)[:, None] * MATRIX, "b": np.sin(inner)},
        "z": {"x": 2 * inputs.x, "b": np.zeros(())},
    }
    return {of: {wrt: blocks[of][wrt] for wrt in jac_inputs} for of in jac_outputs}
