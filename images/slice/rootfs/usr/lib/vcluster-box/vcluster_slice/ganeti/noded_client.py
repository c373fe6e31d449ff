"""Whether node daemons answer, by the request that Ganeti itself sends first: `/version`, over TLS with a client
certificate.

The master is not used for it: it calls all nodes at once, and a hundred TLS handshakes at once on two cores take longer
than its timeout of five seconds if other programs run.  A few at a time, each takes some milliseconds.
"""

import http.client
import ssl
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from ..plan.model import Node
from ..processes import cpus
from .ssconf import candidates_among

#: `ganeti.constants.DEFAULT_NODED_PORT`
PORT = 1811


def silent_nodes(nodes: Iterable[Node], *, askers: Iterable[Node] = (), timeout: float = 10) -> list[Node]:
    """Those that do not answer, in the order given.

    :param askers: nodes of this slice whose certificate may be used, in addition to those that are asked
    """
    asked = list(nodes)
    # noded accepts only certificates of master candidates (`ganeti.server.noded`, VerifyPeer).
    asker = next(iter(candidates_among((*askers, *asked))), None)

    def answers(node: Node) -> bool:
        return _answers(node, asker or node, timeout)

    with ThreadPoolExecutor(max_workers=2 * cpus()) as pool:
        return [node for node, answer in zip(asked, pool.map(answers, asked)) if not answer]


def _answers(node: Node, asker: Node, timeout: float) -> bool:
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.load_cert_chain(asker.directory / "var/lib/ganeti/client.pem")
        connection = http.client.HTTPSConnection(node.address, PORT, context=context, timeout=timeout)
        connection.request("POST", "/version", body="[]", headers={"Content-Type": "application/json"})
        status = connection.getresponse().status
        connection.close()
        # If no candidate is in this slice, noded refuses the request, which is an answer too.
        return status == 200 or asker == node
    except (OSError, http.client.HTTPException):
        return False
