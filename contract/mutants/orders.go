package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const ordersPath = "/orders"

// orderLists lets a change look at each successful list of orders.
func orderLists(rewrite func(r *http.Request, object map[string]any, rows []row)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		if object := a.json(); w.path(r) == ordersPath && a.status == http.StatusOK && object != nil {
			rewrite(r, object, rowsOf(object))
			a.set(object)
		}
	})
}

// narrowsOrders reports whether a list is asked for with more than a page.
func narrowsOrders(r *http.Request) bool {
	query := r.URL.Query()
	for _, name := range []string{numberParameter, "page", "limit"} {
		query.Del(name)
	}
	return len(query) > 0
}

// oneOrder lets a change look at each order that is read, or changed.
func oneOrder(method string, rewrite func(data row)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		object := a.json()
		if data, ok := object["data"].(map[string]any); ok && r.Method == method && strings.HasPrefix(w.path(r), ordersPath+"/") && a.status == http.StatusOK {
			rewrite(data)
			a.set(object)
		}
	})
}

// askedAs is a server that takes the query of the list of orders for another one.
func askedAs(other func(v url.Values)) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if w.path(r) == ordersPath && sentDigest(r) == w.expected(r) {
				r = w.forge(withQuery(r, other), w.named(r))
			}
			next.ServeHTTP(out, r)
		})
	}
}

// unasked is a server that ignores a parameter of the list of orders.
func unasked(name string) change { return askedAs(func(v url.Values) { v.Del(name) }) }

// changedAs is a server that takes a change of an order for another one.
func changedAs(other func(fields map[string]any)) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			fields := map[string]any{}
			if r.Method == http.MethodPut && strings.HasPrefix(w.path(r), ordersPath+"/") && sentDigest(r) == w.expected(r) && json.Unmarshal(bodyOf(r), &fields) == nil {
				other(fields)
				if content, err := json.Marshal(fields); err == nil {
					r = w.withBody(r, content)
				}
			}
			next.ServeHTTP(out, r)
		})
	}
}

// acceptsChange is a server that accepts a change of an order that it should refuse with a status, where the body fits.
func acceptsChange(status int, fits func(content string) bool) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			content := string(bodyOf(r))
			answering(func(w *target, r *http.Request, a *answer) {
				if r.Method == http.MethodPut && strings.HasPrefix(w.path(r), ordersPath+"/") && a.status == status && fits(content) {
					order200(a)
				}
			})(w, next).ServeHTTP(out, r)
		})
	}
}

func order200(a *answer) {
	a.status = http.StatusOK
	a.header.Set("Content-Type", "application/json")
	a.set(map[string]any{"status": true, "message": "Done.", "data": map[string]any{
		"id": 1, "order_number": "ORD-1", "status": "pending", "payment_status": "paid", "shipping_date": nil, "delivery_date": nil, "admin_notes": nil, "updated_at": "2024-01-20T10:30:00Z",
	}})
}

func orderMutants() []mutant {
	return append(append(orderListMutants(), orderReadMutants()...), orderChangeMutants()...)
}

func orderListMutants() []mutant {
	return []mutant{
		{"the second page of orders is the first", "ORDERS-PAGES", unasked("page")},
		{"pages of orders overlap by one", "ORDERS-PAGES", orderLists(func(r *http.Request, object map[string]any, rows []row) {
			if r.URL.Query().Get("page") == "2" && len(rows) > 1 {
				first := rowsOf(object)[0]
				object["data"] = fromRows(append([]row{first}, rows[:len(rows)-1]...))
			}
		})},
		{"each page of orders lacks its last row", "ORDERS-PAGES", orderLists(func(r *http.Request, object map[string]any, rows []row) {
			if r.URL.Query().Has("page") && len(rows) > 0 {
				object["data"] = fromRows(rows[:len(rows)-1])
			}
		})},
		{"limit of orders ignored", "ORDERS-PAGES", unasked("limit")},
		{"twenty orders without a limit", "ORDERS-LIMIT-DEFAULT", askedAs(func(v url.Values) {
			if !v.Has("limit") {
				v.Set("limit", "20")
			}
		})},
		{"status of orders ignored", "ORDERS-STATUS", unasked("status")},
		{"accepted orders among the pending ones", "ORDERS-STATUS", askedAs(func(v url.Values) {
			if v.Get("status") == "pending" {
				v.Set("status", "accepted")
			}
		})},
		{"no order is delivered", "ORDERS-STATUS", orderLists(func(r *http.Request, object map[string]any, _ []row) {
			if r.URL.Query().Get("status") == "delivered" {
				object["data"], object["meta"] = []any{}, map[string]any{"current_page": 1, "per_page": 100, "total": 0, "last_page": 1}
			}
		})},
		{"from_date ignored", "ORDERS-DATES", unasked("from_date")},
		{"to_date ignored", "ORDERS-DATES", unasked("to_date")},
		{"from_date and to_date exchanged", "ORDERS-DATES", askedAs(func(v url.Values) {
			if from, to := v.Get("from_date"), v.Get("to_date"); from != "" && to != "" && from <= to {
				v.Del("from_date")
				v.Del("to_date")
				v.Set("searchTerm", "nothing-has-this")
			}
		})},
		{"search of orders ignored", "ORDERS-SEARCH", unasked("searchTerm")},
		{"search of orders by number only", "ORDERS-SEARCH", askedAs(func(v url.Values) {
			if v.Get("searchTerm") != "" && !strings.Contains(v.Get("searchTerm"), "ORD") && strings.Trim(v.Get("searchTerm"), "0123456789-") != "" {
				v.Set("searchTerm", "nothing-has-this")
			}
		})},
		{"search of orders by name only", "ORDERS-SEARCH", askedAs(func(v url.Values) {
			if strings.ContainsAny(v.Get("searchTerm"), "0123456789") {
				v.Set("searchTerm", "nothing-has-this")
			}
		})},
		{"branch_id of orders ignored", "ORDERS-BRANCH", unasked("branch_id")},
		{"customer_id of orders ignored", "ORDERS-BRANCH", unasked("customer_id")},
		{"orders of a branch are those of the next", "ORDERS-BRANCH", askedAs(func(v url.Values) {
			if id := v.Get("branch_id"); len(id) == 1 {
				v.Set("branch_id", map[string]string{"1": "2", "2": "3", "3": "1"}[id])
			}
		})},
		{"meta of orders always page 1", "ORDERS-META", orderLists(func(_ *http.Request, object map[string]any, _ []row) {
			object["meta"].(map[string]any)["current_page"] = 1
		})},
		{"the total of orders is that of the page", "ORDERS-META", orderLists(func(_ *http.Request, object map[string]any, rows []row) {
			object["meta"].(map[string]any)["total"] = len(rows)
		})},
		{"the total of orders counts some that no page has", "ORDERS-META", orderLists(func(r *http.Request, object map[string]any, _ []row) {
			meta := object["meta"].(map[string]any)
			if all, per := count(meta["total"])+7, count(meta["per_page"]); !narrowsOrders(r) && per > 0 {
				meta["total"], meta["last_page"] = all, (all+per-1)/per
			}
		})},
		{"orders have one page more", "ORDERS-META", orderLists(func(_ *http.Request, object map[string]any, _ []row) {
			meta := object["meta"].(map[string]any)
			meta["last_page"] = count(meta["last_page"]) + 1
		})},
		{"orders of all workspaces", "ORDERS-OWN", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if w.path(r) == ordersPath && w.named(r) == w.first && r.URL.Query().Get("phone_number_id") == w.first.number {
					foreign := withQuery(r, func(v url.Values) { v.Set("phone_number_id", w.second.number) })
					r = w.forge(foreign, w.second)
				}
				next.ServeHTTP(out, r)
			})
		}},
	}
}

func orderReadMutants() []mutant {
	return []mutant{
		{"an order has another number at its own address", "ORDER-AGREES", oneOrder(http.MethodGet, func(data row) { data["order_number"] = "ORD-OTHER" })},
		{"an order has another status at its own address", "ORDER-AGREES", oneOrder(http.MethodGet, func(data row) { data["status"] = "returned" })},
		{"an unknown order 200", "ORDER-UNKNOWN-ID", func(w *target, next http.Handler) http.Handler {
			return answering(func(w *target, r *http.Request, a *answer) {
				if r.Method == http.MethodGet && strings.HasPrefix(w.path(r), ordersPath+"/") && a.status == http.StatusNotFound {
					known := w.inner(ordersPath+"/1", nil, w.first)
					a.status, a.body = known.status, known.body
					a.header.Set("Content-Type", "application/json")
				}
			})(w, next)
		}},
		{"the tax is left out of the total", "ORDER-SUMS", oneOrder(http.MethodGet, func(data row) { data["total"] = data["subtotal"] })},
		{"orders were changed before they were made", "DATA-TIMES", eachRow(ordersPath, func(r row) {
			r["updated_at"] = r["created_at"]
			shifted(r, "updated_at", -time.Hour)
		})},
		{"an item's subtotal is its price", "ORDER-SUMS", oneOrder(http.MethodGet, func(data row) {
			for _, item := range toRows(data["items"].([]any)) {
				item["quantity"] = count(item["quantity"]) + 1
			}
		})},
		{"one item of an order is lost", "ORDER-SUMS", oneOrder(http.MethodGet, func(data row) { data["items"] = data["items"].([]any)[1:] })},
	}
}

func orderChangeMutants() []mutant {
	return []mutant{
		{"a change of admin_notes is forgotten", "ORDER-UPDATE", changedAs(func(fields map[string]any) { delete(fields, "admin_notes") })},
		{"a change of delivery_date is forgotten", "ORDER-UPDATE", changedAs(func(fields map[string]any) { delete(fields, "delivery_date") })},
		{"a change of status is answered, and not done", "ORDER-UPDATE", statusNotKept},
		{"the answer to a change shows the old payment_status", "ORDER-UPDATE", oneOrder(http.MethodPut, func(data row) {
			data["payment_status"] = map[any]string{"paid": "unpaid", "unpaid": "paid"}[data["payment_status"]]
		})},
		{"the list shows old dates", "ORDER-UPDATE", orderLists(func(_ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				if r["shipping_date"] != nil {
					r["shipping_date"] = "2020-01-01"
				}
			}
		})},
		{"a change without payment_status makes it unpaid", "ORDER-UPDATE-REST", changedAs(func(fields map[string]any) {
			if _, given := fields["payment_status"]; !given {
				fields["payment_status"] = "unpaid"
			}
		})},
		{"a change without admin_notes empties them", "ORDER-UPDATE-REST", changedAs(func(fields map[string]any) {
			if _, given := fields["admin_notes"]; !given {
				fields["admin_notes"] = ""
			}
		})},
		{"a paid order is completed", "ORDER-UPDATE-REST", changedAs(func(fields map[string]any) {
			if _, given := fields["status"]; !given && fields["payment_status"] == "paid" {
				fields["status"] = "completed"
			}
		})},
		{"a shipped order is paid", "ORDER-UPDATE", changedAs(func(fields map[string]any) {
			if _, given := fields["payment_status"]; !given && fields["status"] == "shipped" {
				fields["payment_status"] = "paid"
			}
		})},
		{"a status without a note empties that", "ORDER-UPDATE", changedAs(func(fields map[string]any) {
			if _, given := fields["admin_notes"]; !given && fields["status"] != nil {
				fields["admin_notes"] = ""
			}
		})},
		{"a delivered order loses its date", "ORDER-UPDATE", changedAs(func(fields map[string]any) {
			if _, given := fields["shipping_date"]; !given && fields["status"] != nil {
				fields["shipping_date"] = "2023-01-02"
			}
		})},
		{"updated_at of orders stays when one is changed", "ORDER-UPDATE", oneOrder(http.MethodGet, func(data row) { data["updated_at"] = data["created_at"] })},
		{"a note that is emptied stays", "ORDER-UPDATE", changedAs(func(fields map[string]any) {
			if len(fields) == 1 && fields["admin_notes"] == "" {
				delete(fields, "admin_notes")
			}
		})},
		{"of several changes the payment alone is made", "ORDER-UPDATE", changedAs(func(fields map[string]any) {
			if payment, given := fields["payment_status"]; given {
				clear(fields)
				fields["payment_status"] = payment
			}
		})},
		{"a note is written to another order too", "ORDER-UPDATE-REST", notesElsewhere},
		{"an unknown payment_status accepted", "ORDER-UPDATE-WORDS", acceptsChange(http.StatusBadRequest, containing("refunded"))},
		{"an unknown payment_status accepted, and dropped", "ORDER-UPDATE-WORDS", changedAs(func(fields map[string]any) {
			if word := fields["payment_status"]; word != "paid" && word != "unpaid" {
				delete(fields, "payment_status")
			}
		})},
		{"the thirtieth of February accepted", "ORDER-UPDATE-DATES", acceptsChange(http.StatusBadRequest, containing(`shipping_date":"2026-02-30`))},
		{"a leap day of another year accepted", "ORDER-UPDATE-DATES", acceptsChange(http.StatusBadRequest, containing(`delivery_date":"2025-02-29`))},
		{"a date of another form accepted", "ORDER-UPDATE-DATES", acceptsChange(http.StatusBadRequest, containing("30.01.2026"))},
		{"a change of an unknown order 200", "ORDER-UPDATE-UNKNOWN-ID", acceptsChange(http.StatusNotFound, anything)},
		{"an unknown branch of an order accepted", "ORDER-UPDATE-BRANCH", acceptsChange(http.StatusBadRequest, containing("branch_id"))},
	}
}

// notesElsewhere writes a note to another order of the list too.
func notesElsewhere(w *target, next http.Handler) http.Handler {
	p := recordPath(ordersPath)
	return writing(p.updates, nil, func(w *target, r *http.Request, sent *written, _ *answer) {
		number := url.Values{"phone_number_id": {w.named(r).number}}
		for _, other := range rowsOf(w.inner(ordersPath, number, w.named(r)).json())[:2] {
			content, err := json.Marshal(map[string]any{"admin_notes": sent.fields["admin_notes"]})
			if path := ordersPath + "/" + id(other); err == nil && sent.has("admin_notes") && path != w.path(r) {
				w.do(r, http.MethodPut, path+"?"+number.Encode(), "application/json", string(content))
			}
		}
	})(w, next)
}

// statusNotKept answers a change of status as if it were done, and leaves the order as it is.
func statusNotKept(w *target, next http.Handler) http.Handler {
	var mu sync.Mutex
	sent := ""
	forgets := changedAs(func(fields map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		sent = text(fields["status"])
		delete(fields, "status")
	})
	return oneOrder(http.MethodPut, func(data row) {
		mu.Lock()
		defer mu.Unlock()
		if sent != "" {
			data["status"] = sent
		}
	})(w, forgets(w, next))
}
