"""Base images, of what Debian has installed here: nothing is pulled."""
import contextlib
import io
import os
import shutil
import tarfile

from checks import Skip, run
from docker_host import docker


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
