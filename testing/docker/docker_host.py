"""A machine of the test's own: namespaces and a Docker daemon.

The test runs in new network, mount, host name and process namespaces: the
guide's fixed ports and folders are free there, nothing of the machine is
touched, and whatever is left over ends with the test.
"""
import contextlib
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from checks import Failed, Skip, require, run, wait_for

HOST_NAME = "guidehost"
HOST_IP = IP = "10.99.0.1"
NET = "--net=host"
_INSIDE = "ALLUXIO_GUIDE_TEST_FOLDER"
# Bazel's tests have no sbin on their path; dockerd and ip lie there.
os.environ["PATH"] = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"


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
    """Those of a test that was stopped midway are there until its last process has gone."""
    def removed():
        tops = glob.glob("/sys/fs/cgroup/" + name) + glob.glob("/sys/fs/cgroup/*/" + name)
        for top in tops:
            for place, _, _ in os.walk(top, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(place)
        return not tops
    with contextlib.suppress(Failed):
        wait_for(5, "the control groups are removed", removed)


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
        self.version_2 = False
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
        """One cgroup above all containers, with the memory of the guide's small host."""
        top = "/sys/fs/cgroup/memory"
        self.version_2 = not os.path.isdir(top)
        try:
            if self.version_2:
                top = "/sys/fs/cgroup"
                with open(top + "/cgroup.subtree_control", "w") as f:
                    f.write("+memory")
            folder = top + "/" + self.parent
            os.makedirs(folder, exist_ok=True)
            with open(folder + ("/memory.max" if self.version_2 else "/memory.limit_in_bytes"), "w") as f:
                f.write(str(self.memory_bytes))
        except OSError:
            return False
        self.memory = folder
        return True

    def memory_facts(self):
        """limit, peak, oom_kills and swap (bytes) of all containers together."""
        if self.memory is None:
            raise Skip("no control group for memory can be made here")

        def text(name):
            with open(self.memory + "/" + name) as f:
                return f.read()

        def fields(name):
            return {key: int(value) for key, value in (line.split() for line in text(name).splitlines())}
        if self.version_2:
            return {"limit": int(text("memory.max")), "peak": int(text("memory.peak")),
                    "oom_kills": fields("memory.events")["oom_kill"], "swap": int(text("memory.swap.current"))}
        return {"limit": int(text("memory.limit_in_bytes")), "peak": int(text("memory.max_usage_in_bytes")),
                "oom_kills": fields("memory.oom_control")["oom_kill"], "swap": fields("memory.stat").get("total_swap", 0)}

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
