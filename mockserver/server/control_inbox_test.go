package server_test

import (
	"net/url"
	"strconv"
	"testing"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

// found is all that findConversations answers, in parts of 7 rows.
func (m *mock) found(t *testing.T, parameters url.Values) (rows []adminapi.Conversation, page adminapi.ConversationPage) {
	t.Helper()
	parameters.Set("limit", "7")
	for {
		parameters.Set("offset", strconv.Itoa(len(rows)))
		page, err := m.Workspace("").FindConversations(t.Context(), parameters)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, page.Data...)
		if len(page.Data) < 7 {
			return rows, page
		}
	}
}

func TestTheControlAPIFindsTheConversationsThatTheAPIListsInTheSameOrder(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.RateLimit("off"))
	_, all := m.found(t, url.Values{})
	for _, search := range []string{"", "ahmed", "أحمد", "+966 5", "no such name"} {
		_, matching := m.found(t, url.Values{"search": {search}})
		for _, status := range []string{"", "unassigned", "my", "unread", "expired", "opened", "closed", "bot"} {
			query := url.Values{"phone_number_id": {"123456"}, "searchTerm": {search}, "status": {status}}
			listed := m.rows(t, "/conversations?"+query.Encode())
			parameters := url.Values{"search": {search}}
			want := matching.Total
			if status != "" {
				parameters.Set("status", status)
				want = matching.Counts[status]
			}
			rows, page := m.found(t, parameters)
			if len(rows) != len(listed) || page.Total != len(listed) || want != len(listed) {
				t.Errorf("%q, %s: %d rows, total %d, count %d; the API lists %d", search, status, len(rows), page.Total, want, len(listed))
				continue
			}
			for i, row := range rows {
				if float64(row.ID) != listed[i]["id"] || row.Status != listed[i]["status"] || row.Name != listed[i]["name"] {
					t.Errorf("%q, %s, row %d: %+v, the API has %v", search, status, i, row, listed[i])
				}
			}
		}
	}
	if all.UnreadTotal != 15 || all.Total != 50 {
		t.Errorf("%d conversations, %d unread", all.Total, all.UnreadTotal)
	}
}

func TestTheControlAPIGivesPartsOfAThread(t *testing.T) {
	t.Parallel()
	m := start(t)
	w := m.Workspace("")
	for range 30 {
		if _, err := w.Receive(t.Context(), 1, adminapi.NewMessage{Content: "Hello"}); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := w.Messages(t.Context(), 1, url.Values{"offset": {"0"}, "limit": {"1000"}})
	if err != nil || len(whole.Data) != whole.Total || whole.Total < 30 {
		t.Fatalf("%d of %d, %v", len(whole.Data), whole.Total, err)
	}
	middle := whole.Data[whole.Total/2].ID
	for name, c := range map[string]struct {
		parameters url.Values
		first, n   int
	}{
		"the newest":         {url.Values{"limit": {"4"}}, whole.Total - 4, 4},
		"by offset":          {url.Values{"limit": {"4"}, "offset": {"3"}}, 3, 4},
		"around a message":   {url.Values{"limit": {"4"}, "around": {strconv.FormatInt(middle, 10)}}, whole.Total/2 - 2, 4},
		"around the oldest":  {url.Values{"limit": {"4"}, "around": {strconv.FormatInt(whole.Data[0].ID, 10)}}, 0, 4},
		"around the newest":  {url.Values{"limit": {"4"}, "around": {strconv.FormatInt(whole.Data[whole.Total-1].ID, 10)}}, whole.Total - 4, 4},
		"behind the end":     {url.Values{"offset": {"100000"}}, whole.Total, 0},
		"far behind the end": {url.Values{"offset": {"9223372036854775807"}}, whole.Total, 0},
	} {
		page, err := w.Messages(t.Context(), 1, c.parameters)
		if err != nil || int(page.Offset) != c.first || len(page.Data) != c.n || c.n > 0 && page.Data[0].ID != whole.Data[c.first].ID {
			t.Errorf("%s: %d messages from %d, %v", name, len(page.Data), page.Offset, err)
		}
	}
	if _, err := w.Messages(t.Context(), 2, url.Values{"around": {strconv.FormatInt(middle, 10)}}); err == nil {
		t.Error("a message of another conversation is found")
	}
	if requests, err := m.Requests(); err != nil || len(requests) > 0 {
		t.Errorf("%d reads are in the journal, %v", len(requests), err)
	}
}
