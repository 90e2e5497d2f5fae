"""tesseract-torch against our servers: y = b²·sin(a), s = Σ a² + b + Σ extra; and the mean of the points of a mesh."""

from importlib.metadata import version

import torch
import torch.autograd.forward_ad as forward
from checks import check, facts
from tesseract_core import Tesseract
from tesseract_torch import apply_tesseract

# Version 0.2 came to differentiate the entries of dicts; models in models it always did.
ENTRIES = tuple(int(part) for part in version("tesseract-torch").split(".")[:2]) >= (0, 2)
urls = dict(facts["urls"])
centroid = Tesseract.from_url(urls.pop("centroid"))

SEED = torch.tensor([1.0, -2.0, 0.5])


def leaves():
    a = torch.tensor([0.5, -1.0, 2.0], requires_grad=True)
    b = torch.tensor(1.5, requires_grad=True)
    k = torch.tensor([1.0, 2.0], requires_grad=ENTRIES)
    return a, b, k


def reference(a, b, k):
    return b * b * torch.sin(a), torch.sum(a * a) + b + torch.sum(k)


def close(actual, expected):
    for one, other in zip(actual, expected, strict=True):
        assert (one is None) == (other is None)
        if one is None:
            continue
        torch.testing.assert_close(one, other, rtol=2e-3, atol=2e-3)


for name, url in urls.items():
    tesseract = Tesseract.from_url(url)

    def through(a, b, k):
        result = apply_tesseract(tesseract, {"a": a, "b": b, "extra": {"k": k}})
        return result["y"], result["s"]

    def gradients(f, pick):
        variables = leaves()
        pick(*f(*variables)).backward()
        return [one.grad for one in variables]

    @check(f"{name}: values")
    def _():
        close(through(*leaves()), reference(*leaves()))

    @check(f"{name}: backward to several inputs")
    def _():
        def pick(y, s):
            return torch.sum(y * SEED) + 3 * s

        close(gradients(through, pick), gradients(reference, pick))

    @check(f"{name}: backward with an unused output")
    def _():
        def pick(_y, s):
            return 2 * s

        expected = gradients(reference, pick)
        close(gradients(through, pick), expected)

    @check(f"{name}: an input that needs no gradient has none")
    def _():
        a, b, k = leaves()
        through(a, b.detach(), k.detach())[0].sum().backward()
        torch.testing.assert_close(a.grad, (b * b * torch.cos(a)).detach(), rtol=2e-3, atol=2e-3)

    @check(f"{name}: forward mode")
    def _():
        def pushed(f):
            a, b, k = (one.detach() for one in leaves())
            with forward.dual_level():
                dual = forward.make_dual(a, SEED)
                return [forward.unpack_dual(one).tangent for one in f(dual, b, k)]

        close(pushed(through), pushed(reference))


@check("backward into a dict in a dict")
def _():
    points = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.5]], requires_grad=True)
    result = apply_tesseract(centroid, {"mesh": {"points": points, "name": "a tetrahedron"}})
    (result["centroid"] @ torch.tensor([4.0, 8.0, -4.0])).backward()
    torch.testing.assert_close(points.grad, torch.tensor([1.0, 2.0, -1.0]).repeat(4, 1))
