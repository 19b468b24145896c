package collection

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/view"
)

// Bounds of what can be put into a collection at once.
const (
	maxRecords    = 1_000_000
	maxRecordSize = 1 << 20
)

// A LineError says what is wrong with a line of records.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

func (e *LineError) Unwrap() error { return e.Err }

// WriteAll writes all records of the workspace, one a line, with all that is kept of them.
func (r *Resource) WriteAll(to io.Writer, w *sandbox.Workspace) error {
	page, err := w.Records(sandbox.RecordQuery{Collection: r.Name})
	if err != nil {
		return err
	}
	for _, kept := range page.Records {
		if _, err := to.Write(append(bytes.Clone(kept.Text), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// A written record is one of a body, with its line.
type written struct {
	line   int
	record sandbox.Record
}

// ReplaceAll puts records, one a line, in the place of all that the workspace has, and says how many. A *LineError says which one does
// not fit; then nothing has changed.
func (r *Resource) ReplaceAll(ctx context.Context, w *sandbox.Workspace, from io.Reader) (int, error) {
	w.Load(r.Name)
	next, err := r.readAll(from, w.Now())
	if err != nil {
		return 0, err
	}
	return len(next), w.ChangeRecords(ctx, func(c *sandbox.RecordCommand) error { return r.replaceAll(c, next) })
}

// readAll reads records, one a line, as those of a fixture are read.
func (r *Resource) readAll(from io.Reader, now time.Time) ([]written, error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 64<<10), maxRecordSize)
	var all []written
	ids := map[string]int{}
	for line := 1; lines.Scan(); line++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if len(all) == maxRecords {
			return nil, &LineError{line, fmt.Errorf("there may be at most %d records", maxRecords)}
		}
		value, err := Decode(lines.Bytes())
		if err != nil {
			return nil, &LineError{line, err}
		}
		if value[r.Key] == nil {
			return nil, &LineError{line, fmt.Errorf("%s is required", r.Key)}
		}
		record, err := r.seedOne(Seed{Value: value}, 0, now)
		if err != nil {
			return nil, &LineError{line, err}
		}
		if other, taken := ids[record.ID]; taken {
			return nil, &LineError{line, fmt.Errorf("%s %s is that of line %d already", r.Key, record.ID, other)}
		}
		ids[record.ID] = line
		all = append(all, written{line, record})
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, &LineError{len(all) + 1, fmt.Errorf("is longer than %d bytes", maxRecordSize)}
	} else if err != nil {
		return nil, err
	}
	return all, nil
}

// replaceAll decides that records take the place of all others. What is the same stays; what goes goes first, since it may have what
// another one is to have.
func (r *Resource) replaceAll(c *sandbox.RecordCommand, next []written) error {
	same := map[string]bool{}
	wanted := make(map[string]sandbox.RecordText, len(next))
	for _, n := range next {
		wanted[n.record.ID] = n.record.Text
	}
	for _, old := range c.All(r.Name) {
		if same[old.ID] = bytes.Equal(wanted[old.ID], old.Text); same[old.ID] {
			continue
		}
		if err := c.Delete(r.Name, old.ID); err != nil {
			return err
		}
	}
	for _, n := range next {
		if same[n.record.ID] {
			continue
		}
		if err := c.Put(r.Name, n.record.ID, n.record.Text); err != nil {
			return &LineError{n.line, err}
		}
	}
	if r.AfterReplace == nil {
		return nil
	}
	texts := make([]sandbox.RecordText, len(next))
	for i := range next {
		texts[i] = next[i].record.Text
	}
	return r.AfterReplace(c, texts)
}

// Insert puts a new record into the workspace. build makes it, with a whole number that is free as its id.
func (r *Resource) Insert(ctx context.Context, w *sandbox.Workspace, build func(c *sandbox.RecordCommand, id int64) (Record, error)) (made Record, err error) {
	w.Load(r.Name)
	err = w.ChangeRecords(ctx, func(c *sandbox.RecordCommand) error {
		record, err := build(c, c.NextID(r.Name))
		if err != nil {
			return err
		}
		text, err := view.Marshal(record)
		if err == nil {
			made, err = Decode(text)
		}
		if err != nil {
			return err
		}
		r.stamp(made, c.Now(), true)
		return r.put(c, idText(made[r.Key]), nil, made)
	})
	return made, err
}
