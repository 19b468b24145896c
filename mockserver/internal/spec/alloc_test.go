package spec

import (
	"net/http"
	"testing"
)

func TestMatchAndCheck_AllocateNothingButTheRequest(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts for the whole process
	d, header := awalDocument(), http.Header{"Accept": {"application/json"}}
	allocations := testing.AllocsPerRun(1000, func() {
		m, err := d.Match("GET", "/api/developer/conversations")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Operation.Check(&Input{Match: m, RawQuery: "phone_number_id=123456&status=unread", Header: header}); err != nil {
			t.Fatal(err)
		}
	})
	if allocations >= 2 {
		t.Errorf("%v allocations, want one", allocations)
	}
}
