"""Makes requests to the node daemon cheaper, because on one machine all nodes share its processors.

Ganeti's node daemon forks for each connection; the child does the TLS handshake, answers one request and ends.  Most of
the time goes into the fork: into the pages that the child copies, and into its end.  Here

- the daemon itself does the handshakes, as data arrives.  If the master connects to all nodes at once, it allows five
  seconds for all handshakes;
- it answers short requests itself (`short_requests`), and forks for all others when they arrive;
- a connection stays open if the client asks for that (`keep_connections`).  Still each has one request after another.

No client can keep the daemon from serving others: it waits for none.
"""

import os
import select
import time
from contextlib import suppress
from types import ModuleType, SimpleNamespace
from typing import Any

from . import expect, short_requests

#: seconds for which a child waits for the next request
IDLE_SECONDS = 2.0
#: seconds after which the daemon closes a connection on which nothing arrives
SILENT_SECONDS = 60.0
#: longest first line of a request
LINE = 8192
#: what does not work without the change
LOST = "node daemons fork for each request: clusters with many nodes are slow"


def change(noded: ModuleType) -> None:
    http, server = noded.http, noded.http.server
    executor = server.HttpServerRequestExecutor
    expect.parameters(server.HttpServer._IncomingConnection, "self")
    expect.parameters(server.HttpServer._CollectChildren, "self", "quick")
    expect.parameters(executor._ReadRequest, "sock", "timeout")
    expect.parameters(executor._SendResponse, "sock", "req_msg", "msg", "timeout")
    expect.parameters(http.ShutdownConnection, "sock", "close_timeout", "write_timeout", "msgreader", "force")
    # The module gets its own copy of `ganeti.http`: RAPI has the same server, and stays as it is.
    copy = SimpleNamespace(**{**vars(server), "HttpServer": _server(noded, http, server)})
    noded.http = SimpleNamespace(**{**vars(http), "server": copy})


class _Received:
    """A connection some of whose data has been read already, for Ganeti's reader, which waits before it reads."""

    def __init__(self, connection: Any, data: bytes) -> None:
        self._connection, self._data = connection, data

    def fileno(self) -> int:
        return _always_readable() if self._data else int(self._connection.fileno())

    def recv(self, size: int) -> Any:
        if not self._data:
            return self._connection.recv(size)
        data, self._data = self._data[:size], self._data[size:]
        return data


_nothing: list[int] = []


def _always_readable() -> int:
    if not _nothing:
        _nothing.append(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    return _nothing[0]


def _server(noded: ModuleType, http: Any, module: Any) -> Any:
    ssl, log = http.OpenSSL.SSL, noded.logging
    executor = module.HttpServerRequestExecutor

    class Connection(module.asyncore.dispatcher):
        """A client, until it closes the connection or a child takes it over."""

        def __init__(self, server: Any, connection: Any, address: Any) -> None:
            super().__init__(connection)
            self._server, self._address = server, address
            self._writes, self._step, self._received = False, self._shake_hands, bytearray()
            self.active = time.monotonic()

        def readable(self) -> bool:
            return not self._writes

        def writable(self) -> bool:
            return self._writes

        def handle_read(self) -> None:
            self.active = time.monotonic()
            try:
                self._step()
            except ssl.WantReadError:
                self._writes = False
            except ssl.WantWriteError:
                self._writes = True
            except Exception as error:
                self.give_up(error)

        handle_write = handle_read

        def handle_expt(self) -> None:
            pass

        def give_up(self, error: Exception) -> None:
            # A client may close its connection at any time, even before the handshake.
            gone = isinstance(error, (ssl.SysCallError, ssl.ZeroReturnError))
            level = log.DEBUG if gone else log.ERROR
            log.log(level, "Error while handling request from %s:%s: %r", *self._address[:2], error)
            self.leave()
            self.socket.close()

        def leave(self) -> None:
            self._server.connections.discard(self)
            self.del_channel()

        def _shake_hands(self) -> None:
            self.socket.do_handshake()
            self._writes, self._step = False, self._receive

        def _receive(self) -> None:
            while True:
                self._received += self.socket.recv(http.SOCK_BUF_SIZE)
                begun = b"\r\n" in self._received or len(self._received) > LINE
                if begun and not short_requests.may_be_short(self._received):
                    return self._fork()
                if begun and short_requests.complete(self._received):
                    return self._answer() if short_requests.is_short(self._received) else self._fork()

        def _fork(self) -> None:
            self.leave()
            self._server.serve(self.socket, self._address, bytes(self._received))

        def _answer(self) -> None:
            received = _Received(self.socket, bytes(self._received))
            self._received.clear()
            if not self._server.answer(self.socket, received, self._address, True, False):
                self.leave()
                self.socket.close()

    class HttpServer(module.HttpServer):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.connections: set[Connection] = set()

        def _IncomingConnection(self) -> None:
            connection, address = self.socket.accept()
            silent_since = time.monotonic() - SILENT_SECONDS
            for silent in [each for each in self.connections if each.active < silent_since]:
                silent.give_up(ssl.ZeroReturnError())
            connection.setblocking(False)
            self.connections.add(Connection(self, connection, address))

        def serve(self, connection: Any, address: Any, received: bytes) -> None:
            """In a child."""
            self._CollectChildren(False)
            try:
                pid = os.fork()
            except OSError:
                log.exception("Failed to fork on request from %s:%s", *address[:2])
                pid = -1
            if pid == 0:
                self._be_child(connection, address, received)
            if pid > 0:
                self._children.append(pid)
            connection.close()

        def _be_child(self, connection: Any, address: Any, received: bytes) -> None:
            try:
                for other in [self, *self.connections]:
                    other.socket.close()
                noded.utils.ResetTempfileModule()
                # A child that waits is one of the `max_clients`.
                may_wait = len(self._children) < self.max_clients / 2
                if self.answer(connection, _Received(connection, received), address, may_wait):
                    self._answer_more(connection, address)
                connection.close()
            except BaseException:
                log.exception("Error while handling request from %s:%s", *address[:2])
                os._exit(1)
            os._exit(0)

        def _answer_more(self, connection: Any, address: Any) -> None:
            while noded.utils.WaitForFdCondition(connection, select.POLLIN, IDLE_SECONDS):
                try:
                    if not self.answer(connection, connection, address, True):
                        return
                except http.HttpError as error:
                    # The client has closed the connection.
                    log.debug("No further request from %s:%s: %s", *address[:2], error)
                    return
            with suppress(ssl.Error):
                connection.shutdown()

        def answer(self, connection: Any, source: Any, address: Any, may_wait: bool, linger: bool = True) -> bool:
            """
            :param source: where to read the request from
            :param linger: whether to wait until the client has closed the connection, if it has said that it will
            :returns: whether the client may send another request
            """
            reader, force, waits = None, True, False
            respond = module.HttpResponder(self.handler)
            try:
                request, reader, force, response = respond(lambda: executor._ReadRequest(source, executor.READ_TIMEOUT))
                asked = request.headers is not None and request.headers.get("Connection") == "keep-alive"
                waits = may_wait and asked and not force and bool(response.body)
                if waits:
                    response.headers[http.HTTP_CONNECTION] = "keep-alive"
                log.info("%s:%s %s %s", *address[:2], request.start_line, response.start_line.code)
                executor._SendResponse(connection, request, response, executor.WRITE_TIMEOUT)
            finally:
                if not waits:
                    close, write = executor.CLOSE_TIMEOUT, executor.WRITE_TIMEOUT
                    http.ShutdownConnection(connection, close, write, reader, force or not linger)
            return waits

    return HttpServer
