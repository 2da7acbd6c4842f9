"""Every command of docs/docker.md and docs/zh/docker.md, in their order."""
import os
import re
import shutil
import sys

from checks import equals, require, run
from guide import ROOT

HERE = os.path.dirname(os.path.realpath(__file__))


def blocks(path):
    """The page's ```sh blocks."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    require("\n    docker" not in text, path + ": commands stand in ```sh blocks")
    return re.findall(r"(?ms)^```sh\n(.*?)^```$", text)


def run_all(guide):
    english, chinese = blocks(ROOT + "/docs/docker.md"), blocks(ROOT + "/docs/zh/docker.md")
    with guide.row("-", "docs/zh/docker.md has the commands of docs/docker.md"):
        equals(chinese, english)

    # The reader's checkout, and what a test can't do: compile, become root,
    # have a plugin.
    home = guide.host + "/reader"
    tools = home + "/bin"
    os.makedirs(tools)
    checkout = home + "/alluxio"
    shutil.copytree(guide.host + "/alluxio", checkout, symlinks=True, ignore=shutil.ignore_patterns("*.tar.gz"))
    os.mkdir(checkout + "/bazel-bin")
    stubs = {"sudo": 'exec "$@"',
             "bazel": 'case "$*" in\n"build //:tarball") cp -f "%s" bazel-bin/alluxio-2.9.6-bin.tar.gz ;;\n'
                      '"run //docker:image -- "*) cp -f "%s" "$4" ;;\n'
                      '*) echo "no such target is tested: bazel $*" >&2; exit 1 ;;\nesac' % (guide.tarball, guide.image_tar)}
    if run(["docker", "compose", "version"]).returncode != 0:
        stubs["docker"] = '[ "$1" != compose ] || { shift; exec %s %s/compose.py "$@"; }\nexec %s "$@"' % (
            sys.executable, HERE, shutil.which("docker"))
    for name, text in stubs.items():
        with open(os.path.join(tools, name), "w") as f:
            f.write("#!/bin/sh\n%s\n" % text)
        os.chmod(os.path.join(tools, name), 0o755)

    # One shell for all of a page: blocks use what earlier ones set.
    script = "set -e\n"
    for number, block in enumerate(english):
        script += "echo 'block %d'\n%s" % (number + 1, block)
    for place in ("/mnt/ramdisk", "/tmp/domain"):
        script = script.replace(place, home + place)
    os.makedirs(home + "/mnt")
    os.makedirs(home + "/tmp")
    with guide.row("-", "each of the %d blocks of commands in docs/docker.md works" % len(english)):
        done = run(["/bin/sh", "-c", script], cwd=checkout, timeout=300,
                   env=dict(os.environ, PATH=tools + ":" + os.environ["PATH"]))
        ran = [line for line in done.stdout.splitlines() if line.startswith("block ")][-1]
        require(done.returncode == 0, "%s of docs/docker.md ends with exit code %d:\n%s\n%s\n%s" %
                (ran, done.returncode, english[int(ran.split()[1]) - 1], done.stdout[-1500:], done.stderr[-1500:]))
        equals(ran, "block %d" % len(english))
