"""Named checks: each prints one line of JSON, its name and what went wrong, if anything."""

import json
import sys
import traceback

facts = json.loads(sys.argv[1])


def check(name):
    """Run the decorated function now."""

    def run(function):
        try:
            function()
            error = None
        except BaseException:
            error = traceback.format_exc(limit=-6)
        print(json.dumps({"name": name, "error": error}), flush=True)
        return function

    return run


def raises(kind, function, *args, **kwargs):
    """What the call raises."""
    try:
        value = function(*args, **kwargs)
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}, but {value!r}")
