"""JAX through a proxy that derives what a Python Tesseract lacks: y = sin(A·x)·b, z = x·x."""

import jax
import jax.numpy as jnp
import numpy as np
from checks import check, facts, raises
from tesseract_core import Tesseract
from tesseract_jax import apply_tesseract

MATRIX = jnp.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])
X = jnp.array([0.3, -0.2, 0.9])
B = jnp.float32(1.5)
upstream = Tesseract.from_url(facts["upstream"])
proxy = Tesseract.from_url(facts["proxy"])


def loss(tesseract):
    def value(x, b):
        result = apply_tesseract(tesseract, {"x": x, "b": b})
        return result["y"] @ jnp.array([1.0, -2.0]) + result["z"]

    return value


def reference(x, b):
    return jnp.sin(MATRIX @ x) * b @ jnp.array([1.0, -2.0]) + x @ x


@check("without it, the Tesseract has no vjp, and grad fails")
def _():
    assert "vector_jacobian_product" not in upstream.available_endpoints
    raises(Exception, jax.grad(loss(upstream)), X, B)


@check("with it, grad is that of the reference")
def _():
    assert "vector_jacobian_product" in proxy.available_endpoints
    for actual, expected in zip(jax.grad(loss(proxy), argnums=(0, 1))(X, B), jax.grad(reference, argnums=(0, 1))(X, B)):
        np.testing.assert_allclose(actual, expected, rtol=1e-5)


@check("value_and_grad under jit")
def _():
    value, gradient = jax.jit(jax.value_and_grad(loss(proxy)))(X, B)
    np.testing.assert_allclose(value, reference(X, B), rtol=1e-5)
    np.testing.assert_allclose(gradient, jax.grad(reference)(X, B), rtol=1e-5)


@check("jvp")
def _():
    tangents = (jnp.array([1.0, 0.5, -1.0]), jnp.float32(2))
    np.testing.assert_allclose(
        jax.jvp(loss(proxy), (X, B), tangents), jax.jvp(reference, (X, B), tangents), rtol=1e-4
    )


@check("jacrev uses the Tesseract's own Jacobian")
def _():
    through = jax.jacrev(lambda x: apply_tesseract(proxy, {"x": x, "b": B})["y"])(X)
    np.testing.assert_allclose(through, jax.jacrev(lambda x: jnp.sin(MATRIX @ x) * B)(X), rtol=1e-5)


@check("gradient descent through it finds a minimum")
def _():
    step = jax.jit(jax.value_and_grad(loss(proxy)))
    x, values = X, []
    for _ in range(60):
        value, gradient = step(x, B)
        x, values = x - 0.05 * gradient, [*values, float(value)]
    assert values[-1] < values[0] - 1, values
    assert float(jnp.linalg.norm(jax.grad(reference)(x, B))) < 0.3
