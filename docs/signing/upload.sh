#!/bin/sh
# sh upload.sh TARGET FILE MEDIA_TYPE [NAME=VALUE...] signs an upload to the Awal API and sends it, with curl and openssl.
# While it runs, openssl shows the secret to the other users of the machine in its argument list.
set -eu
if [ "$#" -lt 3 ] || [ -z "${AWAL_SECRET:-}" ] || [ -z "${AWAL_BASE_URL:-}" ]; then
  echo 'usage: AWAL_SECRET=... AWAL_BASE_URL=... sh upload.sh TARGET FILE MEDIA_TYPE [NAME=VALUE...]' >&2
  exit 2
fi
target=$1 path=$2 type=$3
shift 3
boundary=$(openssl rand -hex 16) timestamp=$(date +%s) # curl --form would draw a boundary while it sends
body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  for field in "$@"; do
    printf -- '--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' "$boundary" "${field%%=*}" "${field#*=}"
  done
  printf -- '--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: %s\r\n\r\n' "$boundary" "${path##*/}" "$type"
  cat "$path"
  printf '\r\n--%s--\r\n' "$boundary"
} >"$body"
digest=$({ printf '%s' "POST$target$timestamp"; cat "$body"; } | openssl dgst -sha256 -hmac "$AWAL_SECRET" -r)
signature="sha256=${digest%% *}"
answer=$(curl -gsS --path-as-is --data-binary "@$body" --write-out '\n%{http_code}' "$AWAL_BASE_URL$target" \
  -H 'Accept: application/json' -H "Content-Type: multipart/form-data; boundary=$boundary" -H "X-Awal-Signature-256: $signature" \
  -H "X-Timestamp: $timestamp" -H "X-Domain: ${AWAL_DOMAIN:-}" -H "X-Client-ID: ${AWAL_CLIENT_ID:-}")
printf '%s\n%s\n%s\n' "$signature" "${answer##*
}" "${answer%
*}"
