package server_test

import (
	"regexp"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

func TestTimestampsAreUTCInWholeSeconds(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)
	anyTime := regexp.MustCompile(`"(\d{4}-\d\d-\d\dT[^"]*)"`)
	// The machine's clock and the stopped clock have parts of seconds and another zone.
	zone := time.FixedZone("", 3*3600)
	for _, m := range []*mock{
		start(t, unlimited(), at(century().Add(123456789)), mocktest.StoppedClock(time.Time{})),
		start(t, unlimited(), mocktest.StoppedClock(time.Date(2024, 1, 20, 15, 0, 0, 123, zone))),
	} {
		for _, target := range []string{listing, conversation(1), "/fetch-message-status-app?phone_number_id=123456", "/templates", "/waba-numbers"} {
			found := anyTime.FindAllStringSubmatch(string(m.get(t, target).is(t, 200, "").body), -1)
			for _, match := range found {
				if !form.MatchString(match[1]) {
					t.Errorf("%s: %s", target, match[1])
				}
			}
			if len(found) == 0 && target != "/waba-numbers" && target != "/templates" {
				t.Errorf("%s has no time", target)
			}
		}
	}
}

func TestAStoppedClockDoesNotMoveAndFixturesCountBackFromIt(t *testing.T) {
	t.Parallel()
	c := newClock(century())
	m := start(t, mocktest.StoppedClock(time.Date(2024, 1, 20, 10, 31, 0, 0, time.UTC)), with(func(o *mocktest.Options) { o.Now = c.now }))
	before := m.get(t, listing).is(t, 200, "")
	row := m.search(t, "96650000000")[0]
	if row["updated_at"] != "2024-01-20T10:30:00Z" || row["created_at"] != "2024-01-15T09:00:00Z" {
		t.Errorf("%v", row)
	}
	c.add(48 * time.Hour)
	if after := m.get(t, listing); string(after.body) != string(before.body) {
		t.Error("the stopped clock moved with the machine's")
	}
}

func TestARealClockRunsWithTheMachineAndFixturesCountBackFromTheStart(t *testing.T) {
	t.Parallel()
	c := newClock(century())
	m := start(t, mocktest.StoppedClock(time.Time{}), with(func(o *mocktest.Options) { o.Now = c.now }))
	row := m.search(t, "96650000000")[0]
	if !instant(t, row["updated_at"]).Equal(century().Add(-time.Minute)) || row["status"] != "unread" {
		t.Errorf("%v", row)
	}
	c.add(24*time.Hour - time.Minute)
	row = m.search(t, "96650000000")[0]
	if row["status"] != "expired" || !instant(t, row["updated_at"]).Equal(century().Add(-time.Minute)) {
		t.Errorf("%v", row)
	}
	if err := m.Reset(); err != nil {
		t.Fatal(err)
	}
	if row = m.search(t, "96650000000")[0]; !instant(t, row["updated_at"]).Equal(c.now().Add(-time.Minute)) || row["status"] != "unread" {
		t.Errorf("after a reset: %v", row)
	}
}

func TestResetEveryBringsTheFixturesBack(t *testing.T) {
	t.Parallel()
	c := newClock(century())
	m := start(t, mocktest.StoppedClock(time.Time{}), with(func(o *mocktest.Options) { o.Now, o.ResetEvery = c.now, 12*time.Hour }))
	m.do(t, call{method: "POST", target: sendText, body: `{"phone":"966700000001","body":"x"}`}).is(t, 200, "")
	c.add(12*time.Hour - time.Second)
	if rows := m.rows(t, listing); len(rows) != 51 {
		t.Errorf("%d rows before the reset", len(rows))
	}
	for range 3 {
		c.add(12 * time.Hour)
		if rows := m.rows(t, listing+"&status=my"); len(rows) != 6 {
			t.Errorf("%d rows are my after a reset", len(rows))
		}
	}
	if rows := m.rows(t, listing); len(rows) != 50 {
		t.Errorf("%d rows after resets", len(rows))
	}
}

func TestEverythingInAWorkspaceGoesByOneClockAndOtherWorkspacesHaveTheirOwn(t *testing.T) {
	t.Parallel()
	m := start(t)
	if err := m.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, w := range m.Workspaces() {
		want := map[string]string{"your-workspace": "2024-01-20T13:00:00Z", "other-workspace": "2024-01-20T12:00:00Z"}[w.Domain]
		auth := map[string]string{"X-Domain": w.Domain, "X-Client-ID": w.ClientID}
		target := "?phone_number_id=" + w.PhoneNumberIDs[0]
		a := m.do(t, call{method: "POST", target: "/w/message/text" + target, body: `{"phone":"966700000001","body":"x"}`, auth: auth, secret: w.Secret}).is(t, 200, "")
		list := m.do(t, call{target: "/conversations" + target + "&searchTerm=966700000001", auth: auth, secret: w.Secret}).is(t, 200, "")
		row := list.rows()[0]
		sent := time.Unix(int64(a.value["message"].(map[string]any)["timestamp"].(float64)), 0)
		if !sent.Equal(instant(t, want)) || row["updated_at"] != want || row["created_at"] != want {
			t.Errorf("%s: %s, %v", w.Domain, a.body, row)
		}
	}
}
