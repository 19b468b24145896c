package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
)

// newOrders notes the order that was made last by the control API, and lets a change look at it with each answer of the API about orders.
func newOrders(rewrite func(w *target, r *http.Request, a *answer, last row)) change {
	return func(w *target, next http.Handler) http.Handler {
		var mu sync.Mutex
		var last row
		return answering(func(w *target, r *http.Request, a *answer) {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case strings.HasPrefix(r.URL.Path, adminPath+"/orders") && a.status == http.StatusCreated:
				last = a.json()
			case strings.HasPrefix(w.path(r), ordersPath) && r.Method == http.MethodGet && last != nil:
				rewrite(w, r, a, last)
			}
		})(w, next)
	}
}

// newOrderMutants are about who sees an order that a customer has just made.
func newOrderMutants() []mutant {
	return []mutant{
		{"a new order in the lists of all workspaces", "ORDERS-OWN", newOrders(func(w *target, r *http.Request, a *answer, last row) {
			if object := a.json(); w.path(r) == ordersPath && a.status == http.StatusOK && !w.isMade(r) {
				object["data"] = fromRows(append(rowsOf(object), last))
				a.set(object)
			}
		})},
		{"a new order in no list", "ORDERS-OWN", newOrders(func(w *target, r *http.Request, a *answer, _ row) {
			if object := a.json(); w.path(r) == ordersPath && a.status == http.StatusOK && w.isMade(r) {
				object["data"], object["meta"] = []any{}, map[string]any{"current_page": 1, "per_page": 100, "total": 0, "last_page": 1}
				a.set(object)
			}
		})},
		{"a new order can be read by its id in all workspaces", "ORDERS-OWN", newOrders(func(w *target, r *http.Request, a *answer, last row) {
			number, _ := last["id"].(json.Number)
			if w.path(r) == ordersPath+"/"+number.String() && !w.isMade(r) {
				a.status = http.StatusOK
				a.header.Set("Content-Type", "application/json")
				a.set(map[string]any{"status": true, "data": last})
			}
		})},
	}
}
