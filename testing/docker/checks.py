"""What rows are made of: what is required of what was seen, waiting, commands, the table."""
import contextlib
import hashlib
import os
import subprocess
import sys
import time
import traceback
import xml.sax.saxutils


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


def digest(path_or_bytes):
    if isinstance(path_or_bytes, bytes):
        return hashlib.sha256(path_or_bytes).hexdigest()
    with open(path_or_bytes, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


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
