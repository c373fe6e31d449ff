"""Where the files of a source tree of Ganeti belong in the slice.

The installed layout is that of Debian's packages: `/usr/share/ganeti/default` is a link to the version in use.
"""

from pathlib import Path

from ..nodes.directories import HOOKS

#: Ganeti's modules and its QA suite
PYTHON = Path("/usr/share/ganeti/default")
TOOLS = (Path("/usr/lib/ganeti/tools"), Path("/usr/lib/ganeti"))
#: only the suite's own package installs it
QA = Path("/usr/share/ganeti/testsuite/qa")
OS_DEFINITIONS = Path("/srv/ganeti/os")

#: Only a build of Ganeti makes these modules (its `Makefile.am`), so those of the image stay.
BUILT = {"_autoconf.py", "_constants.py", "_generated_rpc.py", "_vcsversion.py", "opcodes.py"}
BUILT_IN = "lib/rpc/stub/"


def modules() -> Path:
    """The directory of the package `ganeti`."""
    return (PYTHON / "ganeti").resolve()


def target(name: str) -> Path | None:
    """The place of a file in the slice, which all nodes share.

    :param name: its path in the tree
    :returns: None for a file that is not brought: a file of the build, or a tool that is not installed
    """
    top, _, rest = name.partition("/")
    match top:
        case "lib":
            built = rest in BUILT or name.startswith(BUILT_IN) or not name.endswith(".py")
            return None if built else modules() / rest
        case "tools":
            return next((path.resolve() for tools in TOOLS if (path := tools / rest).is_file()), None)
        case "qa":
            return QA / rest
        case "hooks":
            return HOOKS / rest
        case "os":
            return OS_DEFINITIONS / rest
    return None
