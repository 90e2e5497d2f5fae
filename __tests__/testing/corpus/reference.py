"""The derivatives of reference.tsv, by mpmath with sixty digits: a column of names, one of points, one of derivatives.

`pip install mpmath`, then `python3 __tests__/testing/corpus/reference.py` prints the table anew from its first two columns. To add a
function, write its name and points into the table with an empty list of derivatives, and its formula here.
"""

import json
from pathlib import Path

from mpmath import (
    acos,
    acosh,
    asin,
    atanh,
    besselj,
    cos,
    coth,
    ellipk,
    erf,
    exp,
    findroot,
    log,
    loggamma,
    mp,
    mpf,
    ncdf,
    pi,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

mp.dps = 60
rat = pi / 180
C = mpf(299792458)


def phi_call(s, k, r, v, t):
    root = v * sqrt(t)
    d = (log(s / k) + (r + v * v / 2) * t) / root
    return s * ncdf(d) - k * exp(-r * t) * ncdf(d - root)


def dd(s, k, r, v, t):
    return (log(s / k) + (r + v * v / 2) * t) / (v * sqrt(t))


# A decimal as the double that it is.
J = lambda text: mpf(json.loads(text))
n03, n02, n05 = J("0.03"), J("0.2"), J("0.5")


def kep(m, e):
    return findroot(lambda x: x - e * sin(x) - m, m + e * sin(m) + e * mpf("0.3"))


FORMULAS = {
    "sin x": sin,
    "exp x": exp,
    "tanh x": tanh,
    "log x": log,
    "x^1.5": lambda x: x ** mpf(1.5),
    "1/(1 + x²)": lambda x: 1 / (1 + x * x),
    "erf x": erf,
    "log Γ(x)": lambda x: loggamma(x),
    "J₀(x)": lambda x: besselj(0, x),
    "Rosenbrock near the valley": lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    "sin(x/s) at scales 1e-12 to 1e12": lambda x, s: sin(x / s),
    "s·exp(x) with outputs of 1e-12 to 1e12": lambda x, s: s * exp(x),
    "a zero beside a million": lambda a, b: sin(a) + (b / 10**6) ** 2,
    "a beam in SI units: PL³/(48EI)": lambda p, l, e, i: p * l**3 / (48 * e * i),
    "1e8 + sin x": sin,
    "1e15 + sin x": sin,
    "1e6 + exp x": exp,
    "(x − 1e6)² near a million": lambda x: (x - 10**6) ** 2,
    "the gain of an RC filter": lambda r, c, f: 1 / sqrt(1 + (2 * pi * f * r * c) ** 2),
    "√(1 + x²) at and beside zero": lambda x: sqrt(1 + x * x),
    "seconds since 1970 in a phase": lambda t, w: sin(w * t),
    "sin x far out": sin,
    "sin(1e3·x)": lambda x: sin(1000 * x),
    "sin(1e4·x)": lambda x: sin(10000 * x),
    "sin(1e6·x)": lambda x: sin(10**6 * x),
    "the sine of degrees": lambda x: sin(rat * x),
    "a chirp sin(x²)": lambda x: sin(x * x),
    "sin(1/x)": lambda x: sin(1 / x),
    "a wiggle on a slope: x + 1e-3·sin(1e5·x)": lambda x: x + J("1e-3") * sin(10**5 * x),
    "a faint wiggle on a slope: x + 1e-6·sin(1e4·x)": lambda x: x + J("1e-6") * sin(10**4 * x),
    "a tone of 440 Hz": lambda t: cos(880 * pi * t),
    "tan(100·x)": lambda x: tan(100 * x),
    "a damped oscillation": lambda x: exp(-x) * sin(500 * x),
    "an amplitude that is modulated": lambda x: (1 + sin(20 * x) / 2) * sin(2000 * x),
    "the fringes behind two slits": lambda d, l, a: cos(pi * d * sin(a) / l) ** 2,
    "seven terms of Weierstrass’s function": lambda x: sum(mpf("0.5") ** k * cos(7**k * x) for k in range(7)),
    "asin x": asin,
    "acos x": acos,
    "log(x − 1)": lambda x: log(x - 1),
    "√x near zero": sqrt,
    "√(x − 2) near two": lambda x: sqrt(x - 2),
    "1/(x − 1)": lambda x: 1 / (x - 1),
    "tan x near its pole": tan,
    "acosh x": acosh,
    "atanh x": atanh,
    "a Gaussian of width 1e-5": lambda x: exp(-(((x - 0.5) * 10**5) ** 2) / 2),
    "a Lorentzian of width 1e-4": lambda x: 1 / (1 + ((x - 2) * 10**4) ** 2),
    "x^0.1": lambda x: x ** J("0.1"),
    "log x near zero": log,
    "x·log x": lambda x: x * log(x),
    "the logit of a probability": lambda p: log(p / (1 - p)),
    "√(1 − x²)": lambda x: sqrt(1 - x * x),
    "exp(−1/x)": lambda x: exp(-1 / x),
    "1/x": lambda x: 1 / x,
    "Langevin’s function": lambda x: coth(x) - 1 / x,
    "a steep sigmoid: tanh(1e4(x − 1))": lambda x: tanh(10**4 * (x - 1)),
    "a sharp softplus": lambda x: log(1 + exp(10**4 * x)) / 10**4,
    "a rounded |x|: √(x² + 1e-8)": lambda x: sqrt(x * x + mpf(10) ** -8),
    "Runge’s function": lambda x: 1 / (1 + 25 * x * x),
    "two numbers at the edges of log(1 − x² − y²)": lambda x, y: log(1 - x * x - y * y),
    "the arc cosine of a rounded product": lambda x: acos(x * x),
    "x^x near zero": lambda x: x**x,
    "an exponential layer of 1e-3": lambda x: exp((x - 1) * 1000),
    "exp(700)": exp,
    "sinh(705)": sinh,
    "x^−20 near 1e-10": lambda x: x**-20,
    "log(eᵃ + eᵇ) at ±1000": lambda a, b: log(exp(a) + exp(b)),
    "(1 − cos x)/x²": lambda x: (1 - cos(x)) / x**2,
    "(1 − cos x)/x² near zero": lambda x: (1 - cos(x)) / x**2,
    "(eˣ − 1)/x near zero": lambda x: (exp(x) - 1) / x,
    "√(x + 1) − √x far out": lambda x: sqrt(x + 1) - sqrt(x),
    "log(1 + x) near zero": lambda x: log(1 + x),
    "x − sin x near zero": lambda x: x - sin(x),
    "tan x − x near zero": lambda x: tan(x) - x,
    "1 − tanh x": lambda x: 1 - tanh(x),
    "eˣ − e⁻ˣ − 2x": lambda x: exp(x) - exp(-x) - 2 * x,
    "the small root of x² − bx + c": lambda b, c: (b - sqrt(b * b - 4 * c)) / 2,
    "a difference quotient inside": lambda x: (sin(x + J("1e-5")) - sin(x)) / J("1e-5"),
    "the area of a needle by Heron’s formula": lambda a, b, c: sqrt(
        (a + b + c) * (b + c - a) * (a + c - b) * (a + b - c)
    )
    / 4,
    "Black and Scholes: a call": phi_call,
    "Black and Scholes: a call far out of the money": phi_call,
    "Black and Scholes: delta by spot": lambda *x: ncdf(dd(*x)),
    "Black and Scholes: gamma by spot": lambda s: exp(-dd(s, 105, n03, n02, n05) ** 2 / 2)
    / sqrt(2 * pi)
    / (s * n02 * sqrt(n05)),
    "an internal rate of return by Newton": lambda *c: findroot(
        lambda r: sum(c[k] * (1 + r) ** -k for k in range(5)), mpf("0.12")
    ),
    "a bond by coupon and yield": lambda c, y: 100 * c * sum((1 + y) ** -(k + 1) for k in range(10))
    + 100 * (1 + y) ** -10,
    "a monthly payment": lambda l, r: l * r / (1 - (1 + r) ** -360),
    "Kepler’s equation": kep,
    "the period of an orbit": lambda a, mu: 2 * pi * sqrt(a**3 / mu),
    "the rocket equation": lambda u, m, n: u * log(m / n),
    "Arrhenius’s law": lambda a, e, t: a * exp(-e / (J("8.314462618") * t)),
    "the pH of a weak acid": lambda p, c: -log((-mpf(10) ** -p + sqrt(mpf(10) ** (-2 * p) + 4 * mpf(10) ** -p * c)) / 2)
    / log(10),
    "Lennard and Jones’s potential": lambda r, e, s: 4 * e * ((s / r) ** 12 - (s / r) ** 6),
    "A → B → C in time": lambda p, q, t: p / (q - p) * (exp(-p * t) - exp(-q * t)),
    "log Σ exp": lambda *x: log(sum(exp(v) for v in x)),
    "Φ(x) in its tail": ncdf,
    "log Φ(x) in its tail": lambda x: log(ncdf(x)),
    "Student’s log density": lambda x, n: loggamma((n + 1) / 2)
    - loggamma(n / 2)
    - log(n) / 2
    - (n + 1) / 2 * log(1 + x * x / n),
    "log B(a, b)": lambda a, b: loggamma(a) + loggamma(b) - loggamma(a + b),
    "the divergence of two normal distributions": lambda m, s, n, t: log(t / s)
    + (s * s + (m - n) ** 2) / (2 * t * t)
    - mpf(1) / 2,
    "a sigmoid at 40, where it is 1": lambda x: 1 / (1 + exp(-x)),
    "a sigmoid in its tails": lambda x: 1 / (1 + exp(-x)),
    "the period of a pendulum": lambda a: 4 * sqrt(1 / J("9.81")) * ellipk(sin(a / 2) ** 2),
    "refraction near total reflection": lambda x: asin(mpf(1.5) * sin(x)),
    "the Lorentz factor": lambda v: 1 / sqrt(1 - (v / C) ** 2),
    "the logarithmic mean temperature": lambda a, b: (a - b) / log(a / b),
    "the Doppler shift of a star": lambda f, v: f * sqrt((1 - v / C) / (1 + v / C)),
    "the Fermi function at 1 K": lambda e, m, k: 1 / (1 + exp((e - m) / k)),
    "a projectile with height": lambda v, a, h: v
    * cos(a)
    / J("9.81")
    * (v * sin(a) + sqrt((v * sin(a)) ** 2 + J("19.62") * h)),
}


def derivative(name, point):
    """The derivative by each input, from a central difference whose step is 1e-25 of it."""
    x = [mpf(value) for value in point]

    def at(j, value):
        return FORMULAS[name](*[value if k == j else x[k] for k in range(len(x))])

    steps = [mpf(10) ** -25 * (abs(value) or 1) for value in x]
    return [float(mp.re((at(j, x[j] + h) - at(j, x[j] - h)) / (2 * h))) for j, h in enumerate(steps)]


for line in Path(__file__).with_name("reference.tsv").read_text().splitlines():
    name, point, _ = line.split("\t")
    print(name, point, json.dumps(derivative(name, json.loads(point))), sep="\t")
