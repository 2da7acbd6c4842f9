#!/usr/bin/env python3
"""What `docker compose` does with docker/compose.yaml, where that plugin is missing.

  compose.py -f FILE up -d | exec SERVICE COMMAND... | down

Knows the few words that the file uses and fails on any other.
"""
import json
import os
import subprocess
import sys


def services(path):
    """name: {key: text, list or dict} of the file's services."""
    found, service, key = {}, None, None
    for line in open(path, encoding="utf-8"):
        text = line.split(" #")[0].rstrip()
        if not text or text.lstrip().startswith("#"):
            continue
        depth, text = len(text) - len(text.lstrip()), text.strip()
        if depth == 0:
            assert text == "services:", text
        elif depth == 2:
            service = found.setdefault(text.rstrip(":"), {})
        elif depth == 4:
            key, _, value = text.partition(":")
            value = value.strip()
            service[key] = json.loads(value) if value.startswith("[") else value or None
        elif text.startswith("- "):
            service[key] = (service[key] or []) + [text[2:]]
        else:
            name, _, value = text.partition(":")
            service[key] = dict(service[key] or {}, **{name: value.strip().strip('"')})
    return found


def command_of(name, service, folder):
    words = ["docker", "run", "-d", "--name", "compose-" + name]
    for key, value in service.items():
        if key == "network_mode":
            words += ["--network", value]
        elif key == "tmpfs":
            for mount in value:
                words += ["--tmpfs", mount]
        elif key == "environment":
            for variable, text in value.items():
                words += ["-e", variable + "=" + text]
        elif key == "volumes":
            for volume in value:
                source, target = volume.split(":", 1)
                words += ["-v", "%s:%s" % (os.path.join(folder, source) if source.startswith(".") else source, target)]
        else:
            assert key in ("image", "command"), key
    return words + [service["image"]] + service["command"]


def main():
    option, path, verb, *rest = sys.argv[1:]
    assert option == "-f"
    if verb == "up":
        assert rest == ["-d"]
        for name, service in services(path).items():
            subprocess.run(command_of(name, service, os.path.dirname(os.path.abspath(path))), check=True)
        return 0
    if verb == "exec":
        return subprocess.run(["docker", "exec", "compose-" + rest[0], *rest[1:]]).returncode
    assert verb == "down", verb
    return subprocess.run(["docker", "rm", "-f", *("compose-" + name for name in services(path))]).returncode


if __name__ == "__main__":
    sys.exit(main())
