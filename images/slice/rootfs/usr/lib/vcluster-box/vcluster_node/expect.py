"""Says so, loudly, when Ganeti has changed what is changed here."""

from collections.abc import Callable
from typing import Any


def parameters(function: Callable[..., Any], *names: str) -> None:
    """
    :param names: the first that the function takes, in their order
    :raises AttributeError: when it takes others
    """
    function = getattr(function, "__func__", function)
    code = function.__code__
    found = code.co_varnames[: code.co_argcount][: len(names)]
    if found != names:
        raise AttributeError(f"{function.__module__}.{function.__qualname__} takes {found}, not {names}, in this Ganeti")
