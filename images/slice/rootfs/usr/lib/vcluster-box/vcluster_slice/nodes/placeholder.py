"""Turns what a process has imported of Ganeti as one node into what another node would have imported.

Ganeti's modules compute their node's paths when they are imported: variables, attributes of classes, default arguments.
They differ between nodes in one thing only: the node's name, which is the last part of GANETI_ROOTDIR.  So a process
can import them once, as a node with a placeholder for a name, and each of its forks replaces the placeholder.
"""

import gc
import os
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

#: puts a node's name into one place
Rename = Callable[[str], None]


class UnknownPlace(Exception):
    """The placeholder is in an object whose content cannot be replaced."""


def find(placeholder: str) -> list[Rename]:
    """Finds all places with the placeholder.  The caller changes the environment.

    :raises UnknownPlace: if one is neither a variable, an attribute, a default argument, nor an item of a list or dict
    """
    # First of all, so that this search does not find itself.
    objects = gc.get_objects()
    return list(_find(objects, placeholder))


def _find(objects: list[Any], placeholder: str) -> Iterator[Rename]:
    classes = {id(gc.get_referents(vars(each))[0]): each for each in objects if isinstance(each, type)}
    environment = os.environ._data  # type: ignore[attr-defined]
    seen = set()
    while objects:
        each = objects.pop()
        # A tuple or frozenset is replaced as a whole, in what holds it.
        if type(each) in (tuple, frozenset) or each is environment:
            continue
        held = gc.get_referents(each)
        if any(_has(value, placeholder) for value in held):
            yield from _renames(each, classes.get(id(each)), placeholder)
        # The collector does not track dicts of plain values.
        for value in held:
            if type(value) is dict and not gc.is_tracked(value) and id(value) not in seen:
                seen.add(id(value))
                objects.append(value)


def _has(value: Any, placeholder: str) -> bool:
    if type(value) is str:
        return placeholder in value
    return type(value) in (tuple, frozenset) and any(_has(item, placeholder) for item in value)


def _renames(holder: Any, owner: type | None, placeholder: str) -> Iterator[Rename]:
    def renamed(value: Any, name: str) -> Any:
        if type(value) is str:
            return value.replace(placeholder, name)
        return type(value)(renamed(item, name) for item in value) if type(value) in (tuple, frozenset) else value

    def item(key: Any, value: Any) -> Rename:
        def rename(name: str) -> None:
            holder[key] = renamed(value, name)

        return rename

    def attribute(of: Any, key: str, value: Any) -> Rename:
        return lambda name: setattr(of, key, renamed(value, name))

    if isinstance(holder, FunctionType) and _has(holder.__defaults__, placeholder):
        yield attribute(holder, "__defaults__", holder.__defaults__)
    elif type(holder) is list:
        yield from (item(index, value) for index, value in enumerate(holder) if _has(value, placeholder))
    elif type(holder) is dict and not any(_has(key, placeholder) for key in holder):
        places = [(key, value) for key, value in holder.items() if _has(value, placeholder)]
        yield from (attribute(owner, *place) if owner else item(*place) for place in places)
    else:
        raise UnknownPlace(f"{type(holder).__name__}: {holder!r:.200}")
