package server_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

// record writes the answers of the mock as it is into testdata/recorded.txt: go test ./mockserver/server -run Recorded -record.
var record = flag.Bool("record", false, "write testdata/recorded.txt again")

// TestAnswersAreTheRecordedOnes compares what the mock answers (seed 1, a stopped clock) with what it answered when the
// file was recorded: of a success each byte of the body, by its digest; of an error the status, the code and the keys of
// details. The texts of errors may change.
func TestAnswersAreTheRecordedOnes(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), mocktest.Seed(1), at(century()))
	h := &history{t: t, m: m}
	h.reads()
	h.refusals()
	h.commands()
	h.admin(200, "PUT", "/faults", `{"rules":[]}`)
	h.reads()
	h.admin(200, "POST", "/clock", `{"advance":"24h"}`)
	h.reads()
	h.admin(204, "POST", "/reset", "")
	h.reads()
	h.records()
	h.succeedsEverywhere(t)
	got := recorded(t, h.String())
	name := filepath.Join("testdata", "recorded.txt")
	if *record {
		if err := os.WriteFile(name, []byte(strings.Join(got, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(file), "\n"), "\n")
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("answer %d is another one than the recorded one:\ngot  %s\nwant %s", i+1, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d answers, %d are recorded", len(got), len(want))
	}
}

// refusals asks for what is refused, in each stage of a request.
func (h *history) refusals() {
	h.t.Helper()
	for _, r := range []call{
		{method: "GET", target: "/nothing"},
		{method: "PUT", target: "/conversations"},
		{method: "GET", target: listing, auth: map[string]string{"X-Domain": "-", "X-Timestamp": "-"}},
		{method: "GET", target: listing, auth: map[string]string{"X-Client-ID": "stranger"}},
		{method: "GET", target: listing, auth: map[string]string{"X-Timestamp": "soon"}},
		{method: "GET", target: listing, secret: "another"},
		{method: "GET", target: listing, at: "1"},
		{method: "GET", target: listing, header: []string{"X-API-Version: v9"}},
		{method: "GET", target: listing, header: []string{"Prefer: code=429"}},
		{method: "GET", target: listing, header: []string{"Prefer: code=299"}},
		{method: "GET", target: "/conversations"},
		{method: "GET", target: "/conversations?phone_number_id=999"},
		{method: "GET", target: listing + "&status=open"},
		{method: "GET", target: listing + "&status=my&status=bot"},
		{method: "GET", target: "/conversations/one?phone_number_id=123456"},
		{method: "GET", target: "/conversations/1?phone_number_id=654321"},
		{method: "GET", target: "/fetch-message-status-app"},
		{method: "GET", target: "/templates?limit=0"},
		{method: "POST", target: sendText},
		{method: "POST", target: sendText, body: "{"},
		{method: "POST", target: sendText, body: "{}"},
		{method: "POST", target: sendText, body: `{"phone":"+966","body":"x"}`},
		{method: "POST", target: sendText, body: `{"phone":"966500000902","body":1,"reply_to":"0"}`},
		{method: "POST", target: sendText, body: `{"phone":"966500000902","body":"x","reply_to":"0"}`},
		{method: "POST", target: sendText, body: "x", header: []string{"Content-Type: text/plain"}},
		{method: "POST", target: ticketOf(2), body: "{}"},
		{method: "POST", target: ticketOf(999999), body: `{"route":"openTicket"}`},
	} {
		h.api(r)
	}
	h.admin(404, "GET", "/clock?workspace=nobody", "")
	h.admin(404, "PATCH", "/conversations/999999", `{"bot":true}`)
	h.admin(409, "POST", "/conversations", `{"phone":"96650000000"}`)
	h.admin(400, "POST", "/clock", `{"advance":"soon"}`)
	h.admin(400, "PUT", "/faults", `{"rules":[{"status":200}]}`)
}

// recorded gives a line for each answer of a history.
func recorded(t *testing.T, history string) []string {
	t.Helper()
	var lines []string
	asked := ""
	for line := range strings.SplitSeq(strings.TrimSuffix(history, "\n"), "\n") {
		if asked == "" {
			asked = line
			continue
		}
		status, body, _ := strings.Cut(line, " ")
		lines = append(lines, asked+" "+status+" "+recordedBody(t, status, body))
		asked = ""
	}
	return lines
}

func recordedBody(t *testing.T, status, body string) string {
	t.Helper()
	if status[0] == '2' {
		digest := sha256.Sum256([]byte(body))
		return fmt.Sprintf("%d bytes, sha256 %s", len(body), hex.EncodeToString(digest[:8]))
	}
	var refused struct {
		Error   string         `json:"error"`
		Details map[string]any `json:"details"`
	}
	if err := json.Unmarshal([]byte(body), &refused); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	keys := make([]string, 0, len(refused.Details))
	for key := range refused.Details {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return refused.Error + " " + strings.Join(keys, ",")
}
