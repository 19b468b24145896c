// Package eventlog writes the events of a workspace as text and reads them again: one event as JSON, and all of them as a file
// that can be taken from one mock and put into another.
//
// It must never know HTTP or how a workspace uses its events.
package eventlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// version is the version of each kind of event. It grows when a kind changes; older versions are read for ever.
const version = 1

// line is one event as text.
type line struct {
	Seq     int64             `json:"seq"`
	At      time.Time         `json:"at"`
	Kind    sandbox.EventKind `json:"kind"`
	Version int               `json:"v"`
	Planned bool              `json:"planned,omitempty"`
	Data    json.RawMessage   `json:"data"`
}

// Encode writes an event as one line of JSON, without the line's end.
func Encode(e sandbox.Event) ([]byte, error) {
	if text, ok := quickEncode(e); ok {
		return text, nil
	}
	return encodeAny(e)
}

func encodeAny(e sandbox.Event) ([]byte, error) {
	data, err := marshal(e.Data)
	if err != nil {
		return nil, err
	}
	return marshal(line{Seq: e.Seq, At: e.At, Kind: e.Data.Kind(), Version: version, Planned: e.Planned, Data: data})
}

// marshal leaves <, > and & as they are: a person may read the file.
func marshal(v any) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// Decode reads an event that Encode wrote. A field or a kind that it does not know is an error, and so is a newer version: what
// it says would be lost.
func Decode(text []byte) (sandbox.Event, error) {
	if e, ok := quick(text); ok {
		return e, nil
	}
	return decodeAny(text)
}

func decodeAny(text []byte) (sandbox.Event, error) {
	var l line
	if err := strict(text, &l); err != nil {
		return sandbox.Event{}, err
	}
	decode, known := kinds[l.Kind]
	switch {
	case !known:
		return sandbox.Event{}, fmt.Errorf("event %d: the kind %q is unknown to this version of the mock", l.Seq, l.Kind)
	case l.Version > version:
		return sandbox.Event{}, fmt.Errorf("event %d (%s): was written by a newer version of the mock (%d; this one reads up to %d)", l.Seq, l.Kind, l.Version, version)
	case l.Version < 1 || l.Seq < 1 || l.At.IsZero():
		return sandbox.Event{}, fmt.Errorf("event %d (%s): seq, at and v are needed", l.Seq, l.Kind)
	}
	data, err := decode(l.Data)
	if err != nil {
		return sandbox.Event{}, fmt.Errorf("event %d (%s): %w", l.Seq, l.Kind, err)
	}
	return sandbox.Event{Seq: l.Seq, At: l.At.UTC(), Data: data, Planned: l.Planned}, nil
}

// kinds read the data of each kind of event.
var kinds = map[sandbox.EventKind]func([]byte) (sandbox.EventData, error){
	sandbox.KindSeeded:              decode[sandbox.Seeded],
	sandbox.KindReset:               decode[sandbox.Reset],
	sandbox.KindConversationCreated: decode[sandbox.ConversationCreated],
	sandbox.KindConversationChanged: decode[sandbox.ConversationChanged],
	sandbox.KindMessageSent:         decode[sandbox.MessageSent],
	sandbox.KindMessageReceived:     decode[sandbox.MessageReceived],
	sandbox.KindStatusForced:        decode[sandbox.StatusForced],
	sandbox.KindTicketOpened:        decode[sandbox.TicketOpened],
	sandbox.KindTicketClosed:        decode[sandbox.TicketClosed],
	sandbox.KindClockChanged:        decode[sandbox.ClockChanged],
	sandbox.KindCustomerChanged:     decode[sandbox.CustomerChanged],
	sandbox.KindConversationDeleted: decode[sandbox.ConversationDeleted],
	sandbox.KindRecordPut:           decode[sandbox.RecordPut],
	sandbox.KindRecordDeleted:       decode[sandbox.RecordDeleted],
}

func decode[T sandbox.EventData](text []byte) (sandbox.EventData, error) {
	var data T
	err := strict(text, &data)
	return data, err
}

// strict reads one JSON value with known fields only.
func strict(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("the JSON breaks off")
		}
		return err
	}
	if d.More() {
		return errors.New("there is something behind the JSON value")
	}
	return nil
}

// Size is how many bytes an event takes in a file of events, its line feed included.
func Size(e sandbox.Event) int {
	text, err := Encode(e)
	if err != nil {
		return 0 // it cannot be stored either
	}
	return len(text) + 1
}
