"""tesseract-jax against our servers: y = b²·sin(a), s = Σ a² + b + Σ extra; and the Rosenbrock function."""

import jax
import jax.numpy as jnp
import numpy as np
from checks import check, facts
from tesseract_core import Tesseract
from tesseract_jax import apply_tesseract

urls = dict(facts["urls"])
rosenbrock = Tesseract.from_url(urls.pop("rosenbrock"))

A = jnp.array([0.5, -1.0, 2.0], dtype=jnp.float32)
B = jnp.float32(1.5)
EXTRA = {"k": jnp.array([1.0, 2.0], dtype=jnp.float32)}


def reference(a, b, extra):
    rest = sum((jnp.sum(value) for value in extra.values()), jnp.float32(0))
    return b * b * jnp.sin(a), jnp.sum(a * a) + b + rest


def close(actual, expected):
    jax.tree.map(lambda one, other: np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-3), actual, expected)


for name, url in urls.items():
    tesseract = Tesseract.from_url(url)
    derived_only = "derived" in name

    def through(a, b, extra, **options):
        result = apply_tesseract(tesseract, {"a": a, "b": b, "extra": extra}, **options)
        return result["y"], result["s"]

    def loss(f):
        def scalar(a, b, extra=EXTRA):
            y, s = f(a, b, extra)
            return jnp.sum(y * jnp.array([1.0, -2.0, 0.5])) + 3 * s

        return scalar

    @check(f"{name}: what is listed is what is said")
    def _():
        listed = "jacobian" in tesseract.available_endpoints
        assert listed == (name == "with a Jacobian"), tesseract.available_endpoints

    @check(f"{name}: a plain call, and under jit")
    def _():
        close(through(A, B, EXTRA), reference(A, B, EXTRA))
        close(jax.jit(through)(A, B, EXTRA), reference(A, B, EXTRA))

    @check(f"{name}: grad")
    def _():
        close(jax.grad(loss(through))(A, B), jax.grad(loss(reference))(A, B))

    @check(f"{name}: value_and_grad over a subset of the inputs, under jit")
    def _():
        close(jax.jit(jax.value_and_grad(loss(through), argnums=1))(A, B), jax.value_and_grad(loss(reference), argnums=1)(A, B))

    @check(f"{name}: grad of an entry of a dict, with an unused output")
    def _():
        def one(f):
            return lambda extra: f(A, B, extra)[1]

        close(jax.grad(one(through))(EXTRA), jax.grad(one(reference))(EXTRA))

    @check(f"{name}: jvp with two tangents")
    def _():
        tangents = (jnp.array([1.0, 0.0, -2.0]), jnp.float32(0.5))
        close(
            jax.jvp(lambda a, b: through(a, b, EXTRA), (A, B), tangents),
            jax.jvp(lambda a, b: reference(a, b, EXTRA), (A, B), tangents),
        )

    @check(f"{name}: jacfwd")
    def _():
        close(
            jax.jacfwd(lambda a: through(a, B, EXTRA, vmap_method="sequential"))(A),
            jax.jacfwd(lambda a: reference(a, B, EXTRA))(A),
        )

    @check(f"{name}: jacrev")
    def _():
        close(
            jax.jacrev(lambda a: through(a, B, EXTRA, vmap_method="sequential"))(A),
            jax.jacrev(lambda a: reference(a, B, EXTRA))(A),
        )

    @check(f"{name}: vmap, and vmap of grad")
    def _():
        batch = jnp.stack([A, 2 * A])
        close(
            jax.vmap(lambda a: through(a, B, EXTRA, vmap_method="sequential"))(batch),
            jax.vmap(lambda a: reference(a, B, EXTRA))(batch),
        )

        def one(f, **options):
            return jax.vmap(jax.grad(lambda a: f(a, B, EXTRA, **options)[1]))

        close(one(through, vmap_method="sequential")(batch), one(reference)(batch))

    if name == "with a Jacobian":

        @check(f"{name}: jacrev and jacfwd through the one Jacobian, under jit")
        def _():
            for transform in (jax.jacfwd, jax.jacrev):
                close(
                    jax.jit(transform(lambda a: through(a, B, EXTRA)))(A),
                    transform(lambda a: reference(a, B, EXTRA))(A),
                )


@check("the Rosenbrock function: gradient descent through its derived vjp reaches the minimum")
def _():
    def value(x, y):
        return apply_tesseract(rosenbrock, {"x": x, "y": y, "a": jnp.float32(1), "b": jnp.float32(2)})["result"]

    step = jax.jit(jax.value_and_grad(value, argnums=(0, 1)))
    x, y = jnp.float32(-0.5), jnp.float32(0.5)
    for _ in range(400):
        _, (dx, dy) = step(x, y)
        x, y = x - 0.05 * dx, y - 0.05 * dy
    np.testing.assert_allclose([x, y], [1, 1], atol=5e-2)


@check("the Rosenbrock function: the gradient in closed form")
def _():
    gradient = jax.grad(lambda x, y: apply_tesseract(rosenbrock, {"x": x, "y": y})["result"], argnums=(0, 1))(
        jnp.float32(-1.5), jnp.float32(0.5)
    )
    np.testing.assert_allclose(gradient, (-2 * 2.5 + 400 * 1.5 * (0.5 - 2.25), 200 * (0.5 - 2.25)), rtol=1e-5)
