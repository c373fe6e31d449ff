"""Keeps text that is not ASCII out of Ganeti's Haskell daemons, which cannot send it.

They cut each character to its lowest 8 bits when they send it to Python (`UDSServer.sendMsg`), and cut off the ends of
requests to node daemons.  A tag `hällo` then makes the configuration unreadable for every later job, and the queue
is stuck.

So Python programs write each such character as U+007F and its escape sequence where Haskell reads it: in messages to
luxid and wconfd, and in job files.  They translate it back where they read what Haskell has sent.  Job files and
`config.data` have the written form on all nodes; ssconf files, exports, and everything that users see have the text.
"""

import json
import re
from types import ModuleType, SimpleNamespace
from typing import Any

from . import expect

#: in JSON, the escape sequence of a character that is not ASCII; `\\\\u00e4` is a backslash and four characters
_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\(u(?!00[0-7])[0-9a-f]{4})")
_WRITTEN = re.compile("\x7f(u[0-9a-f]{4})")
#: what does not work without the change
LOST = "text that is not ASCII, such as a tag, stops the job queue"


def change_transport(transport: ModuleType) -> None:
    for kind in (transport.Transport, transport.FdTransport):
        _change_messages(kind)


def change_queue(jqueue: ModuleType) -> None:
    """The module gets its own copy of `ganeti.serializer`, which it uses for job files only."""
    dump, load = jqueue.serializer.DumpJson, jqueue.serializer.LoadJson
    expect.parameters(dump, "data")
    expect.parameters(load, "data")

    def dump_json(data: Any) -> bytes:
        return _write(dump(data).decode()).encode()

    def load_json(data: str) -> Any:
        return load(_read(data))

    jqueue.serializer = SimpleNamespace(**{**vars(jqueue.serializer), "DumpJson": dump_json, "LoadJson": load_json})


def change_ssconf(ssconf: ModuleType) -> None:
    """wconfd sends the content of ssconf files, such as the cluster's tags, to the node daemons."""
    original = ssconf.SimpleStore.WriteFiles
    expect.parameters(original, "self", "values")

    def write_files(self: Any, values: dict[str, Any], *rest: Any, **options: Any) -> Any:
        return original(self, json.loads(_read(json.dumps(values, ensure_ascii=False))), *rest, **options)

    ssconf.SimpleStore.WriteFiles = write_files


def _write(text: str) -> str:
    return _ESCAPE.sub("\\1\x7f\\2", text)


def _read(text: str) -> str:
    return _WRITTEN.sub(r"\\\1", text)


def _change_messages(kind: Any) -> None:
    send, receive = kind.Send, kind.Recv
    expect.parameters(send, "self", "msg")
    expect.parameters(receive, "self")

    def send_written(self: Any, msg: str | bytes) -> Any:
        return send(self, _write(msg if isinstance(msg, str) else msg.decode()))

    def receive_read(self: Any) -> str:
        return _read(receive(self))

    kind.Send, kind.Recv = send_written, receive_read
