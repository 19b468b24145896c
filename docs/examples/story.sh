#!/bin/sh
# sh story.sh sends a text, moves the clock of the mock, and shows that the customer has answered. It needs curl and openssl.
set -eu
base=${AWAL_BASE_URL:-http://127.0.0.1:4010/api/developer}
domain=${AWAL_DOMAIN:-your-workspace}
client=${AWAL_CLIENT_ID:-your-client-id}
secret=${AWAL_SECRET:-your-hmac-secret}
number=${AWAL_PHONE_NUMBER_ID:-123456}

# awal METHOD TARGET [BODY] signs a request, sends it and prints the answer.
awal() {
  timestamp=$(date +%s)
  digest=$(printf '%s' "$1$2$timestamp${3:-}" | openssl dgst -sha256 -hmac "$secret" -r)
  curl --silent --show-error --globoff --path-as-is --request "$1" ${3:+--data-raw "$3"} "$base$2" \
    --header 'Accept: application/json' --header 'Content-Type: application/json' \
    --header "X-Domain: $domain" --header "X-Client-ID: $client" \
    --header "X-Timestamp: $timestamp" --header "X-Awal-Signature-256: sha256=${digest%% *}"
  echo
}

# The customer 966500000904 answers each message after three seconds of the mock's time.
awal POST "/w/message/text?phone_number_id=$number" '{"phone":"966500000904","body":"Your order is ready"}'
curl --silent --show-error "${base%/api/developer}/__admin/clock" --header 'Content-Type: application/json' --data '{"advance":"3s"}'
echo
awal GET "/conversations?phone_number_id=$number&status=unread&searchTerm=966500000904"
