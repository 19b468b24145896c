package control_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestTheSizeOfAWorkspaceMadeAtRunTimeIsBoundedWithAClearErrorAndAResetEmptiesIt(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, mocktest.StoppedClock(noon), mocktest.RateLimit("off"))
	client, _ := created(t, m, "full")
	target := m.URL + "/w/message/text?phone_number_id=777"
	// A text to a new customer is two events: the conversation and the message.
	const most = 10_000 / 2
	for i := range most {
		if response, text := roundTrip(t, client, "POST", target, fmt.Sprintf(`{"phone":"9667%08d","body":"x"}`, i)); response.StatusCode != 200 {
			t.Fatalf("text %d: %d %s", i, response.StatusCode, text)
		}
	}
	response, text := roundTrip(t, client, "POST", target, `{"phone":"966799999999","body":"x"}`)
	if response.StatusCode != 409 || !strings.Contains(string(text), "10000") || !strings.Contains(strings.ToLower(string(text)), "reset") {
		t.Errorf("one more: %d %s", response.StatusCode, text)
	}
	if message, _ := admin(t, m, 409, "POST", "/clock?workspace=full", `{"advance":"1h"}`)["message"].(string); !strings.Contains(message, "quota of events") {
		t.Errorf("the clock of a full workspace: %q", message)
	}
	// It can still be read, others are not full, and a reset empties it.
	if response, text := roundTrip(t, client, "GET", m.URL+"/conversations?phone_number_id=777&searchTerm=966700004999", ""); response.StatusCode != 200 || length(t, decode(t, text), "data") != 1 {
		t.Errorf("reading: %d %s", response.StatusCode, text)
	}
	send(t, m, "96650000000")
	admin(t, m, 204, "POST", "/reset?workspace=full", "")
	if response, text := roundTrip(t, client, "POST", target, `{"phone":"966799999999","body":"x"}`); response.StatusCode != 200 {
		t.Errorf("after a reset: %d %s", response.StatusCode, text)
	}
}
