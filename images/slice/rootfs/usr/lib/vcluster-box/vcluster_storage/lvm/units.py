"""Sizes as LVM's programs read and write them."""

from ..failure import BadUsage

LETTERS = "bskmgtpe"
MEBI = 2**20


def parse_size(text: str, default: str = "m") -> int:
    """Bytes.

    :param text: `10`, `10g`, `1.5GiB`; LVM takes upper and lower case as the same here
    """
    number = text.strip().lower()
    for ending in ("ib", "b"):
        if len(number) > len(ending) and number.endswith(ending) and number[-len(ending) - 1] in LETTERS[2:]:
            number = number[: -len(ending)]
    letter = number[-1:] if number[-1:] in LETTERS and number[-1:] else default
    try:
        size = float(number.rstrip(LETTERS)) * _factor(letter)
    except ValueError:
        raise BadUsage(f'Invalid argument for size: "{text}"') from None
    if size < 0:
        raise BadUsage("Size may not be negative.")
    return int(size)


def format_size(size: int, unit: str, suffix: bool = True) -> str:
    """
    :param unit: a letter as in `--units`: upper case for powers of 1000, `h` and `r` for what suits the size
    """
    mark = ""
    letter = unit
    if unit in "hHrR":
        letter = _suitable(size, upper=unit.isupper())
    factor = _factor(letter)
    ending = letter if suffix else ""
    if size == 0:
        return f"0{ending}" if unit not in "hHrR" else "0 "
    if letter in "bBsS":
        return f"{size // factor}{ending}"
    number = f"{size / factor:.2f}"
    if unit in "rR" and float(number) * factor > size:
        mark = "<"
    return f"{mark}{number}{ending}"


def _suitable(size: int, upper: bool) -> str:
    letters = LETTERS[2:].upper() if upper else LETTERS[2:]
    return next((letter for letter in reversed(letters) if size >= _factor(letter)), letters[0])


def _factor(letter: str) -> int:
    if letter in "sS":
        return 512
    position = "bkmgtpe".index(letter.lower())
    return 1000**position if letter.isupper() else 1024**position
