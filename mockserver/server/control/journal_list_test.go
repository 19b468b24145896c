package control_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"example.com/awalmock/mockserver/mocktest"
)

func TestTheJournalShowsTheAnswerOfAList(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, mocktest.StoppedClock(noon))
	var lists [2][]byte
	_, lists[0] = roundTrip(t, m.Client(), "GET", m.URL+inbox, "")
	_, lists[1] = roundTrip(t, m.Client(), "GET", m.URL+inbox+"&searchTerm=Ahmed", "")
	journal := admin(t, m, 200, "GET", "/requests", "")
	for i, list := range lists {
		expect(t, journal, string(list), "data", i, "response", "body")
		expect(t, journal, number(fmt.Sprint(len(list))), "data", i, "response", "body_bytes")
	}
}

func TestTheJournalShowsTheBeginningOfALongList(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, mocktest.Fixtures(crowded(500)))
	_, list := roundTrip(t, m.Client(), "GET", m.URL+"/conversations?phone_number_id=777", "")
	journal := admin(t, m, 200, "GET", "/requests", "")
	expect(t, journal, number(fmt.Sprint(len(list))), "data", 0, "response", "body_bytes")
	shown, _ := at(t, journal, "data", 0, "response", "body").(string)
	if len(shown) < 30<<10 || len(shown) >= len(list) || !bytes.HasPrefix(list, []byte(strings.TrimRight(shown, "\uFFFD"))) {
		t.Errorf("%d of %d bytes: %.200s", len(shown), len(list), shown)
	}
}

func TestListsOfTheJournalMakeRoomForNewerOnes(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, mocktest.StoppedClock(noon), mocktest.Fixtures(crowded(100)), mocktest.RateLimit("off"))
	const lists = 60 // of some 25 KB, which is more than there is room for
	var list []byte
	for range lists {
		_, list = roundTrip(t, m.Client(), "GET", m.URL+"/conversations?phone_number_id=777", "")
	}
	journal := admin(t, m, 200, "GET", "/requests", "")
	if n := length(t, journal, "data"); n != lists {
		t.Fatalf("%d exchanges", n)
	}
	expect(t, journal, "", "data", 0, "response", "body")
	for i := range lists {
		if body := at(t, journal, "data", i, "response", "body"); body != "" && body != string(list) {
			t.Fatalf("exchange %d shows an answer that was not sent: %.200s", i, body)
		}
	}
	expect(t, journal, string(list), "data", lists-30, "response", "body")
	expect(t, journal, string(list), "data", lists-1, "response", "body")
}

// crowded is a folder of fixtures with one number that has so many conversations.
func crowded(conversations int) fs.FS {
	return fstest.MapFS{"workspaces/crowded.yaml": {Data: fmt.Appendf(nil, `workspace: crowded
client_id: crowded-client
hmac_secret: crowded-secret
numbers:
  - {phone_number_id: "777", phone: "966110000009", verified_name: Crowded, conversations: %d}
`, conversations)}}
}
