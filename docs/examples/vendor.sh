#!/bin/sh
# sh vendor.sh makes the requests of the vendor's pages on contacts, groups, branches, orders and invoices as they are shown there, forms with
# curl --form. Each line is what was asked, the status and the answer. It needs curl, openssl, and a mock with --signed-upload=either: curl
# chooses the boundary of a form itself, so the form cannot be signed before.
set -eu
base=${AWAL_BASE_URL:-http://127.0.0.1:4010/api/developer}
domain=${AWAL_DOMAIN:-your-workspace}
client=${AWAL_CLIENT_ID:-your-client-id}
secret=${AWAL_SECRET:-your-hmac-secret}
number=${AWAL_PHONE_NUMBER_ID:-123456}

# awal METHOD TARGET BODY [CURL OPTIONS] signs a request over BODY, sends it with the options and prints a line.
awal() {
  method=$1 target=$2 timestamp=$(date +%s)
  digest=$(printf '%s' "$1$2$timestamp$3" | openssl dgst -sha256 -hmac "$secret" -r)
  shift 3
  answer=$(curl --silent --show-error --globoff --request "$method" "$base$target" --write-out '\t%{http_code}' \
    --header 'Accept: application/json' --header "X-Domain: $domain" --header "X-Client-ID: $client" --header "X-API-Version: v1" \
    --header "X-Timestamp: $timestamp" --header "X-Awal-Signature-256: sha256=${digest%% *}" "$@")
  printf '%s %s\t%s\n' "$method" "${target%%\?*}" "$answer"
}

# json METHOD TARGET BODY sends JSON.
json() { awal "$1" "$2" "$3" --header 'Content-Type: application/json' --data-raw "$3"; }

file=$(mktemp)
trap 'rm -f "$file"' EXIT
printf '%%PDF-1.7\n' >"$file"

json POST /contact-groups '{"name": "VIP Customers", "status": 1}'
json PATCH /contact-groups/1 '{"name": "Premium Customers", "status": 1}'
awal POST "/contacts?phone_number_id=$number" '' --form name='Ahmed Mohammed' --form phone=966512300077 --form email=ahmed@example.com \
  --form contact_group_id=1 --form is_favorite=true --form avatar=https://example.com/avatar.jpg
awal PATCH /contacts/2 '' --form name='Ahmed Ali' --form email=ahmed.ali@example.com
awal GET /contacts ''
awal DELETE /contacts/5 ''
awal POST "/branches?phone_number_id=$number" '' --form name='Main Branch' --form phone=966500000002 --form email=branch@example.com \
  --form address='Riyadh' --form description='Main' --form is_favorite=true --form "file=@$file;filename=plan.pdf"
awal PATCH /branches/1 '' --form name='Updated Branch' --form phone=966500000003
awal DELETE /branches/4 ''
awal GET "/orders?phone_number_id=$number&page=1&limit=10&status=pending&searchTerm=ORD-2024-001" ''
awal GET "/orders?phone_number_id=$number" ''
awal GET /orders/1 ''
json PUT "/orders/1?phone_number_id=$number" '{"status": "shipped", "payment_status": "paid", "shipping_date": "2024-01-25", "delivery_date": "2024-01-28", "admin_notes": "Handle with care"}'
awal POST "/invoice-message?phone_number_id=$number" '' --form phone=96650000000 --form message_text='Your invoice' --form header_type=DOCUMENT \
  --form "header_media=@$file;filename=invoice.pdf"
awal DELETE /contact-groups/1 ''
