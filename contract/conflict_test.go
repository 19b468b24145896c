package main

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// A branch that has a contact for a moment is refused with 409 when the suite deletes it, and deleted at the end of the run.
func TestABranchThatIsStillUsedIsDeletedAtTheEndOfTheRun(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	var mu sync.Mutex
	tried := map[string]int{} // how often each branch was to be deleted
	target := serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			mu.Lock()
			tried[r.URL.Path]++
			first := tried[r.URL.Path] == 1
			mu.Unlock()
			if first {
				out.Header().Set("Content-Type", "application/json")
				out.WriteHeader(http.StatusConflict)
				_, _ = io.WriteString(out, `{"error":"conflict","message":"The branch has a contact.","request_id":"r"}`)
				return
			}
		}
		s.ServeHTTP(out, r)
	}))
	code, stdout, stderr := contract(t, nil, append([]string{"--base-url", target, "--capability", "branches", "--operation", "createBranch", "--seed", "1"}, credentials...)...)
	if code != 0 || strings.Contains(stdout+stderr, "could not be deleted") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	if len(tried) == 0 {
		t.Error("no branch was deleted")
	}
	for path, n := range tried {
		if n < 2 {
			t.Errorf("%s was not deleted again", path)
		}
	}
}
