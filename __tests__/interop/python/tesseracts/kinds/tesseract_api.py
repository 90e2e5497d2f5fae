"""Gives back what it gets: an array of each dtype and of any rank, and containers of arrays."""

from typing import Literal

from pydantic import BaseModel
from tesseract_core.runtime import (
    Array,
    Float16,
    Float32,
    Float64,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
)
from tesseract_core.runtime.schema_types import Bool, Complex64, Complex128

# A field is called bool.
PlainBool = bool


class Inner(BaseModel):
    points: Array[(None, 3), Float32]
    tag: str = "t"


class InputSchema(BaseModel):
    float16: Array[..., Float16] = 0
    float32: Array[..., Float32] = 0
    float64: Array[..., Float64] = 0
    int8: Array[..., Int8] = 0
    int16: Array[..., Int16] = 0
    int32: Array[..., Int32] = 0
    int64: Array[..., Int64] = 0
    bool: Array[..., Bool] = False
    uint8: Array[..., UInt8] | None = None
    uint16: Array[..., UInt16] | None = None
    uint32: Array[..., UInt32] | None = None
    uint64: Array[..., UInt64] | None = None
    complex64: Array[..., Complex64] = 0
    complex128: Array[..., Complex128] = 0
    whatever: Array[..., None] | None = None
    inner: Inner | None = None
    several: list[Array[(None,), Float64]] = []
    named: dict[str, Inner] = {}
    nested: list[dict[str, Array[(None,), Int64]]] = []
    choice: Literal["a", "b"] = "a"
    number: float = 0.5
    flag: PlainBool = True


class OutputSchema(InputSchema):
    pass


def apply(inputs: InputSchema) -> OutputSchema:
    """The inputs."""
    return OutputSchema(**dict(inputs))
