#!/bin/sh
# Becomes the service: the program is PID 1 and gets the signals.
exec /opt/alluxio/bin/alluxio entrypoint "$@"
