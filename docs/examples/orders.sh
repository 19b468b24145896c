#!/bin/sh
# sh orders.sh makes a group and a contact, sends an invoice, changes an order, and deletes the group and the contact again. It needs curl
# and openssl.
set -eu
base=${AWAL_BASE_URL:-http://127.0.0.1:4010/api/developer}
domain=${AWAL_DOMAIN:-your-workspace}
client=${AWAL_CLIENT_ID:-your-client-id}
secret=${AWAL_SECRET:-your-hmac-secret}
number=${AWAL_PHONE_NUMBER_ID:-123456}
json=application/json
form=application/x-www-form-urlencoded

# awal METHOD TARGET [CONTENT-TYPE BODY] signs a request, sends it and prints the answer.
awal() {
  timestamp=$(date +%s)
  digest=$(printf '%s' "$1$2$timestamp${4:-}" | openssl dgst -sha256 -hmac "$secret" -r)
  curl --silent --show-error --globoff --path-as-is --request "$1" ${4:+--data-raw "$4"} "$base$2" \
    --header 'Accept: application/json' --header "Content-Type: ${3:-$json}" \
    --header "X-Domain: $domain" --header "X-Client-ID: $client" \
    --header "X-Timestamp: $timestamp" --header "X-Awal-Signature-256: sha256=${digest%% *}"
  echo
}

# id prints the id in an answer.
id() { sed 's/^[^{]*{.*"data":{"id":\([0-9]*\).*/\1/'; }

group=$(awal POST /contact-groups "$json" '{"name":"Waiting for an invoice","status":1}' | id)
# The customer 966500000904 answers each message after three seconds of the mock's time.
contact=$(awal POST "/contacts?phone_number_id=$number" "$form" "name=Layla&phone=966500000904&contact_group_id=$group" | id)
awal POST "/invoice-message?phone_number_id=$number" "$form" 'phone=966500000904&message_text=Your+invoice&header_type=DOCUMENT&header_value=https://example.com/invoice.pdf'
curl --silent --show-error "${base%/api/developer}/__admin/clock" --header 'Content-Type: application/json' --data '{"advance":"3s"}'
echo
awal GET "/conversations?phone_number_id=$number&status=unread&searchTerm=Layla"
awal PUT "/orders/1?phone_number_id=$number" "$json" '{"status":"accepted","payment_status":"paid"}'
awal GET "/orders?phone_number_id=$number&status=accepted&searchTerm=ORD-2024-001"
awal DELETE "/contact-groups/$group"
awal DELETE "/contacts/$contact"
awal GET "/conversations?phone_number_id=$number&searchTerm=966500000904"
