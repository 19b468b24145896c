package server_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestWhatTheDocumentDoesNotAllowInAnAnswer_Is500WithTheReasonInTheLogAndTheEventStays takes a document whose answers have room for less
// than its requests. No sample at the start can show that.
func TestWhatTheDocumentDoesNotAllowInAnAnswer_Is500WithTheReasonInTheLogAndTheEventStays(t *testing.T) {
	t.Parallel()
	const content = "          description: The text. Of a message of another type, its caption"
	l := &logged{}
	m := start(t, unlimited(), l.option(), edited(t, content, "          maxLength: 900\n"+content))
	long := strings.Repeat("long", 300)
	m.sendJSON(t, "text", object{"phone": "966555012001", "body": long}).is(t, 200, "")
	target := fmt.Sprintf("/conversations/%v?phone_number_id=123456", m.with(t, "966555012001")["id"])
	if a := m.get(t, target).is(t, 500, "internal_error"); bytes.Contains(a.body, []byte("long")) || bytes.Contains(a.body, []byte("900")) {
		t.Errorf("the answer shows the reason: %s", a.body)
	}
	if lines := l.await(t, "level=ERROR", 1); !strings.Contains(lines[0], "content") || !strings.Contains(lines[0], "900") || strings.Contains(lines[0], long) {
		t.Errorf("the log says %q", lines)
	}
	m.get(t, conversation(1)).is(t, 200, "")
	var file bytes.Buffer
	if err := m.Events("", &file); err != nil || !strings.Contains(file.String(), long) {
		t.Errorf("the event is not there (%v)", err)
	}
}
