//go:build unix

package soak_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestWhatIsDoneThroughOneReplicaIsSeenThroughTheOthers(t *testing.T) {
	t.Parallel()
	replicas := three(t, newServer(t))
	tellLogs(t, replicas)
	create(t, replicas, "shop")
	everywhere := func(what string, holds func(r *replica) bool) {
		t.Helper()
		for _, r := range replicas {
			eventually(t, r.name+" does not show "+what, func() bool { return holds(r) })
		}
	}
	shows := func(path, text string) func(*replica) bool {
		return func(r *replica) bool {
			_, answer, _ := r.ask(t.Context(), http.MethodGet, path, "shop", nil)
			return bytes.Contains(answer, []byte(text))
		}
	}
	const inbox = "/api/developer/conversations?phone_number_id=123456"

	// A read that names the event of a write finds it, wherever it is asked.
	for n := range 30 {
		text := fmt.Sprint("text ", n)
		status, _, header := replicas[n%3].ask(t.Context(), http.MethodPost, "/api/developer/w/message/text?phone_number_id=123456", "shop", map[string]string{"phone": "966500000001", "body": text})
		if status != http.StatusOK {
			t.Fatalf("%d: %v", status, header)
		}
		if answer := replicas[(n+1)%3].readAfter(t, header.Get("X-Mock-Sequence"), inbox, "shop"); !strings.Contains(answer, text) {
			t.Errorf("replica %d does not show %q: %s", (n+1)%3, text, answer)
		}
	}
	replicas[1].must(t, http.StatusOK, http.MethodPost, "/__admin/clock?workspace=shop", "", map[string]string{"advance": "48h"})
	everywhere("the clock", shows("/__admin/clock?workspace=shop", "2024-01-22T12:00:00Z"))
	replicas[2].must(t, http.StatusNoContent, http.MethodPost, "/__admin/reset?workspace=shop", "", nil)
	everywhere("the reset", func(r *replica) bool { return !shows(inbox, "text 29")(r) })
	everywhere("the clock of the reset", shows("/__admin/clock?workspace=shop", "2024-01-20T12:00:00Z"))
	replicas[0].must(t, http.StatusOK, http.MethodPost, "/api/developer/w/message/text?phone_number_id=123456", "shop", map[string]string{"phone": "966500000001", "body": "after the reset"})
	everywhere("what came after the reset", shows(inbox, "after the reset"))

	// The same domain with another history.
	export := replicas[0].must(t, http.StatusOK, http.MethodGet, "/__admin/events?workspace=shop", "", nil)
	replicas[0].must(t, http.StatusOK, http.MethodPost, "/api/developer/w/message/text?phone_number_id=123456", "shop", map[string]string{"phone": "966500000001", "body": "is taken back"})
	everywhere("a text", shows(inbox, "is taken back"))
	replicas[1].put(t, "/__admin/events?workspace=shop", export)
	everywhere("the history that was put back", shows(inbox, "after the reset"))
	replicas[2].must(t, http.StatusOK, http.MethodPost, "/api/developer/w/message/text?phone_number_id=123456", "shop", map[string]string{"phone": "966500000001", "body": "goes on"})
	everywhere("what goes on behind it", shows(inbox, "goes on"))

	replicas[1].must(t, http.StatusNoContent, http.MethodDelete, "/__admin/workspaces/shop", "", nil)
	everywhere("that the workspace is gone", func(r *replica) bool {
		status, _, _ := r.ask(t.Context(), http.MethodGet, inbox, "shop", nil)
		return status == http.StatusUnauthorized
	})
	create(t, replicas, "shop")
	everywhere("the new workspace of that name", func(r *replica) bool {
		status, answer, _ := r.ask(t.Context(), http.MethodGet, inbox, "shop", nil)
		return status == http.StatusOK && !bytes.Contains(answer, []byte("goes on"))
	})
	for _, r := range replicas[1:] { // it was made through the first one
		if status, answer, _ := r.ask(t.Context(), http.MethodPost, "/__admin/workspaces", "", map[string]string{"domain": "shop"}); status != http.StatusConflict {
			t.Errorf("a second one of the name: %d %s", status, answer)
		}
	}
}
