#!/usr/bin/env python3
"""Counts the test cases of a `bazel test` run, from its build events.

  count_tests.py EVENTS_JSON BAZEL_EXIT_CODE

Prints what failed and what was skipped and, as the last line,
"N passed, N failed". A test that could not be built, or that died
before it could report its cases, counts as one failure. Exits 1 on any failure
and when nothing ran.
"""
import collections
import json
import sys
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET


def cases(path):
    """(name, verdict, reason) of each case in one test.xml."""
    for case in ET.parse(path).getroot().iter("testcase"):
        name = "%s.%s" % (case.get("classname") or "", case.get("name") or "")
        bad = case.find("failure") if case.find("failure") is not None else case.find("error")
        skipped = case.find("skipped")
        if bad is not None:
            yield name, "failed", ""
        elif skipped is not None or case.get("result") in ("skipped", "suppressed"):
            reason = (skipped.get("message") or "") if skipped is not None else ""
            yield name, "skipped", " ".join(reason.split()[1:] if "\n" in reason else reason.split())
        else:
            out = "".join(e.text or "" for e in case.iter("system-out"))
            first = next((l for l in out.splitlines() if l.startswith("SKIPPED: ")), None)
            yield name, ("skipped" if first else "passed"), (first or "")[9:]


def main():
    events_path, bazel_code = sys.argv[1], int(sys.argv[2])
    results = {}     # (label, shard) -> (status, xml path); the last attempt wins
    configured = set()
    for line in open(events_path, encoding="utf-8"):
        event = json.loads(line)
        ident = event.get("id", {})
        if "targetConfigured" in ident and "testSize" in event.get("configured", {}):
            configured.add(ident["targetConfigured"]["label"])
        if "testResult" in ident and "testResult" in event:
            r = ident["testResult"]
            xml = next((o["uri"] for o in event["testResult"].get("testActionOutput", [])
                        if o["name"] == "test.xml"), None)
            results[(r["label"], r.get("shard", 1))] = (event["testResult"]["status"], xml)

    count = collections.Counter()
    failed, skipped = [], collections.Counter()
    for (label, _), (status, uri) in sorted(results.items()):
        found = collections.Counter()
        path = urllib.request.url2pathname(urllib.parse.urlparse(uri).path) if uri else None
        try:
            for name, verdict, reason in cases(path) if path else ():
                found[verdict] += 1
                if verdict == "failed":
                    failed.append("%s %s" % (label, name))
                if verdict == "skipped":
                    skipped[reason or "no reason given"] += 1
        except (ET.ParseError, OSError):
            found.clear()
        if status not in ("PASSED", "FLAKY") and not found["failed"]:
            found["failed"] += 1
            failed.append("%s (%s)" % (label, status.lower()))
        count.update(found)
    for label in sorted(configured - {label for label, _ in results}):
        count["failed"] += 1
        failed.append("%s (did not build)" % label)
    if bazel_code not in (0, 3) and not count["failed"]:
        count["failed"] += 1
        failed.append("bazel ended with code %d: see above" % bazel_code)

    for reason, n in sorted(skipped.items()):
        print("skipped: %d (%s)" % (n, reason))
    for name in failed:
        print("FAILED: %s" % name)
    print("%d passed, %d failed" % (count["passed"], count["failed"]))
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
