"""Pairs of disks whose sides are in different slices: here, in directories that reach each other by sockets."""

import os
import socket
import threading
from pathlib import Path

from drbd_case import Pair
from vcluster_storage.drbd import serve, slices
from vcluster_storage.drbd.wire import Message, Wire

NODES = {"node1.example.com": 1, "node2.example.com": 2}


class FarPair(Pair):
    def other_folder(self, folder: str) -> str:
        other = os.path.join(folder, "other")
        self.folders = (folder, other)
        for number, each in enumerate(self.folders, 1):
            os.makedirs(f"{each}/.drbd")
            slices.write(each, slices.Slices(number, NODES))
            self.serve(each)
        self.heal()
        return other

    def serve(self, folder: str) -> None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(slices.path(folder, slices.OWN_SOCKET))
        listener.listen()

        def answer() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                conversation = serve.Conversation(folder, Wire(connection), {"link": _no_link, "broken": _ignore})
                threading.Thread(target=conversation.hold, daemon=True).start()

        threading.Thread(target=answer, daemon=True).start()
        self.addCleanup(lambda: (listener.shutdown(socket.SHUT_RDWR), listener.close()))

    def assert_same_data(self) -> None:
        self.assertEqual(*(Path(self.data(side)).read_bytes() for side in (0, 1)))

    def cut(self) -> None:
        """The slices do not reach each other any more."""
        for number, folder in enumerate(self.folders, 1):
            os.unlink(slices.path(folder, str(3 - number)))

    def heal(self) -> None:
        for number, folder in enumerate(self.folders, 1):
            other = self.folders[2 - number]
            os.symlink(slices.path(other, slices.OWN_SOCKET), slices.path(folder, str(3 - number)))


def allocated(path: str) -> int:
    """Bytes on the disk."""
    return Path(path).stat().st_blocks * 512


def _no_link(_message: Message) -> Message:
    return {"up": False}


def _ignore(_message: Message) -> Message:
    return {}
