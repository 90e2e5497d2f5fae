"""The component that does nothing, for the original."""

from pydantic import BaseModel
from tesseract_core.runtime import Array, Float64


class InputSchema(BaseModel):
    data: Array[(None,), Float64]


class OutputSchema(BaseModel):
    result: Array[(None,), Float64]


def apply(inputs: InputSchema) -> OutputSchema:
    return OutputSchema(result=inputs.data)
