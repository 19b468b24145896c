package match

import (
	"testing"
	"time"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

func answer(body string) *exchange.Exchange {
	e := &exchange.Exchange{Request: &exchange.Request{Op: &document.Operation{ID: "x"}, Method: "GET", Path: "/x"}, Status: 200}
	value, problems, _ := exchange.Decode([]byte(body))
	e.Content = &exchange.Content{Value: value, Problems: problems}
	return e
}

// listed is an answer with a list of conversations.
func listed(rows ...exchange.Row) *exchange.List {
	v := &exchange.List{From: answer(`{"data":[]}`), Rows: rows, ByID: map[int64]*exchange.Row{}}
	for i := range rows {
		v.ByID[rows[i].ID] = &rows[i]
	}
	v.From.List = v
	return v
}

func TestAMatcherSaysWhatWasExpectedWhatIsThereAndWhere(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	row := exchange.Row{ID: 7, Status: "opened", Unread: 2, Pointer: "/data/0"}
	thread := &exchange.Thread{Status: "closed", Messages: []exchange.Message{{Content: "Hello"}}}
	expectMatchers(t, map[string]matcherCase{
		"Equal":           {At("/data/0/id", Equal(int64(3))), int64(3), int64(4), "3", "4", "/data/0/id"},
		"Equal instant":   {Equal(noon), noon.In(time.FixedZone("", 3600)), noon.Add(time.Second), "2026-01-02T12:00:00Z", "2026-01-02T12:00:01Z", ""},
		"NotBeLaterThan":  {NotBeLaterThan(time.Second, noon), noon.Add(time.Second), noon.Add(time.Minute), "about 2026-01-02T12:00:00Z", "2026-01-02T12:01:00Z", ""},
		"ContainRow":      {ContainRow(7), listed(row), listed(exchange.Row{ID: 8}), "a row with the id 7", "1 other rows", "/data"},
		"HaveNoRows":      {HaveNoRows(), answer(`{"data":[]}`), answer(`{"data":[{}]}`), "200 OK with an empty array in data", "200 OK with 1 rows", "/data"},
		"HaveUnread":      {HaveUnread(2), &row, &exchange.Row{Pointer: "/data/3"}, "unread_count 2", "0", "/data/3/unread_count"},
		"ShowStatus":      {ShowStatus("closed"), thread, &exchange.Thread{Status: "bot"}, "closed", "bot", "/data/status"},
		"ShowRowStatus":   {ShowRowStatus(7, "opened"), listed(row), listed(), "opened", "no row", "/data"},
		"HaveNoMessages":  {HaveNoMessages(), &exchange.Thread{}, thread, "no message", `"Hello"`, "/data/messages"},
		"Equal text":      {Equal("a"), "a", "", `"a"`, `""`, ""},
		"HaveMessage":     {HaveMessage("Hello"), thread, &exchange.Thread{}, "an inbound message with the text Hello", "0 other messages", "/data/messages"},
		"BeBetween":       {BeBetween(0, 5), int64(5), int64(-1), "0 to 5", "-1", ""},
		"BeAtLeast":       {BeAtLeast(5), int64(5), int64(4), "at least 5", "4", ""},
		"BeBelow":         {BeBelow(5), int64(4), int64(5), "less than 5", "5", ""},
		"BeNoEarlierThan": {BeNoEarlierThan(noon), noon, noon.Add(-time.Second), "not before 2026-01-02T12:00:00Z", "2026-01-02T11:59:59Z", ""},
		"BeWithin":        {BeWithin(noon, noon.Add(time.Minute)), noon, noon.Add(-time.Second), "2026-01-02T12:00:00Z to 2026-01-02T12:01:00Z", "2026-01-02T11:59:59Z", ""},
		"BeAsFarAs":       {BeAsFarAs("delivered"), "read", "sent", "delivered, or further", "sent", ""},
		"BeAsFarAs final": {BeAsFarAs("read"), "read", "failed", "read, or further", "failed", ""},
		"BeStatusBetween": {BeStatusBetween("sent", "delivered"), "delivered", "read", "sent before and delivered after", "read", ""},
	})
}

// A matcherCase is a matcher, a value that matches and one that does not, and what is said about the latter.
type matcherCase struct {
	matcher                   types.GomegaMatcher
	good, bad                 any
	expected, actual, pointer string
}

func expectMatchers(t *testing.T, cases map[string]matcherCase) {
	t.Helper()
	for name, c := range cases {
		if ok, err := c.matcher.Match(c.good); !ok || err != nil {
			t.Errorf("%s: %v %v for what matches", name, ok, err)
		}
		if ok, err := c.matcher.Match(c.bad); ok || err != nil {
			t.Errorf("%s: %v %v for what does not match", name, ok, err)
		}
		f := c.matcher.(interface{ Explain(any) judge.Finding }).Explain(c.bad)
		if f.Text == "" || f.Expected != c.expected || f.Actual != c.actual || f.Pointer != c.pointer {
			t.Errorf("%s: %q, expected %q, actual %q at %q", name, f.Text, f.Expected, f.Actual, f.Pointer)
		}
		if _, err := c.matcher.Match([]byte("another type")); err == nil {
			t.Errorf("%s: a value of another type gives no error", name)
		}
	}
}
