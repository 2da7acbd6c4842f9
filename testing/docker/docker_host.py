"""A machine of the test's own: namespaces, a Docker daemon, base images, rows.

The test runs in new network, mount, host name and process namespaces: the
guide's fixed ports and folders are free there, nothing of the machine is
touched, and whatever is left over ends with the test.
"""
import contextlib
import glob
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import traceback
import urllib.error
import urllib.request
import xml.sax.saxutils

HOST_NAME = "guidehost"
HOST_IP = IP = "10.99.0.1"
NET = "--net=host"
_INSIDE = "ALLUXIO_GUIDE_TEST_FOLDER"
# Bazel's tests have no sbin on their path; dockerd and ip lie there.
os.environ["PATH"] = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"


class Skip(Exception):
    """What was to be tested can't be, here; the reason."""


class Failed(Exception):
    """What was seen is not what was wanted."""


def require(condition, text):
    if not condition:
        raise Failed(text)


def equals(got, want):
    require(got == want, "want: %r\ngot:  %r" % (want, got))


def has(text, *parts):
    for part in parts:
        require(part in text, "want in it: %s\ngot: %s" % (part, text))


def lacks(text, part):
    require(part not in text, "not wanted in it: %s\ngot: %s" % (part, text))


def one_line(text, *parts):
    """`parts` are in one and the same line."""
    require(any(all(p in line for p in parts) for line in text.splitlines()),
            "want a line with: %s\ngot: %s" % (" ... ".join(parts), text))


def wait_for(seconds, what, condition):
    """Until `condition` returns something true; an error or a failure of it is a no."""
    end = time.monotonic() + seconds
    last = ""
    while True:
        try:
            result = condition()
            if result:
                return result
        except (Failed, OSError, ValueError, KeyError) as error:
            last = str(error)
        if time.monotonic() > end:
            raise Failed("not within %d s: %s\n%s" % (seconds, what, last))
        time.sleep(0.1)


def run(command, timeout=120, text=True, **kwargs):
    """Like subprocess.run; a command that does not end fails."""
    try:
        return subprocess.run(command, capture_output=True, text=text, timeout=timeout, **kwargs)
    except subprocess.TimeoutExpired as error:
        raise Failed("does not end within %d s: %s" % (timeout, command)) from error


def enter(before):
    """Starts this program again in namespaces of its own; returns there.

    `before(folder)` prepares outside of them what needs the network. Raises Skip
    where the machine allows no containers.
    """
    if _INSIDE in os.environ:
        return _set_up(os.environ[_INSIDE])
    if os.geteuid() != 0:
        raise Skip("containers need root")
    for program in ("docker", "dockerd", "unshare", "busybox"):
        if shutil.which(program) is None:
            raise Skip("there is no %s: tools/install-packages test" % program)
    unshare = ["unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"]
    tried = run(unshare + ["mount", "-t", "ramfs", "ramfs", "/mnt"])
    if tried.returncode != 0:
        raise Skip("namespaces and mounts are not allowed here: " + tried.stderr.strip())
    # Short, for the paths of sockets.
    folder = tempfile.mkdtemp(prefix="guide", dir="/var/tmp")
    code = 1
    try:
        before(folder)
        child = subprocess.Popen(unshare + [sys.executable] + sys.argv, env=dict(os.environ, **{_INSIDE: folder}))
        signal.signal(signal.SIGTERM, lambda *_: child.kill())
        code = child.wait()
    finally:
        _remove_cgroups(_cgroup_of(folder))
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(code)


def _cgroup_of(folder):
    return "alluxio-guide-" + os.path.basename(folder)


def _remove_cgroups(name):
    for top in glob.glob("/sys/fs/cgroup/" + name) + glob.glob("/sys/fs/cgroup/*/" + name):
        for place, _, _ in os.walk(top, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(place)


def _set_up(folder):
    hosts = os.path.join(folder, "hosts")
    with open(hosts, "w") as f:
        f.write("127.0.0.1 localhost\n%s %s\n" % (HOST_IP, HOST_NAME))
    for command in (["ip", "link", "set", "lo", "up"], ["ip", "addr", "add", HOST_IP + "/32", "dev", "lo"],
                    ["hostname", HOST_NAME], ["mount", "--bind", hosts, "/etc/hosts"]):
        if shutil.which(command[0]) is None and command[0] == "ip":
            command = ["busybox"] + command
        done = run(command)
        if done.returncode != 0:
            raise Skip("%s: %s" % (" ".join(command), done.stderr.strip()))
    return folder


class Daemon:
    """dockerd, with all that belongs to it below `folder`; ended by its pid."""

    def __init__(self, folder, memory_bytes):
        self.folder = folder
        self.parent = _cgroup_of(folder)
        self.memory_bytes = memory_bytes
        self.memory = None  # the cgroup that holds all containers
        self.process = None
        os.environ["DOCKER_HOST"] = "unix://%s/docker.sock" % folder
        os.environ["DOCKER_BUILDKIT"] = "0"
        os.environ["DOCKER_CONFIG"] = os.path.join(folder, "config")
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            os.environ.pop(name, None)

    def start(self):
        log = open(os.path.join(self.folder, "dockerd.log"), "ab")
        arguments = ["dockerd", "--iptables=false", "--bridge=none", "--data-root", self.folder + "/data",
                     "--exec-root", self.folder + "/exec", "-p", self.folder + "/pid", "-H", os.environ["DOCKER_HOST"],
                     "--shutdown-timeout", "5"]
        if self._limit_memory():
            arguments += ["--cgroup-parent", "/" + self.parent]
        self.process = subprocess.Popen(arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            wait_for(60, "dockerd answers", self._answers)
        except Failed as error:
            with open(os.path.join(self.folder, "dockerd.log")) as f:
                raise Skip("dockerd does not start: " + (f.read().strip().splitlines() or [str(error)])[-1])

    def _answers(self):
        if self.process.poll() is not None:
            return True  # found out by the first command
        return run(["docker", "version"]).returncode == 0

    def _limit_memory(self):
        """One cgroup above all containers, with the memory of the guide's small host (cgroup v1)."""
        folder = "/sys/fs/cgroup/memory/" + self.parent
        try:
            os.makedirs(folder, exist_ok=True)
            with open(folder + "/memory.limit_in_bytes", "w") as f:
                f.write(str(self.memory_bytes))
        except OSError:
            return False
        self.memory = folder
        return True

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def close(self):
        ids = run(["docker", "ps", "-aq"]).stdout.split()
        if ids:
            run(["docker", "rm", "-f"] + ids)
        self.stop()
        run(["umount", self.folder + "/exec/netns/default"])
        _remove_cgroups(self.parent)


def docker(*words, timeout=120, text=True, code=0, **kwargs):
    """Runs docker; its output without the line's end. Fails unless it ends with `code`."""
    done = run(["docker"] + [str(w) for w in words], timeout=timeout, text=text, **kwargs)
    if code is not None and done.returncode != code:
        raise Failed("docker %s: exit code %d, not %d\n%s%s" %
                     (" ".join(map(str, words)), done.returncode, code, done.stdout, done.stderr))
    return done.stdout.strip() if text else done.stdout


def docker_fails(*words, timeout=120):
    """Both outputs of a docker command that must not succeed."""
    done = run(["docker"] + [str(w) for w in words], timeout=timeout)
    require(done.returncode != 0, "docker %s: exit code 0\n%s%s" %
            (" ".join(map(str, words)), done.stdout, done.stderr))
    return done.stdout + done.stderr


def inside(container, *command, **kwargs):
    return docker("exec", container, *command, **kwargs)


def log_of(container):
    done = run(["docker", "logs", container])
    return done.stdout + done.stderr


def state(container):
    return json.loads(docker("inspect", "-f", "{{json .State}}", container))


def remove(*containers):
    docker("rm", "-f", "-v", *containers)


def port_open(port, host="127.0.0.1"):
    import socket
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex((host, port)) == 0


def get(port, path, host="127.0.0.1"):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open("http://%s:%d%s" % (host, port, path), timeout=5) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        raise Failed("%s: %s\n%s" % (path, error, error.read().decode())) from error


def digest(path_or_bytes):
    if isinstance(path_or_bytes, bytes):
        return hashlib.sha256(path_or_bytes).hexdigest()
    with open(path_or_bytes, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


# --- base images, of what Debian has installed here --------------------------

def _tar(entries):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as out:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
                out.addfile(info)
            elif isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                out.addfile(info)
            else:
                info.size, info.mode = len(content), 0o755
                out.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _read(path):
    with open(path, "rb") as f:
        return f.read()


def _import(tar, name):
    docker("import", "-", name, input=tar, text=False)


def import_busybox(name, extra=()):
    busybox = shutil.which("busybox")
    names = sorted(set(run([busybox, "--list"]).stdout.split()) - {"busybox"})
    entries = [(d, None) for d in ("bin", "etc", "lib", "opt", "root", "tmp")]
    entries += [("bin/busybox", _read(busybox))] + [("bin/" + n, "busybox") for n in names]
    entries += [("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n"), ("etc/group", b"root:x:0:\n")]
    _import(_tar(entries + list(extra)), name)


def import_shell_only(name):
    """/bin/sh, and nothing else at all."""
    _import(_tar([("bin", None), ("bin/sh", _read(shutil.which("busybox")))]), name)


def import_musl(name):
    loader = "/lib/ld-musl-x86_64.so.1"
    if not os.path.exists(loader):
        raise Skip("there is no %s: tools/install-packages test" % loader)
    import_busybox(name, [("lib/ld-musl-x86_64.so.1", _read(loader))])


def import_debian(name, more=()):
    """The essential packages as they are installed here, and `more`, with what they depend on."""
    fields = run(["dpkg-query", "-W", "-f", "${Package}\t${Essential}\t${Pre-Depends}, ${Depends}\t${Provides}\n"]).stdout
    depends, wanted = {}, list(more)
    for line in fields.splitlines():
        package, essential, needs, _ = line.split("\t")
        depends[package] = [word.split("|")[0].split("(")[0].split(":")[0].strip() for word in needs.split(",")]
        if essential == "yes":
            wanted.append(package)
    packages = set()
    while wanted:
        package = wanted.pop()
        if package in depends and package not in packages:
            packages.add(package)
            wanted += depends[package]
    listed = run(["dpkg-query", "-L"] + sorted(packages)).stdout.splitlines()
    paths = set()
    for path in listed:
        if path.startswith(("/usr/share/doc", "/usr/share/man", "/usr/share/locale", "/usr/share/info")):
            continue
        if path.startswith("/") and os.path.lexists(path) and path not in ("/", "/."):
            # Merged /usr: a package may say /bin where it means /usr/bin.
            paths.add(os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)))
    paths |= {path for path in ("/bin", "/sbin", "/lib", "/lib64", "/usr/bin/awk", "/etc/alternatives/awk")
              if os.path.lexists(path)}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as out:
        for path in sorted(paths):
            with contextlib.suppress(OSError):
                out.add(path, path.lstrip("/"), recursive=False)
        for path, text in (("etc/passwd", _read("/usr/share/base-passwd/passwd.master")),
                           ("etc/group", _read("/usr/share/base-passwd/group.master"))):
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(text), 0o644
            out.addfile(info, io.BytesIO(text))
    _import(buffer.getvalue(), name)


# --- rows ---------------------------------------------------------------------

class Table:
    """The rows, printed as they end and written as one JUnit case each."""

    def __init__(self, suite):
        self.suite = suite
        self.rows = []
        self.begun = time.monotonic()

    @contextlib.contextmanager
    def row(self, number, what):
        """`with table.row("S1", "..."):` passes unless something is raised in it."""
        begin = time.monotonic()
        verdict, text = "ok", ""
        try:
            yield
        except Skip as reason:
            verdict, text = "skipped", str(reason)
        except Failed as reason:
            verdict, text = "FAILED", str(reason)
        except Exception:  # a row's fault is that row's failure, not the test's end
            verdict, text = "FAILED", traceback.format_exc()
        seconds = time.monotonic() - begin
        self.rows.append((number, what, verdict, text, seconds))
        print("%-5s %-8s %5.1fs  %s" % (number, verdict, seconds, what))
        for line in text.strip().splitlines()[:40]:
            print("        " + line)
        sys.stdout.flush()

    def failures(self):
        return [row for row in self.rows if row[2] == "FAILED"]

    def skip_all(self, reason):
        self.rows.append(("-", "the container guide", "skipped", reason, 0))
        print("SKIPPED: " + reason)

    def finish(self):
        """Prints the sums, writes $XML_OUTPUT_FILE; the exit code."""
        failed = len(self.failures())
        skipped = sum(row[2] == "skipped" for row in self.rows)
        print("%d rows ok, %d failed, %d skipped; %.0f s" %
              (len(self.rows) - failed - skipped, failed, skipped, time.monotonic() - self.begun))
        path = os.environ.get("XML_OUTPUT_FILE")
        if path:
            quote = xml.sax.saxutils.quoteattr
            with open(path, "w", encoding="utf-8") as f:
                f.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites><testsuite name=%s tests="%d" failures="%d">\n' %
                        (quote(self.suite), len(self.rows), failed))
                for number, what, verdict, text, seconds in self.rows:
                    f.write('<testcase classname=%s name=%s time="%.1f">' %
                            (quote(self.suite), quote("%s %s" % (number, what)), seconds))
                    clean = "".join(c for c in text if c in "\n\t" or c >= " ")
                    if verdict == "FAILED":
                        f.write("<failure message=%s></failure>" % quote(clean))
                    elif verdict == "skipped":
                        f.write("<system-out>%s</system-out>" % xml.sax.saxutils.escape("SKIPPED: " + clean))
                    f.write("</testcase>\n")
                f.write("</testsuite></testsuites>\n")
        return 1 if failed else 0
