package main

import (
	"net/http"
	"strings"
	"time"

	"example.com/awalmock/mockserver/server"
)

// controlVariants are lawful servers with a control API.
func controlVariants() []variant {
	return []variant{
		{name: "a clock that is set to 2024, with its control API", control: true, options: server.Options{Clock: time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)}},
		{name: "delivered and read at once, with the control API", control: true, options: server.Options{Delivery: "delivered=0s,read=0s"}},
		{name: "slow delivery, with the control API", control: true, options: server.Options{Delivery: "delivered=10m,read=1h"}},
		{name: "views that overlap, with the control API", control: true, should: true, change: madeLists(func(w *target, r *http.Request, rows []row) []row {
			if r.URL.Query().Get("status") == "opened" {
				for _, x := range w.everyRow(r) {
					if x["status"] != "closed" && x["status"] != "opened" {
						rows = append(rows, x)
					}
				}
			}
			return rows
		})},
		{name: "unread_total counts messages", control: true, change: lists(func(w *target, r *http.Request, object map[string]any, _ []row) {
			meta, ok := object["meta"].(map[string]any)
			if !ok || !w.isMade(r) {
				return
			}
			total := int64(0)
			for _, x := range w.everyRow(r) {
				total += count(x["unread_count"])
			}
			meta["unread_total"] = total
		})},
		{name: "control answers with more than they must", control: true, change: answering(func(_ *target, r *http.Request, a *answer) {
			if object := a.json(); strings.HasPrefix(r.URL.Path, adminPath) && object != nil {
				object["took_ms"], object["labels"] = 3, []any{"vip", nil}
				a.set(object)
			}
		})},
		{name: "a prefix of the base path that the control API does not have", control: true, prefix: "/proxy/v7"},
	}
}
