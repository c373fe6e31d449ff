"""An installed tree of Ganeti: `make install DESTDIR=TREE`, or unpacked packages."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from . import debian
from .answer import Problem
from .packages import of_ganeti

ROOT = Path("/")
#: without these, there is no cluster
PROGRAMS = (
    "usr/sbin/gnt-cluster", "usr/sbin/gnt-node", "usr/sbin/gnt-instance", "usr/sbin/ganeti-noded",
    "usr/sbin/ganeti-rapi", "usr/sbin/ganeti-luxid", "usr/sbin/ganeti-wconfd", "usr/sbin/ganeti-confd",
    "usr/sbin/ganeti-watcher", "usr/lib/ganeti/daemon-util", "usr/lib/ganeti/ensure-dirs",
)  # fmt: skip
#: what only one version of Ganeti has: programs, daemons and Python modules
_VERSIONED = re.compile(r"usr/(?:share|lib)/ganeti/(?P<version>\d+\.\d+)/")
_OWN = re.compile(r"usr/(?:share/ganeti/|lib/ganeti/|sbin/(?:gnt|ganeti)-)")
_PYTHON = re.compile(r"usr/(?:local/)?lib/(python3\.\d+)/")
_SHEBANG = re.compile(rb"#! ?/usr/(?:local/)?bin/(?:env )?(python3\.\d+)")
_CONFIGURE = "configure it with --prefix=/usr --sysconfdir=/etc --localstatedir=/var"


def files(tree: Path) -> Iterator[str]:
    """The paths of all files and links below the tree."""
    for directory, directories, names in os.walk(tree):
        for name in [*names, *(each for each in directories if os.path.islink(os.path.join(directory, each)))]:
            yield os.path.relpath(os.path.join(directory, name), tree)


def version_of(tree: Path) -> str:
    """`3.1`; empty if the tree does not say."""
    found = (_VERSIONED.match(path) for path in sorted(files(tree)))
    return next((each["version"] for each in found if each is not None), "")


def problems(tree: Path, release: str) -> list[Problem]:
    """Why it cannot be installed in this image, as far as its files say that."""
    paths = sorted(files(tree))
    if not any(_OWN.match(path) for path in paths):
        elsewhere = next((path for path in paths if re.search(r"(^|/)gnt-cluster$", path)), None)
        if elsewhere is None:
            return [Problem("the tree contains no Ganeti", "give the directory of `make install DESTDIR=DIRECTORY`")]
        prefix = "/" + elsewhere.rpartition("/sbin/")[0]
        return [Problem(f"the tree has Ganeti in {prefix}, and its place in the image is /usr", _CONFIGURE)]
    return [*_python(tree, paths, release), *_libraries(tree, paths, release)]


def _python(tree: Path, paths: list[str], release: str) -> list[Problem]:
    own = f"python3.{sys.version_info.minor}"
    for path in paths:
        needed = _PYTHON.match(path)
        version = needed[1] if needed is not None else None
        file = tree / path
        if version is None and file.is_file() and not file.is_symlink():
            with file.open("rb") as opened:
                shebang = _SHEBANG.match(opened.read(64))
            version = shebang[1].decode() if shebang is not None else None
        if version is not None and version != own:
            return [Problem(f"{path} of the tree needs {version}, and Debian {release} has {own}")]
    return []


def _libraries(tree: Path, paths: list[str], release: str) -> list[Problem]:
    machine = _machine(Path(sys.executable).resolve())
    for path in paths:
        file = tree / path
        if file.is_symlink() or not file.is_file() or (found := _machine(file)) is None:
            continue
        if found != machine:
            return [Problem(f"{path} of the tree is built for another architecture than the engine's machine")]
        lacks = _lacks(file)
        if lacks is not None:
            return [Problem(f"{path} of the tree needs {lacks[0]}, and Debian {release} has {lacks[1]}")]
    return []


def _machine(file: Path) -> bytes | None:
    """Class and machine of an ELF file."""
    with file.open("rb") as opened:
        head = opened.read(20)
    return head[4:6] + head[18:20] if head.startswith(b"\x7fELF") else None


def _lacks(program: Path) -> tuple[str, str] | None:
    """What a program needs, and what the image has of it."""
    done = subprocess.run(["ldd", program], capture_output=True, text=True, errors="replace", check=False)
    said = done.stdout + done.stderr
    symbols = re.findall(r"/([^/\s:]+): version `(\S+)' not found", said)
    if symbols:
        library, version = max(symbols, key=lambda pair: [int(part) for part in re.findall(r"\d+", pair[1])])
        return f"{version} of {library}", _version_of(library)
    missing = re.search(r"(\S+) => not found", said)
    return None if missing is None else (missing[1], "no such library")


def _version_of(library: str) -> str:
    output = subprocess.run(["dpkg-query", "--search", f"*/{library}"], capture_output=True, text=True, check=False)
    name = output.stdout.partition(":")[0]
    package = debian.installed().get(name)
    return "an older one" if package is None else f"{package.name} {package.version}"


def install(tree: Path, root: Path = ROOT) -> None:
    """Replaces Debian's packages of Ganeti, as far as the tree has their files."""
    paths = set(files(tree))
    for owned in (_files_of(package) for package in debian.installed().values() if of_ganeti(package)):
        if not paths.isdisjoint(owned):
            _remove([root / path for path in owned if _VERSIONED.match(path)])
    versions = sorted({found["version"] for path in paths if (found := _VERSIONED.match(path))})
    # The root's own mode and links to directories (/lib) stay.
    into = ["tar", "--directory", root, "--extract", "--keep-directory-symlink", "--no-overwrite-dir"]
    out = ["tar", "--directory", tree, "--create", "--exclude=./usr/share/doc", "--exclude=./usr/share/man", "."]
    with subprocess.Popen(out, stdout=subprocess.PIPE) as packed:
        subprocess.run(into, stdin=packed.stdout, check=True)
    if packed.returncode != 0:
        raise subprocess.CalledProcessError(packed.returncode, out)
    if versions:
        _link(root, versions[-1])


def _files_of(package: debian.Package) -> set[str]:
    """Files and links, without documentation."""
    output = subprocess.run(["dpkg-query", "--listfiles", package.name], capture_output=True, text=True, check=True)
    lines = (line.removeprefix("/") for line in output.stdout.splitlines() if line.startswith("/usr/"))
    kept = (line for line in lines if not line.startswith(("usr/share/doc/", "usr/share/man/")))
    return {line for line in kept if os.path.islink(f"/{line}") or os.path.isfile(f"/{line}")}


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
    for cache in {path.parent / "__pycache__" for path in paths}:
        for compiled in cache.glob("*.pyc"):
            compiled.unlink()


def _link(root: Path, version: str) -> None:
    """`/usr/lib/ganeti/default` and `/usr/share/ganeti/default` lead to the version by these links, which Debian's
    package creates when it is configured."""
    for name in ("lib", "share"):
        link, target = root / "etc/ganeti" / name, f"/usr/{name}/ganeti/{version}"
        if (root / target[1:]).is_dir() and not (link.is_symlink() and os.readlink(link) == target):
            link.unlink(missing_ok=True)
            link.symlink_to(target)
