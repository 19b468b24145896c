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

// ReplaceAll puts records, one a line, in the place of all that the workspace has, and says how many. A *LineError says which one does
// not fit; then nothing has changed. The workspace is not locked while they are read.
func (r *Resource) ReplaceAll(ctx context.Context, w *sandbox.Workspace, from io.Reader) (int, error) {
	all, err := r.readAll(from, w)
	if err != nil {
		return 0, err
	}
	replacement := sandbox.Replacement{Collection: r.Name, Rules: r.rules, Records: all.blocks}
	if r.AfterReplace != nil {
		if replacement.After, err = r.AfterReplace(all.blocks); err != nil {
			return 0, err
		}
	}
	err = w.ReplaceRecords(ctx, replacement)
	var same *sandbox.SameError
	var lost *sandbox.ReferenceError
	switch {
	case errors.As(err, &same) && same.Property == "":
		lines := all.linesOf(same.First)
		err = &LineError{lines[1], fmt.Errorf("%s %s is that of line %d already", r.Key, same.First, lines[0])}
	case errors.As(err, &same):
		err = &LineError{all.linesOf(same.Second)[0], &sandbox.UniqueError{Collection: r.Name, Property: same.Property, Owner: same.First}}
	case errors.As(err, &lost) && lost.Collection == r.Name:
		err = &LineError{all.linesOf(lost.Record)[0], lost}
	}
	return len(all.lines), err
}

// written are records that were read, in blocks, and the line of each.
type written struct {
	blocks [][]sandbox.Record
	lines  []int
}

// recordsInBlock is how many records lie side by side: to grow never moves many at once, which would hold up other requests.
const recordsInBlock = 4096

func (a *written) add(record sandbox.Record, line int) {
	last := len(a.blocks) - 1
	if last < 0 || len(a.blocks[last]) == recordsInBlock {
		a.blocks = append(a.blocks, nil)
		last++
	}
	a.blocks[last] = append(a.blocks[last], record)
	a.lines = append(a.lines, line)
}

// linesOf are the lines of the records with an id.
func (a *written) linesOf(id string) []int {
	var lines []int
	n := 0
	for _, records := range a.blocks {
		for i := range records {
			if records[i].ID == id {
				lines = append(lines, a.lines[n])
			}
			n++
		}
	}
	return lines
}

// readAll reads records, one a line, as those of a fixture are read.
func (r *Resource) readAll(from io.Reader, w *sandbox.Workspace) (all written, err error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 64<<10), maxRecordSize)
	now := w.Now()
	line := 1
	for ; lines.Scan(); line++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if len(all.lines) == maxRecords {
			return all, &LineError{line, fmt.Errorf("there may be at most %d records", maxRecords)}
		}
		record, err := r.readLine(lines.Bytes(), now)
		if err != nil {
			return all, &LineError{line, err}
		}
		w.Fold(&record)
		all.add(record, line)
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return all, &LineError{line, fmt.Errorf("is longer than %d bytes", maxRecordSize)}
	}
	return all, lines.Err()
}

func (r *Resource) readLine(text []byte, now time.Time) (sandbox.Record, error) {
	value, err := Decode(text)
	if err != nil {
		return sandbox.Record{}, err
	}
	if value[r.Key] == nil {
		return sandbox.Record{}, fmt.Errorf("%s is required", r.Key)
	}
	return r.seedOne(Seed{Value: value}, 0, now)
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
