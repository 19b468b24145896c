#!/bin/sh
# sh sign.sh METHOD TARGET [BODY] signs a request to the Awal API and, with AWAL_BASE_URL, sends it.
# While it runs, openssl shows the secret to the other users of the machine in its argument list.
set -eu
if [ "$#" -lt 2 ] || [ -z "${AWAL_SECRET:-}" ]; then
  echo 'usage: AWAL_SECRET=... sh sign.sh METHOD TARGET [BODY]' >&2
  exit 2
fi
method=$1 target=$2 body=${3:-}
timestamp=${AWAL_TIMESTAMP:-$(date +%s)}

digest=$(printf '%s' "$method$target$timestamp$body" | openssl dgst -sha256 -hmac "$AWAL_SECRET" -r)
signature="sha256=${digest%% *}"
echo "$signature"

if [ -n "${AWAL_BASE_URL:-}" ]; then
  set -- --silent --show-error --globoff --path-as-is --request "$method"
  [ -z "$body" ] || set -- "$@" --data-raw "$body"
  answer=$(curl "$@" --write-out '\n%{http_code}' "$AWAL_BASE_URL$target" \
    --header 'Accept: application/json' --header 'Content-Type: application/json' \
    --header "X-Awal-Signature-256: $signature" --header "X-Timestamp: $timestamp" \
    --header "X-Domain: ${AWAL_DOMAIN:-}" --header "X-Client-ID: ${AWAL_CLIENT_ID:-}")
  printf '%s\n' "$answer" | tail -n 1
  printf '%s\n' "$answer" | sed '$d'
fi
