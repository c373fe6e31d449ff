"""Fails if Ganeti has changed a function that is replaced here."""

from collections.abc import Callable
from typing import Any


def parameters(function: Callable[..., Any], *names: str) -> None:
    """
    :param names: the function's first parameters, in order
    :raises AttributeError: when its parameters are different
    """
    function = getattr(function, "__func__", function)
    code = function.__code__
    found = code.co_varnames[: code.co_argcount][: len(names)]
    if found != names:
        raise AttributeError(f"{function.__module__}.{function.__qualname__} takes {found}, not {names}, in this Ganeti")
