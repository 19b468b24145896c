package control_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// tick moves the clock of the default workspace, which has to be answered with a status.
func tick(t *testing.T, m *mocktest.Mock, want int, body string) object {
	t.Helper()
	return admin(t, m, want, "POST", "/clock", body)
}

func TestTheClockTellsNowAndWhetherItStands(t *testing.T) {
	t.Parallel()
	standing := admin(t, start(t), 200, "GET", "/clock", "")
	if len(standing) != 2 || standing["now"] != "2024-01-20T12:00:00Z" || standing["standing"] != true {
		t.Error(standing)
	}
	machine := time.Date(2099, 1, 1, 10, 0, 0, 987654321, time.FixedZone("", 3*3600))
	running := start(t, mocktest.StoppedClock(time.Time{}), func(o *mocktest.Options) { o.Now = func() time.Time { return machine } })
	if clock := admin(t, running, 200, "GET", "/clock", ""); clock["now"] != "2099-01-01T07:00:00Z" || clock["standing"] != false {
		t.Error(clock)
	}
}

func TestAdvanceSetAndRunMoveTheClock(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, c := range []struct {
		body, now string
		standing  bool
	}{
		{`{"advance":"24h"}`, "2024-01-21T12:00:00Z", true},
		{`{"advance":"1h30m5s"}`, "2024-01-21T13:30:05Z", true},
		{`{"advance":"2000ms"}`, "2024-01-21T13:30:07Z", true},
		{`{"advance":"0s"}`, "2024-01-21T13:30:07Z", true},
		{`{"set":"2024-02-01T03:00:00+03:00"}`, "2024-02-01T00:00:00Z", true},
		{`{"set":"2024-02-01T00:00:00Z"}`, "2024-02-01T00:00:00Z", true},
		{`{"run":false}`, "2024-02-01T00:00:00Z", true},
	} {
		for _, answer := range []object{tick(t, m, 200, c.body), admin(t, m, 200, "GET", "/clock", "")} {
			if answer["now"] != c.now || answer["standing"] != c.standing {
				t.Errorf("%s: %v", c.body, answer)
			}
		}
	}
	expect(t, tick(t, m, 200, `{"run":true}`), false, "standing")
}

func TestAClockThatRunsGoesOnWithTheMachinesFromWhereItIs(t *testing.T) {
	t.Parallel()
	machine := newMachine()
	m := start(t, func(o *mocktest.Options) { o.Now = machine.now })
	machine.add(time.Hour) // the clock is stopped
	expect(t, tick(t, m, 200, `{"run":true}`), "2024-01-20T12:00:00Z", "now")
	machine.add(90 * time.Second)
	expect(t, admin(t, m, 200, "GET", "/clock", ""), "2024-01-20T12:01:30Z", "now")
	expect(t, tick(t, m, 200, `{"advance":"1h"}`), "2024-01-20T13:01:30Z", "now")
	machine.add(time.Second)
	expect(t, admin(t, m, 200, "GET", "/clock", ""), "2024-01-20T13:01:31Z", "now")
	expect(t, tick(t, m, 200, `{"run":false}`), true, "standing")
	machine.add(time.Hour)
	expect(t, admin(t, m, 200, "GET", "/clock", ""), "2024-01-20T13:01:31Z", "now")
}

func TestAClockSetBackIs409AndOnlyAResetGoesBack(t *testing.T) {
	t.Parallel()
	m := start(t)
	tick(t, m, 200, `{"advance":"1h"}`)
	for _, back := range []string{`{"advance":"-1s"}`, `{"advance":"-1h"}`, `{"set":"2024-01-20T12:59:59Z"}`, `{"set":"2024-01-20T15:59:59+03:00"}`, `{"set":"0001-01-01T00:00:00Z"}`} {
		answer := tick(t, m, 409, back)
		expect(t, answer, "conflict", "error")
		if text, _ := answer["message"].(string); !strings.Contains(text, "reset") {
			t.Errorf("%s: %v does not say what to do", back, answer)
		}
	}
	expect(t, admin(t, m, 200, "GET", "/clock", ""), "2024-01-20T13:00:00Z", "now")
	admin(t, m, 204, "POST", "/reset", "")
	expect(t, admin(t, m, 200, "GET", "/clock", ""), "2024-01-20T12:00:00Z", "now")
}

func TestAClockCommandThatCannotBeFollowedIs400AndNothingMoves(t *testing.T) {
	t.Parallel()
	m := start(t)
	for body, field := range map[string]string{
		`{"advance":"1h","run":true}`: "body", `{"advance":"1h","set":"2030-01-01T00:00:00Z"}`: "body", `{}`: "body",
		`{"advance":"250ms"}`: "advance", `{"advance":"1.5s"}`: "advance", `{"advance":"1 day"}`: "advance", `{"advance":"1d"}`: "advance", `{"advance":""}`: "advance",
		`{"advance":"h"}`: "advance", `{"advance":"24"}`: "advance", `{"advance":"999999999h"}`: "advance", `{"advance":"2562047h2562047h"}`: "advance",
		`{"set":"tomorrow"}`: "set", `{"set":"2024-01-21"}`: "set", `{"set":"2024-01-21T12:00:00"}`: "set", `{"set":"2024-02-30T12:00:00Z"}`: "set", `{"set":1705838400}`: "set",
		`{"run":1}`: "run",
	} {
		if text, _ := at(t, tick(t, m, 400, body), "details", field).(string); text == "" {
			t.Errorf("%s does not name %s", body, field)
		}
	}
	expect(t, admin(t, m, 200, "GET", "/clock", ""), "2024-01-20T12:00:00Z", "now")
}

// In one leap of a day two customers answer, one message fails, and conversations expire: each at its own instant.
func TestNoClockGetsWhereNoTimestampCanShowItsTime(t *testing.T) {
	t.Parallel()
	machine := newMachine()
	m := start(t, func(o *mocktest.Options) { o.Now = machine.now })
	for _, body := range []string{`{"set":"9999-01-01T00:00:00Z"}`, `{"set":"9999-12-31T23:59:59Z"}`, `{"set":"9998-12-31T23:59:59-01:00"}`} {
		expect(t, tick(t, m, 400, body), "must not lead beyond the year 9998 (in the body)", "details", "set")
	}
	tick(t, m, 200, `{"set":"9998-12-31T23:59:58Z"}`)
	expect(t, tick(t, m, 400, `{"advance":"2s"}`), "must not lead beyond the year 9998 (in the body)", "details", "advance")
	tick(t, m, 200, `{"advance":"1s"}`)
	tick(t, m, 200, `{"run":true}`)
	machine.add(24 * time.Hour)
	expect(t, admin(t, m, 200, "GET", "/clock", ""), "9999-01-01T23:59:59Z", "now")
}

func TestWhatBecomesDueInOneLeapHappensInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	m := start(t)
	first := send(t, m, "966500000904")
	tick(t, m, 200, `{"advance":"1s"}`)
	signed(t, m, 200, "POST", "/w/message/text?phone_number_id=123457", `{"phone":"966500000904","body":"Hello"}`)
	failed := send(t, m, "966500000901")
	tick(t, m, 200, `{"advance":"24h"}`)

	wanted := map[string]string{"123456": "2024-01-20T12:00:03Z", "123457": "2024-01-20T12:00:04Z"}
	answers := map[string]string{}
	for from, want := range wanted {
		rows := signed(t, m, 200, "GET", "/conversations?phone_number_id="+from+"&searchTerm=966500000904", "")
		expect(t, rows, want, "data", 0, "updated_at")
		thread := signed(t, m, 200, "GET", "/conversations/"+id(t, at(t, rows, "data", 0))+"?phone_number_id="+from, "")
		expect(t, thread, number("2"), "data", "meta", "total_messages")
		expect(t, thread, want, "data", "messages", 1, "date")
		answers[from] = id(t, at(t, thread, "data", "messages", 1))
	}
	if answers["123456"] >= answers["123457"] {
		t.Errorf("ids are not in the order of time: %v", answers)
	}
	statuses := signed(t, m, 200, "GET", "/fetch-message-status-app?phone_number_id=123456", "")
	for message, want := range map[string][2]string{first: {"read", "2024-01-20T12:00:03Z"}, failed: {"failed", "2024-01-20T12:00:02Z"}} {
		found := false
		for i := range length(t, statuses, "data") {
			row := at(t, statuses, "data", i).(object)
			if row["message_id"] == number(message) {
				found = true
				expect(t, row, want[0], "status")
				expect(t, row, want[1], "timestamp")
			}
		}
		if !found {
			t.Errorf("message %s has no status", message)
		}
	}
	expect(t, conversationWith(t, m, "966500000904"), "unread", "status")
	tick(t, m, 200, `{"set":"2024-01-21T12:00:02Z"}`)
	expect(t, conversationWith(t, m, "966500000904"), "unread", "status")
	tick(t, m, 200, `{"set":"2024-01-21T12:00:03Z"}`)
	expect(t, conversationWith(t, m, "966500000904"), "expired", "status")
}

func TestAfterADayEverythingOpenHasExpired(t *testing.T) {
	t.Parallel()
	m := start(t)
	tick(t, m, 200, `{"advance":"24h"}`)
	rows := signed(t, m, 200, "GET", inbox, "")
	for i := range length(t, rows, "data") {
		if word := at(t, rows, "data", i, "status"); word != "expired" && word != "closed" {
			t.Errorf("%v", at(t, rows, "data", i))
		}
	}
}

func TestARunningClockKeepsRunningWhenItIsAdvancedByNothing(t *testing.T) {
	t.Parallel()
	for _, touches := range [][]string{{`{"advance":"0s"}`}, {`{"run":true}`}, {`{"run":false}`, `{"run":true}`}} {
		machine := newMachine()
		m := start(t, mocktest.StoppedClock(time.Time{}), func(o *mocktest.Options) { o.Now = machine.now })
		for range 10 {
			machine.add(900 * time.Millisecond)
			for _, body := range touches {
				tick(t, m, 200, body)
			}
		}
		expect(t, admin(t, m, 200, "GET", "/clock", ""), "2099-01-01T10:00:39Z", "now")
	}
}

func TestASendOnARunningClockIsNeverStampedBeforeItsOwnSecond(t *testing.T) {
	t.Parallel()
	machine := newMachine()
	machine.add(987654321)
	m := start(t, mocktest.StoppedClock(time.Time{}), mocktest.RateLimit("off"), mocktest.Auth("off"), func(o *mocktest.Options) { o.Now = machine.now })
	for i := range 50 {
		machine.add(137 * time.Millisecond)
		if i%5 == 0 {
			tick(t, m, 200, `{"advance":"0s"}`)
		}
		answer := signed(t, m, 200, "POST", "/w/message/text?phone_number_id=123456", `{"phone":"966500000777","body":"Hello"}`)
		expect(t, answer, json.Number(strconv.FormatInt(machine.now().Unix(), 10)), "message", "timestamp")
	}
}

func TestTheClockCanBeSetToWhateverIsADateAndTime(t *testing.T) {
	t.Parallel()
	for set, now := range map[string]string{
		"2030-01-01t00:00:00z": "2030-01-01T00:00:00Z", "2030-01-01T00:00:00+03:00": "2029-12-31T21:00:00Z", "2030-01-01t00:00:00.5z": "2030-01-01T00:00:00Z",
		"2030-06-30T23:59:60Z": "2030-07-01T00:00:00Z", "2030-06-30T23:59:60.25z": "2030-07-01T00:00:00Z", "2030-01-01T00:00:00-00:00": "2030-01-01T00:00:00Z",
	} {
		expect(t, tick(t, start(t), 200, `{"set":"`+set+`"}`), now, "now")
	}
	m := start(t)
	for _, set := range []string{"2030-01-01", "2030-01-01 00:00:00Z", "2030-01-01T00:00Z", "2030-02-30T00:00:00Z", "2030-01-01T00:00:00,5Z", "2030-01-01T00:00:00", "9999-12-31T23:59:60Z"} {
		tick(t, m, 400, `{"set":"`+set+`"}`)
	}
	expect(t, admin(t, m, 200, "GET", "/clock", ""), "2024-01-20T12:00:00Z", "now")
}

func TestManyAdvancesAtOnceNeverLeadBeyondTheLastYear(t *testing.T) {
	t.Parallel()
	m := start(t)
	tick(t, m, 200, `{"set":"9998-01-01T00:00:00Z"}`)
	var all sync.WaitGroup
	for range 60 {
		all.Go(func() {
			response, _ := roundTrip(t, http.DefaultClient, "POST", m.Origin+"/__admin/clock", `{"advance":"2400h"}`)
			if response.StatusCode != 200 && response.StatusCode != 400 {
				t.Error(response.StatusCode)
			}
		})
	}
	all.Wait()
	if now := admin(t, m, 200, "GET", "/clock", "")["now"].(string); !strings.HasPrefix(now, "9998-") {
		t.Error(now)
	}
	signed(t, m, 200, "GET", inbox, "")
}
