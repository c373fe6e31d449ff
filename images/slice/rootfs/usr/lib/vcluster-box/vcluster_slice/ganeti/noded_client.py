"""Whether node daemons answer: the question that Ganeti itself asks first, `/version`, over TLS with a client certificate.

Not through the master: that asks all nodes at once, and a hundred TLS handshakes at once on two cores take longer than its
five seconds; each answers in 12 ms when few are asked at a time.
"""

import http.client
import ssl
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from ..processes import cpus
from ..master.roles import candidates_among
from ..plan.model import Node

#: `ganeti.constants.DEFAULT_NODED_PORT`
PORT = 1811


def silent_nodes(nodes: Iterable[Node], *, askers: Iterable[Node] = (), timeout: float = 10) -> list[Node]:
    """Those that do not answer, in the order given.

    :param askers: nodes of this slice that may ask; those that are asked, unless it is said
    """
    asked = list(nodes)
    # noded takes certificates of master candidates only (`ganeti.server.noded`, VerifyPeer).
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
        # Without a candidate in this slice it refuses us, and that is an answer too.
        return status == 200 or asker == node
    except (OSError, http.client.HTTPException):
        return False
