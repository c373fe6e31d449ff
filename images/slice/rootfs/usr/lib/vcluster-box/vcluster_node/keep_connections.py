"""Lets a job use its connections to node daemons for more than one request.

Ganeti opens a connection for each request: creating an instance takes some 35 from its job alone, each with a TLS
handshake and a fork of the node daemon.  The server's part is in `answer_connections`.

libcurl checks that a connection still exists before it uses it again.  Each thread has its own ones.
"""

import os
import threading
from types import ModuleType
from typing import Any

from . import expect

#: of them, at most so many are kept
MOST = 256
#: asks the node daemon to keep the connection; programs that do not use it again, such as Ganeti's Haskell daemons, do
#: not ask
HEADER = "Connection: keep-alive"

_kept = threading.local()
#: what does not work without the change
LOST = "jobs open a connection for each request, and are slower"


def change(client: ModuleType) -> None:
    process, start, pycurl = client.ProcessRequests, client._StartRequest, client.pycurl
    expect.parameters(process, "requests", "lock_monitor_cb", "_curl", "_curl_multi")
    expect.parameters(start, "curl", "req")

    def start_request(curl: Any, req: Any) -> Any:
        pending = start(curl, req)
        curl.setopt(pycurl.HTTPHEADER, [*req.headers, HEADER])
        return pending

    def connections() -> Any:
        if getattr(_kept, "owner", None) != os.getpid():
            _kept.owner, _kept.multi = os.getpid(), pycurl.CurlMulti()
            _kept.multi.setopt(pycurl.M_MAXCONNECTS, MOST)
        return _kept.multi

    def process_requests(requests: Any, **options: Any) -> None:
        try:
            process(requests, **{"_curl_multi": connections, **options})
        except BaseException:
            # Its requests have been given up.
            _kept.owner = None
            raise

    client._StartRequest, client.ProcessRequests = start_request, process_requests
