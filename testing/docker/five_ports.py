"""A network in which nothing but some ports of the cluster can be reached (S3)."""
import contextlib
import ctypes
import shutil
import socket
import threading

from checks import Failed, require, run
from docker_host import HOST_NAME, IP, docker, remove, state

_CLONE_NEWNET = 0x40000000


def _within(network, action):
    """Calls `action` in a thread that is in that network namespace: sockets stay in it."""
    result = []

    def body():
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            with open(network) as f:
                if libc.setns(f.fileno(), _CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            result.append(action())
        except Exception as error:  # told to the caller
            result.append(error)
    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if isinstance(result[0], Exception):
        raise Failed("in the client's network: %s" % result[0]) from result[0]
    return result[0]


def _pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class FivePorts:
    """A container's network of its own: of this host, `ports` alone are forwarded into it.

    `name` is what `docker run --network` takes; `used` the ports that were connected to.
    """

    def __init__(self, image, ports):
        self.holder = docker("run", "-d", "--network", "none", "--add-host", "%s:%s" % (HOST_NAME, IP),
                             "--entrypoint", "/bin/sh", image, "-c", "sleep 1000")
        self.name = "container:" + self.holder
        self.used = set()
        self._network = "/proc/%d/ns/net" % state(self.holder)["Pid"]
        ip = ["ip"] if shutil.which("ip") else ["busybox", "ip"]
        for words in (["link", "set", "lo", "up"], ["addr", "add", IP + "/32", "dev", "lo"]):
            done = run(["nsenter", "--net=" + self._network, *ip, *words])
            require(done.returncode == 0, done.stderr)
        self._listening = _within(self._network, lambda: [self._listen(port) for port in ports])
        for server in self._listening:
            threading.Thread(target=self._serve, args=(server,), daemon=True).start()

    def _listen(self, port):
        return socket.create_server((IP, port))

    def _serve(self, server):
        port = server.getsockname()[1]
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = server.accept()
                self.used.add(port)
                try:
                    target = socket.create_connection((IP, port))
                except OSError:
                    client.close()
                    continue
                for pair in ((client, target), (target, client)):
                    threading.Thread(target=_pump, args=pair, daemon=True).start()

    def reaches(self, port):
        """Whether a connection from within gets through."""
        def connects():
            with socket.socket() as s:
                s.settimeout(5)
                return s.connect_ex((IP, port)) == 0
        return _within(self._network, connects)

    def close(self):
        for server in self._listening:
            server.close()
        remove(self.holder)


@contextlib.contextmanager
def five_ports(image, ports):
    network = FivePorts(image, ports)
    try:
        yield network
    finally:
        network.close()
