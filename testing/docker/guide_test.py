#!/usr/bin/env python3
"""The container guide, statement by statement, in containers.

  guide_test.py TARBALL IMAGE_TAR [CHAPTER...]     (bazel test //testing/docker:guide_test)

Runs the guide's own command lines; a row is named by the guide's statement
(S1 to S68), "-" where the guide has none. Short circuit is proven by the counters
of master and worker. SKIPPED with the reason where containers can't run.
"""
import glob
import http.server
import json
import os
import pty
import re
import shutil
import stat
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import docker_host  # noqa: E402
import java_client  # noqa: E402
import pages  # noqa: E402
from docker_host import (IP, NET, Failed, Skip, digest, docker, docker_fails, equals, get, has, inside, lacks, log_of,  # noqa: E402
                         one_line, port_open, remove, require, run, state, wait_for)

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
        self.table = docker_host.Table("guide_test")
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

    # --- small helpers ---

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

    def client(self, arguments, *command, properties=(), image="alluxio", code=0):
        """`alluxio fs` in a container of its own: standard output (bytes) and error."""
        done = run(["docker", "run", "--rm", NET, *arguments, *RUN_ALLUXIO, image, "fs",
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
        return said + wrote

    def run_tests(self, container):
        out = inside(container, "/bin/sh", "-c", "cd opt/alluxio && bin/alluxio runTests")
        self.passed_all(out)

    def passed_all(self, out):
        equals(out.count("Passed the test!"), 24)
        combinations = set(re.findall(r"runTest --operation (\S+) --readType (\S+) --writeType (\S+)", out))
        equals(len(combinations), 24)

    def image_files(self, image):
        """path: (kind, mode, size or target) of what lies in an image."""
        script = ("find / -xdev \\( -path /proc -o -path /sys -o -path /dev \\) -prune -o -print | sort | "
                  "while read -r f; do stat -c '%N|%f|%s|%F' \"$f\"; done")
        lines = docker("run", "--rm", NET, "--entrypoint", "/bin/sh", image, "-c", script).splitlines()
        made_by_docker = ("/.dockerenv", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab")
        found = {}
        for line in lines:
            name, mode, size, kind = line.rsplit("|", 3)
            path = name.split(" -> ")[0].strip("'")
            if path not in made_by_docker and path != "/":
                found[path] = (name, mode, "" if kind == "directory" else size)
        return found

    # --- the chapters ---

    def images(self):
        row = self.row
        os.makedirs(self.host + "/underStorage")
        for place in ("/mnt", "/tmp", "/files", "/alluxio", "/empty"):
            os.mkdir(self.host + place)
        for name in ("docker", "integration", "tools"):
            shutil.copytree(os.path.join(ROOT, name), self.host + "/alluxio/" + name, symlinks=True,
                            ignore=shutil.ignore_patterns("*.tar.gz", "image", "BUILD"))
        with open("/dev/urandom", "rb") as random, open(self.host + "/files/data", "wb") as f:
            f.write(random.read(DATA_BYTES))
        self.data = digest(self.host + "/files/data")
        shutil.copy(self.host + "/files/data", self.host + "/underStorage/data")
        for number in range(10):
            with open(self.host + "/files/%d" % number, "w") as f:
                f.write("file %d\n" % number)

        with row("S1", "docker/ and integration/docker hold what an image is made of"):
            for name in ("Dockerfile", "entrypoint.sh", "conf", "README.md", "compose.yaml"):
                require(os.path.exists(os.path.join(ROOT, "integration/docker", name)), "no " + name)
            equals(os.path.realpath(ROOT + "/integration/docker"), os.path.realpath(ROOT + "/docker"))
        docker_host.import_busybox("busybox:stable")
        with row("-", "tools/docker-context puts a given tarball into the folder"):
            self.sh("cd alluxio; tools/docker-context %s" % self.tarball)
            equals(digest(self.context + "/alluxio-2.9.6-bin.tar.gz"), digest(self.tarball))
        with row("-", "conf/ goes over the tarball's"):
            with open(self.context + "/conf/metrics.properties", "w") as f:
                f.write("# put there by the test\n")
        # S5: nothing but docker is on the path.
        os.mkdir(self.folder + "/bin")
        os.symlink(shutil.which("docker"), self.folder + "/bin/docker")
        with row("S4", "cd alluxio/integration/docker; docker build -t alluxio . (S5, S6: with nothing but docker)"):
            self.sh("cd alluxio/integration/docker\ndocker build -t alluxio .", path=self.folder + "/bin")
        with row("S6", "the image alluxio, with /entrypoint.sh"):
            equals(docker("image", "inspect", "-f", "{{json .Config.Entrypoint}}", "alluxio"), '["/entrypoint.sh"]')
        shutil.copy(self.tarball, self.context + "/alluxio-snapshot.tar.gz")
        with row("S25", "--build-arg ALLUXIO_TARBALL=alluxio-snapshot.tar.gz (S7, S56)"):
            self.sh("cd alluxio/integration/docker\n"
                    "docker build -t local --build-arg ALLUXIO_TARBALL=alluxio-snapshot.tar.gz .")
            equals(self.image_files("local"), self.image_files("alluxio"))
        with row("S26", "--build-arg ALLUXIO_TARBALL=http://.../alluxio-2.9.6-bin.tar.gz: the same files"):
            class Quiet(http.server.SimpleHTTPRequestHandler):
                def __init__(handler, *words):
                    super().__init__(*words, directory=os.path.dirname(self.tarball))

                def log_message(handler, *words):
                    pass
            server = http.server.ThreadingHTTPServer((IP, 8000), Quiet)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                self.sh("cd alluxio/integration/docker\ndocker build -t remote --build-arg "
                        "ALLUXIO_TARBALL=http://%s:8000/%s ." % (IP, os.path.basename(self.tarball)))
            finally:
                server.shutdown()
            equals(self.image_files("remote"), self.image_files("alluxio"))
        with row("S57", "/opt/alluxio links to /opt/alluxio-2.9.6; conf/ of the context is in it"):
            out = docker("run", "--rm", NET, "--entrypoint", "/bin/sh", "alluxio", "-c",
                         "readlink /opt/alluxio; cat /opt/alluxio/conf/metrics.properties")
            equals(out, "/opt/alluxio-2.9.6\n# put there by the test")
        with row("-", "what is no tarball, no release or no file is refused in one line"):
            with open(self.context + "/bad.tar.gz", "w") as f:
                f.write("no tarball\n")
            self.sh("tar -czf alluxio/docker/other.tar.gz files/1")
            for name, word in (("bad.tar.gz", "ALLUXIO_TARBALL (bad.tar.gz) is neither a release of Alluxio"),
                               ("other.tar.gz", "ALLUXIO_TARBALL holds no alluxio-*/bin/alluxio"),
                               ("nosuch.tar.gz", "nosuch.tar.gz")):
                one_line(docker_fails("build", "-t", "bad", "--build-arg", "ALLUXIO_TARBALL=" + name, self.context), word)
        docker("rmi", "local", "remote")
        for name in ("alluxio-snapshot.tar.gz", "bad.tar.gz", "other.tar.gz", "conf/metrics.properties"):
            os.unlink(self.context + "/" + name)
        with row("-", "bazel run //docker:image: docker load takes it, the files are those of docker build"):
            docker("tag", "alluxio", "built")
            docker("build", "-t", "built", self.context)
            docker("load", "-i", self.image_tar)
            built, loaded = self.image_files("built"), self.image_files("alluxio")
            for path in sorted(set(built) | set(loaded)):
                if path.startswith(("/opt/", "/entrypoint.sh", "/bin/")):
                    equals((path, loaded.get(path)), (path, built.get(path)))
            config = json.loads(docker("image", "inspect", "built"))[0]["Config"]
            wanted = json.loads(docker("image", "inspect", "alluxio"))[0]["Config"]
            for key in ("Entrypoint", "WorkingDir", "ExposedPorts", "Env", "Healthcheck", "Volumes", "User", "Cmd"):
                equals((key, wanted.get(key)), (key, config.get(key)))
        docker("tag", "built", "alluxio")

    def refusals(self):
        """What can't be done: one clear line, an exit code, nothing half-started."""
        row = self.row

        def refused(words, *parts, before=()):
            try:
                out = docker_fails("run", "--rm", "--name", "refused", NET, *before, "alluxio", *words, timeout=30)
            except Failed:
                run(["docker", "rm", "-f", "refused"])
                raise
            one_line(out, *parts)
            return out

        with row("S52", "no service, or an unknown one: usage, exit code 1"):
            has(docker("run", "--rm", NET, "alluxio", code=1) or docker_fails("run", "--rm", NET, "alluxio"), "Usage:")
            refused(["nosuch"], "unknown service 'nosuch'")
        with row("S58", "an unknown second argument: usage, exit code 1"):
            has(refused(["master", "--no-such"], "unknown argument '--no-such'"), "Usage:")
        with row("-", "services of later are known by name (proxy, fuse, job-master, ...)"):
            for name in ("proxy", "fuse", "job-master", "job-worker", "logserver", "csiserver"):
                out = docker_fails("run", "--rm", NET, "alluxio", name)
                equals(len(out.strip().splitlines()), 1)
                has(out, "'%s' is not available" % name)
        with row("-", "a property with a bad value"):
            refused(["master"], "alluxio.master.web.port", "many", before=["-e", "ALLUXIO_MASTER_WEB_PORT=many"])
        with row("-", "a mount that this user may not write: which path, user and mode"):
            os.mkdir(self.host + "/locked", 0o755)
            refused(["worker"], "/opt/ramdisk", "user 1234", "0755",
                    before=["--user", "1234", "-v", self.host + "/locked:/opt/ramdisk",
                            "-e", "ALLUXIO_RAM_FOLDER=/opt/ramdisk"])
            refused(["master"], "/journal", "user 1234", "0755",
                    before=["--user", "1234", "-v", self.host + "/locked:/opt/alluxio/journal"])
            refused(["worker"], "/opt/domain", "user 1234", "0755",
                    before=["--user", "1234", "-v", self.host + "/locked:/opt/domain", "-e", "ALLUXIO_WORKER_MEMORY_SIZE=32MB",
                            "-e", "ALLUXIO_WORKER_DATA_SERVER_DOMAIN_SOCKET_ADDRESS=/opt/domain/d"])
        with row("-", "a mount that is missing: under store, RAM folder, the domain socket's folder"):
            refused(["master"], "/nosuch", before=["-e", "ALLUXIO_UNDERFS_ADDRESS=/nosuch"])
            refused(["worker"], "no folder /opt/ramdisk", "-v FOLDER:/opt/ramdisk",
                    before=["-e", "ALLUXIO_RAM_FOLDER=/opt/ramdisk"])
            refused(["worker"], "no folder /opt/domain", "-v FOLDER:/opt/domain",
                    before=["-e", "ALLUXIO_WORKER_DATA_SERVER_DOMAIN_SOCKET_ADDRESS=/opt/domain/d",
                            "-e", "ALLUXIO_WORKER_MEMORY_SIZE=32MB"])
        with row("S31", "64 MB of /dev/shm with 1 GB configured: one line with both sizes and the flag"):
            refused(["worker"], "/dev/shm has 64.00MB", "1024.00MB", "--shm-size=1024M",
                    before=["-e", "ALLUXIO_WORKER_MEMORY_SIZE=1GB"])
        with row("-", "an unreachable master: the client says so"):
            out = docker_fails("run", "--rm", NET, *RUN_ALLUXIO, "alluxio", "fs",
                               "-Dalluxio.master.hostname=" + IP, "-Dalluxio.user.rpc.retry.max.duration=1s", "ls", "/")
            one_line(out, IP + ":19998")

    def plain_master(self):
        row = self.row
        with row("S11", "docker run -d --net=host alluxio master"):
            self.master = self.sh("docker run -d --net=host alluxio master")
            self.serving()
            self.serving(19999)
            has(self.conf(self.master, "alluxio.master.mount.table.root.ufs"), "/underFSStorage")
            has(self.shell(self.master, "fsadmin", "report"), docker_host.HOST_NAME + ":19998")
        with row("S55", "it is PID 1 in the foreground; docker logs and logs/ have the log (docker run -d)"):
            has(inside(self.master, "cat", "/proc/1/cmdline"), "alluxio-master")
            has(log_of(self.master), "Alluxio master started")
            has(inside(self.master, "cat", "/opt/alluxio/logs/master.log"), "Alluxio master started")
        with row("S68", "docker stop ends the master in under 5 s, and its journal is whole"):
            self.shell(self.master, "fs", "mkdir", "/kept")
            self.stops(self.master)
        remove(self.master)
        with row("S13", "a hostname of no local interface: bound to all, only advertised"):
            self.master = docker("run", "-d", NET, "-e", "ALLUXIO_MASTER_HOSTNAME=203.0.113.7", "alluxio", "master")
            self.serving()
            equals(self.conf(self.master, "alluxio.master.hostname"), "203.0.113.7")
            self.shell(self.master, "fs", "-Dalluxio.master.hostname=localhost", "mkdir", "/made")
            has(self.shell(self.master, "fs", "-Dalluxio.master.hostname=localhost", "ls", "/"), "/made")
        remove(self.master)

    def short_circuit(self):
        self.guide_pair()
        self.small_hosts()

    def guide_pair(self):
        """The guide's first pair: a ramfs of the host."""
        row = self.row
        with row("S9", "a ramfs of the host (mount -t ramfs -o size=1G ramfs)"):
            self.sh("mkdir /mnt/ramdisk\nmount -t ramfs -o size=1G ramfs /mnt/ramdisk\nchmod a+w /mnt/ramdisk")
        with row("S12", "a master with hostname and under store"):
            self.master = self.sh("""docker run -d --net=host \\
                 -v $PWD/underStorage:/underStorage \\
                 -e ALLUXIO_MASTER_HOSTNAME=${INSTANCE_PUBLIC_IP} \\
                 -e ALLUXIO_UNDERFS_ADDRESS=/underStorage \\
                 alluxio master""")
            self.serving()
            one_line(self.shell(self.master, "fs", "mount"), "/underStorage", "on", "/", "local")
        with row("S14", "ALLUXIO_MASTER_HOSTNAME is the master's address"):
            equals(self.conf(self.master, "alluxio.master.hostname"), IP)
            has(self.shell(self.master, "fsadmin", "report"), IP + ":19998")
            has(get(19999, "/"), IP)
        with row("S8", "files of the host folder are listed"):
            has(self.shell(self.master, "fs", "ls", "/"), "/data")
        with row("S17", "a worker on the shared ramdisk"):
            self.worker = self.sh("""ALLUXIO_WORKER_CONTAINER_ID=$(docker run -d --net=host \\
                 -v /mnt/ramdisk:/opt/ramdisk \\
                 -v $PWD/underStorage:/underStorage \\
                 -e ALLUXIO_MASTER_HOSTNAME=${INSTANCE_PUBLIC_IP} \\
                 -e ALLUXIO_RAM_FOLDER=/opt/ramdisk \\
                 -e ALLUXIO_WORKER_MEMORY_SIZE=1GB \\
                 -e ALLUXIO_UNDERFS_ADDRESS=/underStorage \\
                 alluxio worker)
                 echo $ALLUXIO_WORKER_CONTAINER_ID""")
            self.live_workers()
        with row("S16", "ALLUXIO_UNDERFS_ADDRESS by both names, in both containers"):
            for container in (self.master, self.worker):
                equals(self.conf(container, "alluxio.underfs.address"), "/underStorage")
                equals(self.conf(container, "alluxio.master.mount.table.root.ufs"), "/underStorage")
        with row("S19", "ALLUXIO_RAM_FOLDER is level 0, and in conf/alluxio-env.sh"):
            equals(self.conf(self.worker, "alluxio.worker.tieredstore.level0.dirs.path"), "/opt/ramdisk")
            equals(self.conf(self.worker, "alluxio.worker.tieredstore.level0.alias"), "MEM")
            has(inside(self.worker, "cat", "/opt/alluxio/conf/alluxio-env.sh"), 'export ALLUXIO_RAM_FOLDER="/opt/ramdisk"')
            lacks(inside(self.worker, "cat", "/opt/alluxio/conf/alluxio-site.properties"), "ram.folder")
        with row("S2", "idle: master and worker together below 100 MB"):
            kilobytes = 0
            for container in (self.master, self.worker):
                with open("/proc/%d/status" % state(container)["Pid"]) as f:
                    fields = dict(line.split(":", 1) for line in f)
                kilobytes += int(fields["VmRSS"].split()[0])
            require(kilobytes < 100 * 1024, "resident: %d kB" % kilobytes)
        with row("S3", "ports 19998, 19999, 29999, 30000, and 1.8's 29998"):
            for port in (19998, 19999, 29998, 29999, 30000):
                require(port_open(port, IP), "port %d is closed" % port)
            self.shell(self.worker, "fs", "-Dalluxio.worker.rpc.port=29998", "ls", "/")
        with row("S22", "docker exec -it ID /bin/sh; cd opt/alluxio; bin/alluxio runTests (S23, S24)"):
            shown = self.typed(self.worker, "cd opt/alluxio\nbin/alluxio runTests; echo code=$?\nexit\n")
            self.passed_all(shown)
            has(shown, "code=0")
        with row("S15", "CACHE_THROUGH: the host folder has the same bytes"):
            self.client(["-v", self.host + "/files:/files"], "copyFromLocal", "/files/data", "/through",
                        properties=["-Dalluxio.user.file.writetype.default=CACHE_THROUGH"])
            equals(digest(self.host + "/underStorage/through"), self.data)
        with row("S18", "a block is a file on the host: <ramdisk>/alluxioworker/<blockId>"):
            blocks = glob.glob(self.host + "/mnt/ramdisk/alluxioworker/[0-9]*")
            require(any(os.path.getsize(b) == DATA_BYTES and digest(b) == self.data for b in blocks), str(blocks))
        with row("-", "bin/alluxio fs load"):
            self.client([], "load", "/data")
        ramdisk = ["-v", self.host + "/mnt/ramdisk:/opt/ramdisk"]
        with row("S34", "a client with the ramdisk reads and writes block files itself (BytesReadLocal)"):
            self.goes("Local", "Local", ramdisk, why=["by file"])
        with row("S34", "the Java client of 2.9, the same, in a container of its own"):
            docker_host.import_debian(java_client.IMAGE, ["libstdc++6", "zlib1g"])
            java_client.goes(self, "Local", "Local", ramdisk)
        with row("S42", "the same host name and no socket: the block's file; another name: TCP"):
            self.goes("Remote", "Remote", ramdisk, ["-Dalluxio.user.hostname=elsewhere"],
                      why=["by TCP", "not by file: the worker is on another node"])
        with row("S33", "alluxio.user.hostname=dummy: no attempt at the file, no warning"):
            out, said = self.client(["-e", "ALLUXIO_USER_JAVA_OPTS=-Dalluxio.user.hostname=dummy"], "cat", "/data")
            equals((digest(out), said), (self.data, ""))
            self.goes("Remote", "Remote", ["-e", "ALLUXIO_USER_JAVA_OPTS=-Dalluxio.user.hostname=dummy"],
                      why=["by TCP", "not by file: the worker is on another node"])
        with row("S29", "a client that shares nothing: TCP, and says why not the file"):
            self.goes("Remote", "Remote", why=["by TCP", "file: ", "No such file"])
        with row("S20", "1024.00MB in MEM; 3 x 512 MB evict, and never exceed it"):
            one_line(self.shell(self.master, "fsadmin", "report", "capacity"), "MEM", "1024.00MB")
            self.sh("truncate -s 512M files/large")
            for number in range(3):
                self.client(["-v", self.host + "/files:/files", *ramdisk], "copyFromLocal", "/files/large",
                            "/large-%d" % number, properties=["-Dalluxio.user.file.writetype.default=MUST_CACHE"])
                used = sum(os.stat(f).st_blocks * 512 for f in glob.glob(self.host + "/mnt/ramdisk/alluxioworker/*")
                           if os.path.isfile(f))
                require(used <= GB, "%d bytes in use" % used)
            listed = self.shell(self.master, "fs", "ls", "/")
            one_line(listed, "100%", "/large-2")
            os.unlink(self.host + "/files/large")
            self.shell(self.master, "fs", "rm", "-R", "/large-0", "/large-1", "/large-2")
        with row("-", "health check: docker inspect says healthy"):
            for container in (self.master, self.worker):
                wait_for(30, "healthy", lambda c=container: state(c)["Health"]["Status"] == "healthy")
        with row("S2", "all that within 2 GB, without an OOM kill"):
            if self.daemon.memory is None:
                raise Skip("no cgroup (v1) for memory here")
            with open(self.daemon.memory + "/memory.oom_control") as f:
                has(f.read(), "oom_kill 0")
            for container in (self.master, self.worker):
                equals(state(container)["OOMKilled"], False)
        with row("S10", "after a restart of the daemon the same commands work, with --no-format"):
            self.daemon.stop()
            self.daemon.start()
            docker("rm", self.master, self.worker)
            pair = "-v $PWD/underStorage:/underStorage -e ALLUXIO_MASTER_HOSTNAME=${INSTANCE_PUBLIC_IP} " \
                   "-e ALLUXIO_UNDERFS_ADDRESS=/underStorage"
            self.master = self.sh("docker run -d --net=host %s alluxio master --no-format" % pair)
            self.worker = self.sh("docker run -d --net=host -v /mnt/ramdisk:/opt/ramdisk %s -e ALLUXIO_RAM_FOLDER=/opt/ramdisk "
                                  "-e ALLUXIO_WORKER_MEMORY_SIZE=1GB alluxio worker --no-format" % pair)
            self.serving()
            self.live_workers()
        with row("S68", "docker stop ends the worker in under 5 s"):
            self.stops(self.worker)
        remove(self.worker)
        self.sh("umount /mnt/ramdisk")

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

    def small_hosts(self):
        """tmpfs and domain sockets."""
        row = self.row
        self.new_master()
        with row("S32", "the tmpfs run line: --shm-size=1G"):
            self.worker = self.sh("""docker run -d --net=host --shm-size=1G \\
                 -v $PWD/underStorage:/underStorage \\
                 -e ALLUXIO_MASTER_HOSTNAME=${INSTANCE_PUBLIC_IP} \\
                 -e ALLUXIO_WORKER_MEMORY_SIZE=1GB \\
                 -e ALLUXIO_UNDERFS_ADDRESS=/underStorage \\
                 alluxio worker""")
            self.live_workers()
            self.run_tests(self.worker)
        with row("S30", "the worker's folder is /dev/shm"):
            equals(self.conf(self.worker, "alluxio.worker.tieredstore.level0.dirs.path"), "/dev/shm")
            require(inside(self.worker, "ls", "/dev/shm/alluxioworker").split(), "no blocks")
        with row("S31", "--shm-size=1G gives a worker of 1 GB"):
            one_line(self.shell(self.master, "fsadmin", "report", "capacity"), "MEM", "1024.00MB")
        with row("S29", "tmpfs: clients read and write over the network"):
            self.client([], "load", "/data")
            self.goes("Remote", "Remote", why=["by TCP", "file: ", "No such file"])
        remove(self.worker)

        with row("S38", "mkdir /tmp/domain; chmod a+w /tmp/domain"):
            self.sh("mkdir /tmp/domain\nchmod a+w /tmp/domain")
        socket_path = self.host + "/tmp/domain/d"
        domain_worker = """docker run -d --net=host --shm-size=1G \\
             -v /tmp/domain:/opt/domain \\
             -v $PWD/underStorage:/underStorage \\
             -e ALLUXIO_MASTER_HOSTNAME=${INSTANCE_PUBLIC_IP} \\
             -e ALLUXIO_WORKER_MEMORY_SIZE=1GB \\
             -e ALLUXIO_WORKER_DATA_SERVER_DOMAIN_SOCKET_ADDRESS=/opt/domain/d \\
             -e ALLUXIO_UNDERFS_ADDRESS=/underStorage \\
             alluxio worker"""
        domain = ["-v", self.host + "/tmp/domain:/opt/domain"]
        self.new_master()
        with row("S41", "the run line with a domain socket"):
            self.worker = self.sh(domain_worker)
            self.live_workers()
        with row("S38", "the socket is open to all users (0777)"):
            mode = os.stat(socket_path).st_mode
            require(stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o777, oct(mode))
        with row("S39", "client and worker see the socket at one path; BytesReadDomain and BytesWrittenDomain (S41, S44)"):
            self.client([], "load", "/data")
            self.goes("Domain", "Domain", domain, why=["by domain socket"])
            before = self.counters()
            out, _ = self.client([*domain, "--user", "1234"], "cat", "/data")
            equals((digest(out), self.moved(before)), (self.data, {"ReadDomain": DATA_BYTES}))
        with row("S41", "the Java client of 2.9, the same, in a container of its own"):
            java_client.goes(self, "Domain", "Domain", domain)
        with row("S44", "without the volume: TCP with the same bytes, and why"):
            self.goes("Remote", "Remote", why=["by TCP", "not by", "socket"])
        with row("S40", "a stale socket of an earlier run is replaced"):
            docker("kill", "--signal=KILL", self.worker)
            wait_for(10, "killed", lambda: not state(self.worker)["Running"])
            require(os.path.exists(socket_path), "the killed worker's socket is gone")
            remove(self.worker)
            self.worker = self.sh(domain_worker)
            wait_for(60, "answers at the socket", lambda: self.connects(socket_path))
            self.live_workers()
        with row("S37", "what each way costs"):
            self.speeds(domain)
        remove(self.worker)
        if os.path.exists(socket_path):
            os.unlink(socket_path)

        self.new_master()
        with row("S43", "as UUID: the socket is /opt/domain/<uuid>"):
            self.worker = self.sh(domain_worker.replace("/opt/domain/d ", "/opt/domain -e "
                                                        "ALLUXIO_WORKER_DATA_SERVER_DOMAIN_SOCKET_AS_UUID=true "))
            self.live_workers()
            names = os.listdir(self.host + "/tmp/domain")
            require(len(names) == 1 and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", names[0]), str(names))
        dummy = ["-e", "ALLUXIO_USER_JAVA_OPTS=-Dalluxio.user.hostname=dummy"]
        with row("S43", "a client named dummy that sees the socket uses it; one that doesn't goes by TCP"):
            self.client([], "load", "/data")
            self.goes("Domain", "Domain", [*domain, *dummy], why=["by domain socket"])
            self.goes("Remote", "Remote", dummy, why=["by TCP", "not by"])
        with row("S43", "the Java client of 2.9, the same: the UUID's socket, and TCP"):
            # The original's client asks its own configuration, too.
            java_client.goes(self, "Domain", "Domain", domain, ["-Dalluxio.user.hostname=dummy",
                                                                "-Dalluxio.worker.data.server.domain.socket.as.uuid=true"])
            java_client.goes(self, "Remote", "Remote", [], ["-Dalluxio.user.hostname=dummy"])
        remove(self.worker)

        self.new_master()
        with row("S36", "a container smaller than its tier: level 0 in a folder, and a domain socket"):
            self.worker = docker("run", "-d", NET, "--memory=256m", *domain, "-v", self.host + "/underStorage:/underStorage",
                                 "-e", "ALLUXIO_MASTER_HOSTNAME=" + IP, "-e", "ALLUXIO_UNDERFS_ADDRESS=/underStorage",
                                 "-e", "ALLUXIO_WORKER_TIEREDSTORE_LEVEL0_ALIAS=SSD",
                                 "-e", "ALLUXIO_WORKER_TIEREDSTORE_LEVEL0_DIRS_PATH=/tmp/cache",
                                 "-e", "ALLUXIO_WORKER_TIEREDSTORE_LEVEL0_DIRS_QUOTA=1GB",
                                 "-e", "ALLUXIO_WORKER_DATA_SERVER_DOMAIN_SOCKET_ADDRESS=/opt/domain/d", "alluxio", "worker")
            self.live_workers()
            one_line(self.shell(self.master, "fsadmin", "report", "capacity"), "SSD", "1024.00MB")
            lacks(log_of(self.worker), "the container may use")
            self.client([], "load", "/data")
            self.goes("Domain", "Domain", domain, why=["by domain socket"])
            self.sh("head -c 400M /dev/zero >files/large")
            self.client(["-v", self.host + "/files:/files", *domain], "copyFromLocal", "/files/large", "/large",
                        properties=["-Dalluxio.user.file.writetype.default=MUST_CACHE"])
            os.unlink(self.host + "/files/large")
            one_line(self.shell(self.master, "fs", "ls", "/"), "100%", "/large")
            self.shell(self.master, "fs", "rm", "/large")
            equals(state(self.worker)["OOMKilled"], False)
        with row("S62", "level 0's paths are given: the RAM folder is left alone"):
            equals(self.conf(self.worker, "alluxio.worker.tieredstore.level0.dirs.path"), "/tmp/cache")
            env = docker("exec", self.worker, "/bin/sh", "-c", "cat /opt/alluxio/conf/alluxio-env.sh 2>/dev/null || true")
            lacks(env, "/dev/shm")
        remove(self.worker)
        with row("S35", "a cgroup limit below tier and process is warned about"):
            self.worker = docker("run", "-d", NET, "--memory=512m", "--shm-size=1G", "-e", "ALLUXIO_MASTER_HOSTNAME=" + IP,
                                 "-e", "ALLUXIO_WORKER_MEMORY_SIZE=1GB", "alluxio", "worker")
            wait_for(30, "the warning", lambda: "the container may use" in log_of(self.worker))
            one_line(log_of(self.worker), "512.00MB", "1024.00MB", "--memory=")
        remove(self.worker, self.master)

    def connects(self, path):
        import socket
        with socket.socket(socket.AF_UNIX) as s:
            return s.connect_ex(path) == 0

    def speeds(self, domain):
        """Not a measurement of the product (benchmarks/ has those): the ways differ, and the bytes don't."""
        self.sh("head -c 32M /dev/urandom >files/large")
        wanted = digest(self.host + "/files/large")
        said = []
        for way, arguments in (("domain socket", domain), ("TCP", [])):
            begin = time.monotonic()
            self.client(["-v", self.host + "/files:/files", *arguments], "copyFromLocal", "/files/large", "/large",
                        properties=["-Dalluxio.user.file.writetype.default=MUST_CACHE"])
            wrote = time.monotonic() - begin
            begin = time.monotonic()
            out, _ = self.client(arguments, "cat", "/large")
            said.append("%s: 32 MB written in %.1f s, read in %.1f s" % (way, wrote, time.monotonic() - begin))
            equals(digest(out), wanted)
            self.shell(self.master, "fs", "rm", "/large")
        os.unlink(self.host + "/files/large")
        print("        " + "; ".join(said))

    def settings(self):
        """The environment's rules."""
        row = self.row
        typed = {"alluxio.user.block.size.bytes.default": "33MB", "alluxio.master.ttl.checker.interval": "7min",
                 "alluxio.user.short.circuit.enabled": "false", "alluxio.user.file.readtype.default": "NO_CACHE",
                 "alluxio.user.hostname": "dummy", "alluxio.master.web.port": "18888", "alluxio.work.dir": "/tmp/work",
                 "alluxio.worker.tieredstore.levels": "1", "alluxio.master.journal.folder": "/tmp/journal",
                 "alluxio.user.block.write.location.policy.class": "alluxio.client.block.policy.RoundRobinPolicy"}
        env = []
        for key, value in typed.items():
            env += ["-e", "%s=%s" % (key.upper().replace(".", "_"), value)]
        java_opts = '-Da=b -Dc="d e"'
        with row("S27", "ten properties of different types by environment variables"):
            self.master = docker("run", "-d", NET, "--user", "1234", *env, "-e", "FOO=1", "-e", "ALLUXIO_JAVA_OPTS=" + java_opts,
                                 "-e", "ALLUXIO_MASTER_JAVA_OPTS=-Xmx1g -XX:+UseG1GC -agentlib:jdwp=transport=dt_socket "
                                 "-Dalluxio.master.ttl.checker.interval=9min",
                                 "-e", "ALLUXIO_MASTER_ADDRESS=" + IP,
                                 "-e", "ALLUXIO_USER_APP_ID=a=b c", "alluxio", "MASTER", "--no-format")
            self.serving()
            self.serving(18888)
            for key, value in typed.items():
                equals((key, self.conf(self.master, key)), (key, value))
        with row("S52", "the verb's case of letters does not matter; any user id works"):
            equals(inside(self.master, "id", "-u"), "1234")
            has(inside(self.master, "cat", "/proc/1/cmdline"), "alluxio-master")
        site = inside(self.master, "cat", "/opt/alluxio/conf/alluxio-site.properties")
        script = inside(self.master, "cat", "/opt/alluxio/conf/alluxio-env.sh")
        with row("S28", "they are in conf/alluxio-site.properties"):
            require("alluxio.master.web.port=18888" in site.splitlines(), site)
        with row("S60", "FOO is not copied; GetConfKey names the property of a variable, or fails"):
            lacks(site.lower(), "foo")
            words = ["bin/alluxio", "runClass", "alluxio.cli.GetConfKey"]
            equals(inside(self.master, *words, "ALLUXIO_MASTER_HOSTNAME"), "alluxio.master.hostname")
            inside(self.master, *words, "FOO", code=1)
        with row("S61", "the spellings that break the rule"):
            irregular = {"ALLUXIO_UNDERFS_S3A_INHERIT_ACL": "alluxio.underfs.s3a.inherit_acl",
                         "ALLUXIO_MASTER_FORMAT_FILE_PREFIX": "alluxio.master.format.file_prefix",
                         "AWS_ACCESSKEYID": "aws.accessKeyId", "AWS_SECRETKEY": "aws.secretKey",
                         "FS_GCS_ACCESSKEYID": "fs.gcs.accessKeyId", "FS_GCS_SECRETACCESSKEY": "fs.gcs.secretAccessKey",
                         "FS_OSS_ACCESSKEYID": "fs.oss.accessKeyId", "FS_OSS_ACCESSKEYSECRET": "fs.oss.accessKeySecret"}
            out = inside(self.master, "/bin/sh", "-c", "for name in %s; do bin/alluxio runClass alluxio.cli.GetConfKey $name; "
                         "done" % " ".join(irregular))
            equals(out.split(), list(irregular.values()))
        with row("S59", "*_JAVA_OPTS go to alluxio-env.sh; -D in them counts, -X and -agentlib are ignored"):
            has(script, "export ALLUXIO_MASTER_JAVA_OPTS=", "export ALLUXIO_JAVA_OPTS=")
            lacks(site, "java.opts")
            shown = wait_for(15, "safe mode ends", lambda: get(18888, "/api/v1/master/info"))
            equals(json.loads(shown)["configuration"]["alluxio.master.ttl.checker.interval"], "9min")
        with row("S63", "values with = and spaces survive"):
            equals(inside(self.master, "/bin/sh", "-c", ". /opt/alluxio/conf/alluxio-env.sh; printf %s \"$ALLUXIO_JAVA_OPTS\""),
                   java_opts)
            equals(self.conf(self.master, "alluxio.user.app.id"), "a=b c")
        with row("S65", "ALLUXIO_MASTER_ADDRESS is the old name of ALLUXIO_MASTER_HOSTNAME, with a warning"):
            equals(self.conf(self.master, "alluxio.master.hostname"), IP)
            one_line(log_of(self.master), "ALLUXIO_MASTER_ADDRESS", "ALLUXIO_MASTER_HOSTNAME")
        with row("S66", "a restart writes no line twice"):
            docker("restart", self.master)
            self.serving(18888)
            equals(inside(self.master, "cat", "/opt/alluxio/conf/alluxio-site.properties"), site)
            equals(inside(self.master, "cat", "/opt/alluxio/conf/alluxio-env.sh"), script)
        remove(self.master)

        with row("S67", "2.9's defaults, and each of 1.8's is selectable"):
            old = {"alluxio.user.file.readtype.default": ("CACHE", "CACHE_PROMOTE"),
                   "alluxio.user.file.writetype.default": ("ASYNC_THROUGH", "MUST_CACHE"),
                   "alluxio.user.block.size.bytes.default": ("64MB", "512MB"),
                   "alluxio.master.journal.type": ("EMBEDDED", "UFS"), "alluxio.master.metastore": ("ROCKS", "HEAP")}
            for index in (0, 1):
                env = []
                for key, values in old.items() if index else ():
                    env += ["-e", "%s=%s" % (key.upper().replace(".", "_"), values[1])]
                self.master = docker("run", "-d", NET, "-e", "ALLUXIO_MASTER_HOSTNAME=" + IP, *env, "alluxio", "master")
                self.serving()
                for key, values in old.items():
                    equals((key, self.conf(self.master, key)), (key, values[index]))
                self.shell(self.master, "fs", "mkdir", "/made")
                remove(self.master)

    def restarts(self):
        """S58: formatting; S21: the order of starts; a read-only root; the same in each base."""
        row = self.row
        common = ["-v", self.host + "/underStorage:/underStorage", "-e", "ALLUXIO_MASTER_HOSTNAME=" + IP,
                  "-e", "ALLUXIO_UNDERFS_ADDRESS=/underStorage", "-e", "ALLUXIO_MASTER_WORKER_CONNECT_WAIT_TIME=0s"]
        memory = ["-e", "ALLUXIO_WORKER_MEMORY_SIZE=64MB"]
        with row("S21", "a worker that is started first waits for its master"):
            self.worker = docker("run", "-d", NET, *common, *memory, "-v", "ram:/opt/ramdisk", "-e", "ALLUXIO_RAM_FOLDER=/opt/ramdisk", "alluxio", "worker",
                                 "--no-format")
            wait_for(30, "the worker retries", lambda: IP + ":19998" in log_of(self.worker))
            self.master = docker("run", "-d", NET, *common, "alluxio", "master", "--no-format")
            self.live_workers()
        with row("S58", "--no-format keeps journal and cache"):
            self.client(["-v", self.host + "/files:/files"], "copyFromLocal", "/files/1", "/cached",
                        properties=["-Dalluxio.user.file.writetype.default=MUST_CACHE"])
            docker("restart", self.master, self.worker)
            self.serving()
            self.live_workers()
            one_line(self.shell(self.master, "fs", "ls", "/"), "100%", "/cached")
            equals(self.shell(self.master, "fs", "cat", "/cached"), "file 1")
        remove(self.worker, self.master)
        with row("S58", "without --no-format both are emptied, the under store is not"):
            self.master = docker("run", "-d", NET, *common, "alluxio", "master")
            self.worker = docker("run", "-d", NET, *common, *memory, "-v", "ram:/opt/ramdisk", "-e", "ALLUXIO_RAM_FOLDER=/opt/ramdisk",
                                 "alluxio", "worker")
            self.serving()
            self.live_workers()
            self.client(["-v", self.host + "/files:/files"], "copyFromLocal", "/files/1", "/cached",
                        properties=["-Dalluxio.user.file.writetype.default=MUST_CACHE"])
            docker("restart", self.master, self.worker)
            self.serving()
            self.live_workers()
            listed = self.shell(self.master, "fs", "ls", "/")
            lacks(listed, "/cached")
            has(listed, "/data")
            equals(inside(self.worker, "/bin/sh", "-c", "ls /opt/ramdisk/alluxioworker | grep -c '^[0-9]' || true"), "0")
            equals(digest(self.host + "/underStorage/data"), self.data)
        remove(self.worker, self.master)

        with row("-", "a read-only root with named volumes, as another user"):
            os.mkdir(self.host + "/free")
            os.chmod(self.host + "/free", 0o777)
            common[1] = self.host + "/free:/underStorage"

            def volumes(who):
                words = ["--read-only", "--tmpfs", "/tmp", "--user", "1234"]
                for name in ("conf", "journal", "logs", "metastore"):
                    words += ["-v", "alluxio-%s-%s:/opt/alluxio/%s" % (who, name, name)]
                return words
            self.master = docker("run", "-d", NET, *common, *volumes("master"), "alluxio", "master", "--no-format")
            self.worker = docker("run", "-d", NET, *common, *volumes("worker"), "--shm-size=256M",
                                 "-e", "ALLUXIO_WORKER_MEMORY_SIZE=256MB", "alluxio", "worker", "--no-format")
            self.serving()
            self.live_workers()
            self.run_tests(self.worker)
            equals(self.conf(self.worker, "alluxio.master.hostname"), IP)
            self.shell(self.master, "fs", "mkdir", "/on-a-volume")
            remove_keeping_volumes(self.worker, self.master)
            self.master = docker("run", "-d", NET, *common, *volumes("master"), "alluxio", "master", "--no-format")
            self.serving()
            has(self.shell(self.master, "fs", "ls", "/"), "/on-a-volume")
        remove(self.master)
        with row("-", "a read-only root without a volume for conf/: the settings count all the same"):
            self.master = docker("run", "-d", NET, *common, "--read-only", "--tmpfs", "/opt/alluxio/journal", "--tmpfs",
                                 "/opt/alluxio/metastore", "--tmpfs", "/opt/alluxio/logs", "alluxio", "master")
            self.serving()
            self.shell(self.master, "fs", "ls", "/")
            one_line(log_of(self.master), "alluxio-site.properties", "handed on as arguments")
        remove(self.master)

    def bases(self):
        """One line changes the base; nothing is installed into it."""
        def shell_only(name):
            docker_host.import_shell_only(name)

        def debian(name):
            docker_host.import_debian(name, ["libstdc++6", "zlib1g"])

        for kind, make in (("a static shell and nothing else", shell_only), ("musl", docker_host.import_musl),
                           ("Debian", debian)):
            with self.row("S24", "bin/alluxio runTests in an image with %s" % kind):
                name = kind.split()[-1].lower()
                make("base-" + name)
                with open(self.context + "/Dockerfile") as f:
                    text = f.read()
                require(text.count("\nFROM ") == 1, "more than one FROM")
                with open(self.folder + "/Dockerfile", "w") as f:
                    f.write(re.sub(r"(?m)^FROM .*$", "FROM base-" + name, text))
                docker("build", "-t", "alluxio-" + name, "-f", self.folder + "/Dockerfile", self.context)
                if name == "musl":
                    has(docker_fails("run", "--rm", NET, "--entrypoint", "/lib/ld-musl-x86_64.so.1", "alluxio-musl"), "musl libc")
                if name == "debian":
                    has(docker("run", "--rm", NET, "--entrypoint", "/usr/bin/dpkg", "alluxio-debian", "--version"), "Debian")
                if name == "debian":
                    # The scripts need no program of the base but its shell.
                    out = docker("run", "--rm", NET, "--entrypoint", "/bin/sh", "alluxio-debian", "-c",
                                 "PATH=/nosuch; export PATH; cd /opt/alluxio && bin/alluxio-start.sh -f master NoMount && "
                                 "bin/alluxio fs mkdir /made && bin/alluxio fs ls / && bin/alluxio-stop.sh all")
                    has(out, "The master is up (pid ", "/made", "Stopped the master (pid ")
                if name == "else":
                    docker_fails("run", "--rm", NET, "--entrypoint", "/bin/ls", "alluxio-else")
                self.new_master("alluxio-" + name)
                self.worker = docker("run", "-d", NET, "--shm-size=256M", "-e", "ALLUXIO_MASTER_HOSTNAME=" + IP,
                                     "-e", "ALLUXIO_WORKER_MEMORY_SIZE=256MB", "-v", self.host + "/underStorage:/underStorage", "alluxio-" + name, "worker")
                self.live_workers()
                self.run_tests(self.worker)
            for container in (self.worker, self.master):
                if container:
                    run(["docker", "rm", "-f", container])
        with self.row("S54", "the image's name and tag mean nothing"):
            docker("tag", "alluxio", "registry.example/other:1")
            equals(docker("run", "--rm", NET, *RUN_ALLUXIO, "registry.example/other:1", "version"), "2.9.6")

    def pages(self):
        pages.run_all(self, ROOT)

    def everything(self, names):
        for chapter in (self.images, self.refusals, self.plain_master, self.bases, self.short_circuit, self.settings,
                        self.restarts, self.pages):
            if names and chapter.__name__ not in ["images", *names]:
                continue
            failed_before = len(self.table.failures())
            try:
                chapter()
            except Exception as error:  # what stands between rows
                if len(self.table.failures()) == failed_before:
                    with self.row("-", "the steps between the rows"):
                        raise error
                print("        (the rest of this chapter was not run: %s)" % str(error).strip().splitlines()[0])
            # Nothing of a chapter that failed disturbs the next.
            containers = run(["docker", "ps", "-aq"]).stdout.split()
            if containers:
                run(["docker", "rm", "-f", *containers])


def remove_keeping_volumes(*containers):
    docker("rm", "-f", *containers)


def main():
    table = docker_host.Table("guide_test")
    try:
        folder = docker_host.enter(java_client.fetch)
        guide = Guide(folder, *sys.argv[1:3])
        try:
            guide.daemon.start()
            guide.everything(sys.argv[3:])
        finally:
            guide.daemon.close()
        return guide.table.finish()
    except Skip as reason:
        table.skip_all(str(reason))
        return table.finish()


if __name__ == "__main__":
    sys.exit(main())
