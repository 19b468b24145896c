package eventlog_test

import (
	"bytes"
	"errors"
	"iter"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/eventlog"
	"example.com/awalmock/mockserver/internal/sandbox"
)

var noon = time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)

// all is an event of each kind.
func all() []sandbox.Event {
	seeded := sandbox.Seeded{FixturesDigest: "d", Seed: 1 << 63, GeneratorVersion: 1, Start: noon, DeliveredAfter: time.Second, ReadAfter: 3 * time.Second, PhoneNumberIDs: []string{"1"}}
	data := []sandbox.EventData{
		seeded,
		sandbox.ConversationCreated{ID: 7, Number: "1", Phone: "2", Name: "<سارة & \u202e>", Email: "a@example.com", Assignee: "a", Bot: true, Closed: true},
		sandbox.ConversationChanged{Conversation: 7, Assignee: new(""), Bot: new(false), Closed: new(true), Unread: new(0)},
		sandbox.MessageSent{ID: 9, Conversation: 7, Type: "text", Content: "a\nb \x00", ReplyTo: 3},
		sandbox.MessageReceived{ID: 10, Conversation: 7, Type: "text", Content: "👍"},
		sandbox.StatusForced{Conversation: 7, Message: 9, Status: sandbox.Read},
		sandbox.TicketOpened{Conversation: 7, Ticket: 2},
		sandbox.TicketClosed{Conversation: 7, Ticket: 2},
		sandbox.ClockChanged{Now: noon.Add(time.Hour + time.Nanosecond), Running: true},
		sandbox.Reset{Seeded: seeded},
		sandbox.CustomerChanged{Conversation: 7, Phone: "3", Name: "Sara"},
		sandbox.RecordPut{Collection: "contacts", ID: "5", Record: sandbox.RecordText(`{"id":5,"tags":[]}`)},
		sandbox.RecordDeleted{Collection: "contacts", ID: "5"},
		sandbox.ConversationDeleted{Conversation: 7},
	}
	events := make([]sandbox.Event, len(data))
	for i, d := range data {
		events[i] = sandbox.Event{Seq: int64(i + 1), At: noon.Add(time.Duration(i) * time.Second), Data: d, Planned: i%2 == 1}
	}
	return events
}

func sequence(events []sandbox.Event) iter.Seq2[sandbox.Event, error] {
	return func(yield func(sandbox.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func header() eventlog.Header {
	return eventlog.Header{Domain: "d", ClientID: "c", Clock: "standing", Now: noon, FixturesDigest: "x", Seed: 1, GeneratorVersion: 1}
}

func file(t *testing.T) []byte {
	t.Helper()
	var text bytes.Buffer
	if err := eventlog.Write(&text, header(), sequence(all())); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// read reads a file to its end.
func read(text []byte) (events []sandbox.Event, err error) {
	r, err := eventlog.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	for e, err := range r.Events() {
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

func TestAFileGivesTheEventsThatWereWritten(t *testing.T) {
	t.Parallel()
	events, err := read(file(t))
	if err != nil || !reflect.DeepEqual(events, all()) {
		t.Errorf("%v\n%+v\nwant\n%+v", err, events, all())
	}
}

// TestEventsOfVersion1AreReadForEver reads a file that a mock wrote when the version of all kinds was 1. It is never written again: when a
// kind changes, its version grows, and this file says what older stores have.
func TestEventsOfVersion1AreReadForEver(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/version1.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	events, err := read(text)
	if err != nil || !reflect.DeepEqual(events, all()) {
		t.Errorf("%v\n%+v\nwant\n%+v", err, events, all())
	}
}

func TestAFileWithoutItsLastLineBreakIsRead(t *testing.T) {
	t.Parallel()
	if _, err := read(bytes.TrimSuffix(file(t), []byte("\n"))); err != nil {
		t.Error(err)
	}
}

func TestAFileThatIsCutAnywhereIsRefused(t *testing.T) {
	t.Parallel()
	whole := file(t)
	for n := range len(whole) - 1 {
		var wrong *eventlog.FileError
		if _, err := read(whole[:n]); !errors.As(err, &wrong) || wrong.Line < 1 {
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
	}
}

func TestAFileThatWasChangedIsRefusedWithTheLine(t *testing.T) {
	t.Parallel()
	whole := string(file(t))
	lines := strings.SplitAfter(whole, "\n")
	for name, c := range map[string]struct{ text, want string }{
		"edited text":         {strings.Replace(whole, "👍", "👎", 1), "line 16: the checksum does not fit the events"},
		"an event less":       {strings.Replace(whole, lines[5], "", 1), "line 6: event 6 is in the place of event 5"},
		"the last event less": {strings.Replace(whole, lines[14], "", 1), "line 15: the file says that it has 14 events, and has 13"},
		"unknown field":       {strings.Replace(whole, `"ticket_id":2`, `"ticket_id":2,"mood":"good"`, 1), `line 8: event 7 (ticket_opened): json: unknown field "mood"`},
		"unknown kind":        {strings.Replace(whole, `"ticket_opened"`, `"ticket_lost"`, 1), `line 8: event 7: the kind "ticket_lost" is unknown`},
		"newer event":         {strings.Replace(whole, `"kind":"ticket_opened","v":1`, `"kind":"ticket_opened","v":2`, 1), "line 8: event 7 (ticket_opened): was written by a newer version"},
		"wrong type":          {strings.Replace(whole, `"ticket_id":2`, `"ticket_id":"2"`, 1), "line 8: event 7 (ticket_opened): json: cannot unmarshal"},
		"no JSON":             {strings.Replace(whole, lines[2], "hello\n", 1), "line 3: invalid character"},
		"newer file":          {strings.Replace(whole, `"awalmock_events":1`, `"awalmock_events":2`, 1), "line 1: the file was written by a newer version"},
		"no file":             {`{"rules":[]}` + "\n", "line 1: is not the header of a file of events"},
		"empty":               {"", "line 1: the file is cut short"},
		"header's field":      {strings.Replace(whole, `"domain":"d"`, `"domain":"d","x":1`, 1), `line 1: json: unknown field "x"`},
		"header's clock":      {strings.Replace(whole, `"clock":"standing"`, `"clock":"slow"`, 1), "line 1: the header must have"},
		"something behind":    {whole + "{}\n", "line 17: there is something behind the last line"},
	} {
		_, err := read([]byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
