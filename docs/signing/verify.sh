#!/bin/sh
# sh verify.sh TARGET SIGNATURE TIMESTAMP < BODY says whether a webhook comes from Awal.
# It is for trying by hand: a shell compares in a time that depends on the texts, and openssl shows the secret to the other users of the machine.
set -eu
if [ "$#" -ne 3 ] || [ -z "${AWAL_SECRET:-}" ]; then
  echo 'usage: AWAL_SECRET=... sh verify.sh TARGET SIGNATURE TIMESTAMP < BODY' >&2
  exit 2
fi
target=$1 signatures=$2 timestamp=$3
refuse() { echo refused; exit 1; }

case $timestamp in '' | *[!0-9]*) refuse ;; esac
age=$(($(date +%s) - timestamp))
[ "$age" -le 300 ] && [ "$age" -ge -300 ] || refuse

digest=$({ printf '%s' "POST$target$timestamp"; cat; } | openssl dgst -sha256 -hmac "$AWAL_SECRET" -r)
case ", $signatures, " in *", sha256=${digest%% *}, "*) echo accepted ;; *) refuse ;; esac
