"""The guide's host, and what each of its rows needs: command lines, clients, counters."""
import json
import os
import pty
import re
import subprocess
import time

import docker_host
from checks import Table, digest, equals, one_line, require, run, wait_for
from docker_host import IP, NET, docker, get, inside, port_open, state

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
GB = 1 << 30
MB = 1 << 20
RUN_ALLUXIO = ["--entrypoint", "/opt/alluxio/bin/alluxio"]
DATA_BYTES = 3 * MB + 17


class Guide:
    def __init__(self, folder, tarball, image_tar):
        self.tarball = os.path.realpath(tarball)
        self.image_tar = os.path.realpath(image_tar)
        self.folder = folder
        # The host of the guide: its folders lie below this one, not below /.
        self.host = folder + "/host"
        self.context = self.host + "/alluxio/integration/docker"
        self.daemon = docker_host.Daemon(folder, 2 * GB)
        self.table = Table("guide_test")
        self.row = self.table.row
        self.master = self.worker = None
        self.written = 0

    def sh(self, script, code=0, timeout=120, path=None):
        """A command line of the guide, on its host."""
        for place in ("/mnt/ramdisk", "/tmp/domain"):
            script = script.replace(place, self.host + place)
        env = dict(os.environ, INSTANCE_PUBLIC_IP=IP, ALLUXIO_WORKER_CONTAINER_ID=self.worker or "")
        if path is not None:
            env["PATH"] = path
        done = run(["/bin/sh", "-ec", script], cwd=self.host, env=env, timeout=timeout)
        require(done.returncode == code, "exit code %d: %s\n%s%s" % (done.returncode, script, done.stdout, done.stderr))
        return done.stdout.strip()

    def serving(self, port=19998, seconds=60):
        wait_for(seconds, "port %d is open" % port, lambda: port_open(port))

    def live_workers(self, number=1):
        """The guide's "converge"."""
        def asked():
            return "Live Workers: %d" % number in inside(self.master, "bin/alluxio", "fsadmin", "report")
        wait_for(60, "%d live workers" % number, asked)

    def new_master(self, image="alluxio"):
        """One that knows no worker of before, and waits for none."""
        if self.master:
            run(["docker", "rm", "-f", "-v", self.master])
        self.master = docker("run", "-d", NET, "-v", self.host + "/underStorage:/underStorage",
                             "-e", "ALLUXIO_MASTER_HOSTNAME=" + IP, "-e", "ALLUXIO_UNDERFS_ADDRESS=/underStorage",
                             "-e", "ALLUXIO_MASTER_WORKER_CONNECT_WAIT_TIME=0s", image, "master")
        self.serving()

    def conf(self, container, key):
        return inside(container, "bin/alluxio", "getConf", key)

    def shell(self, container, *words):
        return inside(container, "bin/alluxio", *words)

    def stops(self, container):
        begin = time.monotonic()
        docker("stop", container)
        seconds = time.monotonic() - begin
        require(seconds < 5, "docker stop took %.1f s" % seconds)
        require(state(container)["ExitCode"] in (0, 143), "exit code %d" % state(container)["ExitCode"])

    def client(self, arguments, *command, properties=(), image="alluxio", code=0, network=None):
        """`alluxio fs` in a container of its own: standard output (bytes) and error."""
        done = run(["docker", "run", "--rm", "--network=" + network if network else NET, *arguments, *RUN_ALLUXIO, image, "fs",
                    "-Dalluxio.master.hostname=" + IP, "-Dalluxio.user.metrics.collection.enabled=true",
                    *properties, *command], text=False)
        error = done.stderr.decode()
        require(done.returncode == code, "exit code %d: %s\n%s" % (done.returncode, " ".join(command), error))
        return done.stdout, error

    def counters(self):
        """Bytes by way: local from what clients told the master, the others from the worker."""
        found = {}
        for port, prefix, ways in ((19999, "Cluster", ["Local"]), (30000, "Worker", ["Domain", "Remote"])):
            counters = json.loads(get(port, "/metrics/json/"))["counters"]
            for what in ("Read", "Written"):
                for way in ways:
                    name = "%s.Bytes%s%s" % (prefix, what, way)
                    found[what + way] = sum(value["count"] for key, value in counters.items()
                                            if key == name or key.startswith(name + "."))
        return found

    def moved(self, before, wait=()):
        """What the counters have moved by; waits until those in `wait` have."""
        def now():
            after = self.counters()
            delta = {key: after[key] - before[key] for key in after if after[key] != before[key]}
            return delta if all(key in delta for key in wait) else None
        return wait_for(20, "the counters %s move" % ", ".join(wait), now) if wait else now() or {}

    def goes(self, read, written, arguments=(), properties=(), why=None):
        """A client's read and write: right bytes, and by these ways alone; what debug says of it."""
        properties = ["-Dalluxio.debug=true", "-Dalluxio.user.file.writetype.default=MUST_CACHE", *properties]
        before = self.counters()
        out, said = self.client(arguments, "cat", "/data", properties=properties)
        equals(digest(out), self.data)
        equals(self.moved(before, ["Read" + read]), {"Read" + read: DATA_BYTES})
        before = self.counters()
        self.written += 1
        name = "/written-%d" % self.written
        _, wrote = self.client(["-v", self.host + "/files:/files", *arguments], "copyFromLocal", "/files/data", name,
                               properties=properties)
        equals(self.moved(before, ["Written" + written]), {"Written" + written: DATA_BYTES})
        equals(digest(docker("exec", self.worker, "bin/alluxio", "fs", "cat", name, text=False)), self.data)
        if why is not None:
            one_line(said, "reading block", *why)
            one_line(wrote, "writing block", why[0], *(["; not by ", "file: "] if why[0] == "by TCP" else []))
        return said + wrote

    def run_tests(self, container):
        out = inside(container, "/bin/sh", "-c", "cd opt/alluxio && bin/alluxio runTests")
        self.passed_all(out)

    def passed_all(self, out):
        equals(out.count("Passed the test!"), 24)
        combinations = set(re.findall(r"runTest --operation (\S+) --readType (\S+) --writeType (\S+)", out))
        equals(len(combinations), 24)

    def typed(self, container, text):
        """What a terminal shows when `text` is typed into docker exec -it ID /bin/sh."""
        master, slave = pty.openpty()
        process = subprocess.Popen(["docker", "exec", "-it", container, "/bin/sh"], stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        os.write(master, text.encode())
        shown = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        os.close(master)
        equals(process.wait(60), 0)
        return shown.decode().replace("\r", "")

    def connects(self, path):
        import socket
        with socket.socket(socket.AF_UNIX) as s:
            return s.connect_ex(path) == 0
