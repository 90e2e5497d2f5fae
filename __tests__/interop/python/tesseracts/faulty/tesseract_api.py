"""A Tesseract that fails, in as many ways as the input asks for."""

import numpy as np
from pydantic import BaseModel, Field, field_validator, model_validator
from tesseract_core.runtime import Array, Differentiable, Float64


class Inner(BaseModel):
    k: int = Field(default=1, le=5)


class InputSchema(BaseModel):
    x: Differentiable[Array[(None,), Float64]]
    how: str = "not at all"
    inner: Inner = Inner()
    items: list[Inner] = []
    named: dict[str, Inner] = {}

    @field_validator("x")
    @classmethod
    def refuse_negative(cls, value):
        if np.any(np.asarray(value) < 0):
            raise ValueError("x must not be negative")
        return value


class OutputSchema(BaseModel):
    y: Differentiable[Array[(None,), Float64]]


def apply(inputs: InputSchema) -> OutputSchema:
    """x, unless told otherwise."""
    if inputs.how == "raise":
        raise RuntimeError("the solver diverged")
    if inputs.how == "shape":
        return {"y": np.zeros((2, 2))}
    return OutputSchema(y=inputs.x)


def vector_jacobian_product(inputs, vjp_inputs, vjp_outputs, cotangent_vector):
    return {"x": cotangent_vector["y"]}
