package mocktest_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAListInFlightIsWhollyByTheOldSpecOrWhollyByTheNewOne(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	finish := inFlight(t, m, http.MethodGet, m.URL+"/conversations?phone_number_id=123456", "{}")
	document := strings.Replace(string(withNewProperty(t)), "            unread_total:\n", "            added_meta: {type: string, format: uuid}\n            unread_total:\n", 1)
	if err := m.UseSpec("edited.yaml", []byte(document)); err != nil {
		t.Fatal(err)
	}
	status, answer := finish()
	rows, meta := strings.Contains(answer, "added_later"), strings.Contains(answer, "added_meta")
	if status != http.StatusOK || rows != meta {
		t.Errorf("%d: rows by the new spec: %t, meta by the new spec: %t", status, rows, meta)
	}
	if _, now := inbox(t, m, ""); !strings.Contains(now, "added_meta") || !strings.Contains(now, "added_later") {
		t.Error("the new spec is not in use")
	}
}
