package main

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/mockserver/server"
)

const invoicePath = "/invoice-message"

// offerMutants need the capabilities orders and invoices.
func offerMutants() []mutant {
	return slices.Concat(orderMutants(), newOrderMutants(), orderPageMutants(), invoiceMutants())
}

// invoiced lets a change look at the answer to an invoice, and at what was asked.
func invoiced(rewrite func(content string, a *answer)) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			content := ""
			if w.path(r) == invoicePath {
				content = string(bodyOf(r))
			}
			answering(func(_ *target, _ *http.Request, a *answer) {
				if content != "" {
					rewrite(content, a)
				}
			})(w, next).ServeHTTP(out, r)
		})
	}
}

// takesInvoice is a server that accepts an invalid invoice where the body fits.
func takesInvoice(fits func(content string) bool) change {
	return invoiced(func(content string, a *answer) {
		if a.status == http.StatusBadRequest && fits(content) {
			a.status = http.StatusOK
			a.header.Set("Content-Type", "application/json")
			a.set(map[string]any{"status": true, "message": map[string]any{"id": 5_000_000, "messageId": "wamid.made-up", "status": "sent", "date": time.Now().UTC().Format(time.RFC3339)}})
		}
	})
}

// refusesInvoice is a server that refuses a valid invoice where the body fits.
func refusesInvoice(fits func(content string) bool) change {
	return invoiced(func(content string, a *answer) {
		if a.status == http.StatusOK && fits(content) {
			invalid(a)
		}
	})
}

func invoiceMutants() []mutant {
	return []mutant{
		{"an invoice answered without its id", "INVOICE-SEND", invoiced(func(_ string, a *answer) {
			if object := a.json(); a.status == http.StatusOK {
				delete(object["message"].(map[string]any), "id")
				a.set(object)
			}
		})},
		{"an invoice answered without messageId", "INVOICE-SEND", invoiced(func(_ string, a *answer) {
			if object := a.json(); a.status == http.StatusOK {
				object["message"].(map[string]any)["messageId"] = ""
				a.set(object)
			}
		})},
		{"an invoice of 1025 characters accepted", "INVOICE-TEXT-LENGTH", takesInvoice(letters(1025))},
		{"an invoice of 1024 characters refused", "INVOICE-TEXT-LENGTH", refusesInvoice(letters(1024))},
		{"bytes of an invoice counted", "INVOICE-TEXT-LENGTH", refusesInvoice(manyBytes(1024))},
		{"an invoice without message_text accepted", "INVOICE-TEXT-LENGTH", takesInvoice(func(content string) bool { return !strings.Contains(content, `"message_text"`) })},
		{"an invoice with an unknown header_type accepted", "INVOICE-HEADER-TYPE", takesInvoice(containing("nosuchword"))},
		{"an invoice without header_type accepted", "INVOICE-HEADER-TYPE", takesInvoice(func(content string) bool { return !strings.Contains(content, `"header_type"`) })},
		{"invoices with a picture refused", "INVOICE-HEADER-TYPE", refusesInvoice(containing("IMAGE"))},
		{"a PDF refused", "INVOICE-DOCUMENT", refusesInvoice(containing("%PDF"))},
		{"a text accepted as a PDF", "INVOICE-DOCUMENT", takesInvoice(containing("This is no PDF."))},
		{"a phone with a plus sign accepted", "INVOICE-PHONE-FORM", takesInvoice(containing("+966550000001"))},
		{"an invoice that no conversation shows", "INVOICE-APPEARS", threads(func(data map[string]any, messages []row) {
			var kept []row
			for _, m := range messages {
				if !strings.Contains(text(m["content"]), "Invoice") {
					kept = append(kept, m)
				}
			}
			data["messages"], data["meta"] = fromRows(kept), map[string]any{"total_messages": len(kept)}
		})},
		{"a name of an invoice replaces that of the contact", "INVOICE-NEW-CONTACT", renaming(func(w *target, r *http.Request) bool { return w.path(r) == invoicePath })},
		{"an invoice answered with another id", "INVOICE-APPEARS", invoiced(func(_ string, a *answer) {
			if object := a.json(); a.status == http.StatusOK {
				message := object["message"].(map[string]any)
				message["id"] = count(message["id"]) + 1_000_000
				a.set(object)
			}
		})},
		{"an invoice cut in half", "INVOICE-APPEARS", threads(func(_ map[string]any, messages []row) {
			for _, m := range messages {
				if strings.Contains(text(m["content"]), "Invoice") {
					m["content"] = cutBytes(text(m["content"]), len(text(m["content"]))/2)
				}
			}
		})},
		{"a new contact of an invoice without its name", "INVOICE-NEW-CONTACT", lists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				if strings.HasPrefix(text(r["phone"]), "9665550") {
					r["name"] = r["phone"]
				}
			}
		})},
	}
}

// offerVariants are lawful servers with orders and invoices.
func offerVariants() []variant {
	return []variant{
		{name: "orders and invoices", offering: true},
		{name: "orders: invalid requests are answered with 422", offering: true, options: server.Options{ValidationStatus: http.StatusUnprocessableEntity}},
		{name: "orders in another order", offering: true, change: orderLists(func(_ *http.Request, object map[string]any, rows []row) {
			if len(rows) > 1 {
				object["data"] = fromRows(append(rows[1:], rows[0]))
			}
		})},
		{name: "orders that show neither branch nor customer", offering: true, change: oneOrder(http.MethodGet, func(data row) {
			delete(data, "branch_id")
			delete(data, "customer_id")
		})},
		{name: "orders that take no step back", offering: true, should: true, change: noStepBack},
		{name: "orders with +03:00", offering: true, change: orderLists(func(_ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				if at, err := time.Parse(time.RFC3339, text(r["created_at"])); err == nil {
					r["created_at"] = at.In(time.FixedZone("", 3*60*60)).Format(time.RFC3339)
				}
			}
		})},
		{name: "files of invoices refused with 415", offering: true, change: invoiced(func(_ string, a *answer) {
			if details, _ := a.json()["details"].(map[string]any); a.status == http.StatusBadRequest && len(details) == 1 && details["header_media"] != nil {
				a.fail(http.StatusUnsupportedMediaType, "unsupported_file", "The file is not what it should be.")
			}
		})},
	}
}

// noStepBack refuses a status that comes before that of the order, as the server itself shows it.
func noStepBack(w *target, next http.Handler) http.Handler {
	steps := []any{"pending", "accepted", "shipped", "delivered", "completed"}
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		var wanted struct{ Status any }
		if r.Method == http.MethodPut && sentDigest(r) == w.expected(r) && json.Unmarshal(bodyOf(r), &wanted) == nil && slices.Contains(steps, wanted.Status) {
			data, _ := w.inner(w.path(r), nil, w.named(r)).json()["data"].(map[string]any)
			if slices.Index(steps, wanted.Status) < slices.Index(steps, data["status"]) {
				out.Header().Set("Content-Type", "application/json")
				out.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(out, `{"error":"validation_failed","message":"No step back.","request_id":"req_variant"}`)
				return
			}
		}
		next.ServeHTTP(out, r)
	})
}
