#!/bin/sh
# Runs Mosquitto, and has it read its revocation list and its certificate again (SIGHUP) when the list changes: by itself it reads them only at start.
set -eu
conf=${1:-/mosquitto/config/mosquitto.conf}
crl=$(sed -n 's/^crlfile //p' "$conf")
mosquitto -c "$conf" &
broker=$!
trap 'kill -TERM "$broker" 2> /dev/null || true' TERM INT
seen=$(cksum < "$crl")
while kill -0 "$broker" 2> /dev/null; do
  sleep 0.3
  now=$(cksum < "$crl" 2> /dev/null || echo "$seen")
  if [ "$now" != "$seen" ]; then
    seen=$now
    kill -HUP "$broker"
  fi
done
wait "$broker"
