package mocktest_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestWhatWasMadeForTheOldSpecIsNotShownByTheNewOne(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	const last = "          description: When the message was sent.\n"
	document := edited(t, last, last+"        added_later: {type: string, format: uuid}\n")
	read := func() string {
		status, body := get(t, m.Client(), m.URL+"/conversations/1?phone_number_id=123456")
		if status != http.StatusOK {
			t.Fatal(status, body)
		}
		return body
	}
	old := read() // which is kept
	if err := m.UseSpec("edited.yaml", document); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(old, "added_later") || !strings.Contains(read(), "added_later") {
		t.Fatal(read())
	}
	if err := m.UseSpec("openapi.yaml", nil); err != nil {
		t.Fatal(err)
	}
	if read() != old {
		t.Fatal(read())
	}
}

func TestNothingIsLostWhileSpecsChangeUnderLoad(t *testing.T) {
	t.Parallel()
	m := startStopped(t, mocktest.RateLimit("off"))
	const senders, each = 4, 25
	var load sync.WaitGroup
	for range senders {
		load.Go(func() {
			for range each {
				response, err := m.Client().Post(m.URL+"/w/message/text?phone_number_id=123456", "application/json",
					strings.NewReader(`{"phone":"966555000001","body":"Hello"}`))
				if err != nil {
					t.Error(err)
					return
				}
				response.Body.Close()
				if response.StatusCode != http.StatusOK {
					t.Error(response.Status)
				}
				inbox(t, m, "")
			}
		})
	}
	changeSpecs(t, m)
	load.Wait()
	if _, body := inbox(t, m, "966555000001"); strings.Contains(body, "added_later") {
		t.Error("the last spec is not the one in use")
	}
	_, rows := get(t, m.Client(), m.URL+"/fetch-message-status-app?phone_number_id=123456")
	if n := strings.Count(rows, `"sent"`); n < senders*each {
		t.Errorf("%d messages are there, %d were sent", n, senders*each)
	}
}
