#!/usr/bin/env python3
"""The container guide, statement by statement, in containers.

  guide_test.py TARBALL IMAGE_TAR [CHAPTER...]     (bazel test //testing/docker:guide_test)

Runs the guide's own command lines; a row is named by the guide's statement
(S1 to S68), "-" where the guide has none. Short circuit is proven by the counters
of master and worker. SKIPPED with the reason where containers can't run.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import docker_host  # noqa: E402
import image_rows  # noqa: E402
import java_client  # noqa: E402
import master_rows  # noqa: E402
import pages  # noqa: E402
import ramdisk_rows  # noqa: E402
import refusal_rows  # noqa: E402
import restart_rows  # noqa: E402
import settings_rows  # noqa: E402
import socket_rows  # noqa: E402
from checks import Skip, Table, run  # noqa: E402
from guide import Guide  # noqa: E402

# In this order: "images" makes what the others run.
CHAPTERS = {
    "images": image_rows.images,
    "refusals": refusal_rows.refusals,
    "master": master_rows.plain_master,
    "bases": image_rows.bases,
    "ramdisk": ramdisk_rows.guide_pair,
    "sockets": socket_rows.small_hosts,
    "settings": settings_rows.settings,
    "restarts": restart_rows.restarts,
    "pages": pages.run_all,
}


def run_chapters(guide, names):
    for name, chapter in CHAPTERS.items():
        if names and name not in ["images", *names]:
            continue
        failed_before = len(guide.table.failures())
        try:
            chapter(guide)
        except Exception as error:  # what stands between rows
            if len(guide.table.failures()) == failed_before:
                with guide.row("-", "the steps between the rows"):
                    raise error
            print("        (the rest of this chapter was not run: %s)" % str(error).strip().splitlines()[0])
        # Nothing of a chapter that failed disturbs the next.
        containers = run(["docker", "ps", "-aq"]).stdout.split()
        if containers:
            run(["docker", "rm", "-f", *containers])


def main():
    table = Table("guide_test")
    unknown = set(sys.argv[3:]) - set(CHAPTERS)
    if len(sys.argv) < 3 or unknown:
        print("usage: guide_test.py TARBALL IMAGE_TAR [CHAPTER...], of: %s" % " ".join(CHAPTERS), file=sys.stderr)
        return 2
    try:
        folder = docker_host.enter(java_client.fetch)
        guide = Guide(folder, *sys.argv[1:3])
        try:
            guide.daemon.start()
            run_chapters(guide, sys.argv[3:])
        finally:
            guide.daemon.close()
        return guide.table.finish()
    except Skip as reason:
        table.skip_all(str(reason))
        return table.finish()


if __name__ == "__main__":
    sys.exit(main())
