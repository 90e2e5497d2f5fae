"""The parser of tesseract-streamlit against our servers. It draws with pyvista, which parsing does not need."""

import sys
import types

from checks import check, facts

sys.modules["pyvista"] = types.ModuleType("pyvista")
sys.modules["pyvista"].Plotter = object
sys.modules["pyvista"].DataSet = object

import requests  # noqa: E402
from tesseract_streamlit import parse  # noqa: E402


def fields(url):
    document = requests.get(f"{url}/openapi.json", timeout=30).json()
    return document, parse._parse_tesseract_oas(requests.get(f"{url}/openapi.json", timeout=30).content)


parsed = {}
for name, url in facts["urls"].items():

    @check(f"{name} is parsed")
    def _():
        document, (metadata, schema) = fields(url)
        parsed[name] = schema
        assert metadata["title"] == document["info"]["title"], metadata
        assert metadata["version"] == document["info"]["version"], metadata


def found(schema, name):
    for field in schema:
        if field["uid"].split(".")[-1] == name or field.get("title", "").lower() == name:
            return field
    raise AssertionError((name, [field["uid"] for field in schema]))


@check("scalars are numbers, arrays are arrays, models are composites, and defaults are there")
def _():
    print(parsed["rosenbrock"], file=sys.stderr)
    x = found(parsed["rosenbrock"], "x")
    assert (x["type"], x["default"]) == ("number", 0), x
    assert found(parsed["vectoradd"], "a")["type"] == "array"
    assert found(parsed["vectoradd"], "normalize")["type"] == "boolean"
    assert found(parsed["meshstats"], "mesh")["type"] == "composite"


@check("optional fields and arrays of any rank are parsed")
def _():
    assert found(parsed["kinds"], "optional")["type"] == "array"
    assert found(parsed["kinds"], "float64")["type"] == "array"
    assert found(parsed["twin"], "mode")["type"] == "string"
