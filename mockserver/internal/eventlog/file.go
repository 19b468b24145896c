package eventlog

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// MediaType is the media type of a file of events: JSON values, one a line.
const MediaType = "application/x-ndjson"

// format is the version of the file's own form.
const format = 1

// maxLine bounds a line of the file, in bytes.
const maxLine = 16 << 20

// A Header is the first line of a file: which workspace the events are of, and what its clock showed.
type Header struct {
	Format           int       `json:"awalmock_events"`
	ProductVersion   string    `json:"product_version"`
	ContractVersion  string    `json:"contract_version"`
	Domain           string    `json:"domain"`
	ClientID         string    `json:"client_id"`
	Clock            string    `json:"clock"` // running or standing
	Now              time.Time `json:"now"`
	FixturesDigest   string    `json:"fixtures_digest"`
	Seed             uint64    `json:"seed"`
	GeneratorVersion int       `json:"generator_version"`
}

// trailer is the last line: how many events there are, and the SHA-256 of the bytes between the first line and this one.
type trailer struct {
	Count  int    `json:"count"`
	SHA256 string `json:"sha256"`
}

// Write writes a file of events.
func Write(w io.Writer, h Header, events iter.Seq2[sandbox.Event, error]) error {
	h.Format = format
	if err := writeLine(w, h); err != nil {
		return err
	}
	digest := sha256.New()
	both := io.MultiWriter(w, digest)
	count := 0
	for e, err := range events {
		if err != nil {
			return err
		}
		text, err := Encode(e)
		if err == nil {
			_, err = both.Write(append(text, '\n'))
		}
		if err != nil {
			return err
		}
		count++
	}
	return writeLine(w, trailer{count, hex.EncodeToString(digest.Sum(nil))})
}

func writeLine(w io.Writer, v any) error {
	text, err := marshal(v)
	if err == nil {
		_, err = w.Write(append(text, '\n'))
	}
	return err
}

// A FileError says what is wrong with a file of events, and in which line.
type FileError struct {
	Line int
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

func (e *FileError) Unwrap() error { return e.Err }

// A Reader reads a file of events from its beginning to its end, once.
type Reader struct {
	Header Header

	lines  *bufio.Reader
	line   int
	digest hash.Hash
	count  int
	first  int64 // number of the first event
}

// NewReader reads the header of a file. Errors are *FileError, or the source's own.
func NewReader(source io.Reader) (*Reader, error) {
	r := &Reader{lines: bufio.NewReaderSize(source, 1<<16), digest: sha256.New()}
	text, err := r.next()
	if err != nil {
		return nil, err
	}
	var only struct {
		Format int `json:"awalmock_events"`
	}
	switch err := json.Unmarshal(text, &only); {
	case err != nil || only.Format < 1:
		return nil, r.wrong(errors.New(`is not the header of a file of events, {"awalmock_events":1, …}`))
	case only.Format > format:
		return nil, r.wrong(fmt.Errorf("the file was written by a newer version of the mock (form %d; this one reads up to %d)", only.Format, format))
	}
	if err := strict(text, &r.Header); err != nil {
		return nil, r.wrong(err)
	}
	if r.Header.Now.IsZero() || r.Header.Domain == "" || r.Header.Clock != "running" && r.Header.Clock != "standing" {
		return nil, r.wrong(errors.New(`the header must have "domain", "now" and "clock", which is running or standing`))
	}
	if r.Header.Now.UTC().Year() > sandbox.LastYear {
		return nil, r.wrong(fmt.Errorf("now must not be beyond the year %d", sandbox.LastYear))
	}
	return r, nil
}

// Events are the events of the file. The last thing that they give is an error when the file is cut short or was changed:
// the caller has to read to the end before anything counts.
func (r *Reader) Events() iter.Seq2[sandbox.Event, error] {
	return func(yield func(sandbox.Event, error) bool) {
		for {
			e, end, err := r.event()
			if err != nil {
				yield(sandbox.Event{}, err)
				return
			}
			if end || !yield(e, nil) {
				return
			}
		}
	}
}

// Count is how many events have been read.
func (r *Reader) Count() int64 { return int64(r.count) }

// LineOf is the line of an event that has been read.
func (r *Reader) LineOf(seq int64) int64 { return seq - r.first + 2 }

// Rename gives events in which conversations that were assigned to one client are assigned to another: a workspace that was
// created while the mock ran has a client of its own each time.
func Rename(events iter.Seq2[sandbox.Event, error], from, to string) iter.Seq2[sandbox.Event, error] {
	return func(yield func(sandbox.Event, error) bool) {
		for e, err := range events {
			switch d := e.Data.(type) {
			case sandbox.ConversationCreated:
				if d.Assignee == from {
					d.Assignee = to
					e.Data = d
				}
			case sandbox.ConversationChanged:
				if d.Assignee != nil && *d.Assignee == from {
					d.Assignee = &to
					e.Data = d
				}
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

var trailerStart = []byte(`{"count":`)

// event reads the next event, or the trailer.
func (r *Reader) event() (e sandbox.Event, end bool, err error) {
	text, err := r.next()
	if err != nil {
		return e, false, err
	}
	if bytes.HasPrefix(text, trailerStart) {
		return e, true, r.checkTrailer(text)
	}
	_, _ = r.digest.Write(append(text, '\n')) // a hash cannot fail
	r.count++
	if e, err = Decode(text); err != nil {
		return e, false, r.wrong(err)
	}
	if r.count == 1 {
		r.first = e.Seq
	}
	if next := r.first + r.Count() - 1; e.Seq != next {
		return e, false, r.wrong(fmt.Errorf("event %d is in the place of event %d", e.Seq, next))
	}
	return e, false, nil
}

func (r *Reader) checkTrailer(text []byte) error {
	var t trailer
	if err := strict(text, &t); err != nil {
		return r.wrong(err)
	}
	switch {
	case t.Count != r.count:
		return r.wrong(fmt.Errorf("the file says that it has %d events, and has %d", t.Count, r.count))
	case t.SHA256 != hex.EncodeToString(r.digest.Sum(nil)):
		return r.wrong(errors.New("the checksum does not fit the events: the file was changed after it was written"))
	}
	r.line++
	switch rest, err := r.lines.Peek(40); {
	case len(rest) > 0:
		return r.wrong(fmt.Errorf("there is something behind the last line: %q", rest))
	case !errors.Is(err, io.EOF): // what was sent is not what was announced
		return err
	}
	return nil
}

// next is the next line, without its end. A file that ends before its trailer is cut short.
func (r *Reader) next() ([]byte, error) {
	r.line++
	var text []byte
	for {
		part, err := r.lines.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case len(text) > maxLine:
			return nil, r.wrong(fmt.Errorf("is longer than %d bytes", maxLine))
		case err == nil:
			return bytes.TrimSuffix(text, []byte("\n")), nil
		case errors.Is(err, io.EOF) && len(text) > 0:
			return text, nil
		case errors.Is(err, io.EOF):
			return nil, r.wrong(errors.New("the file is cut short: its last line, with count and sha256, is missing"))
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

func (r *Reader) wrong(err error) error { return &FileError{r.line, err} }
