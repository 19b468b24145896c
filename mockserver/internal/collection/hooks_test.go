package collection

import (
	"context"
	"errors"
	"testing"

	"example.com/awalmock/mockserver/internal/sandbox"
)

var errUnwanted = errors.New("unwanted")

func TestHooksOfAResourceCompleteRefuseAndAddToTheSameCommit(t *testing.T) {
	t.Parallel()
	r, w := workspace(t, 3)
	r.BeforePut = func(_ *sandbox.RecordCommand, _ string, old, next Record) error {
		if next["name"] == "Unwanted" {
			return errUnwanted
		}
		if old == nil {
			next["status"] = "paused"
		}
		return nil
	}
	r.AfterPut = func(c *sandbox.RecordCommand, _ string, _, next Record) error {
		if next["name"] != "Takes 1 away" {
			return nil
		}
		return c.Delete(r.Name, "1")
	}
	r.AfterDelete = func(c *sandbox.RecordCommand, id string, old Record) error {
		if id != "2" {
			return nil
		}
		return c.Put(r.Name, "3", sandbox.RecordText(`{"id":3,"name":"was with 2","phone":"`+old["phone"].(string)+`","status":"active","created_at":"2024-01-01T00:00:00Z"}`))
	}
	ctx := context.Background()
	made, err := r.Create(ctx, w, Record{"name": "A", "phone": "1", "status": "active"})
	if err != nil || made["status"] != "paused" {
		t.Errorf("%v %v", made, err)
	}
	head := w.Head()
	if _, err := r.Create(ctx, w, Record{"name": "Unwanted", "phone": "2", "status": "active"}); !errors.Is(err, errUnwanted) || w.Head() != head {
		t.Errorf("%v, %d events", err, w.Head()-head)
	}
	if _, err := r.Create(ctx, w, Record{"name": "Takes 1 away", "phone": "3", "status": "active"}); err != nil || w.Head() != head+2 {
		t.Errorf("%v, %d events", err, w.Head()-head)
	}
	if _, err := r.Get(w, "1"); err == nil {
		t.Error("1 is still there")
	}
	// The phone of 2 is free in the same commit, and 3 takes it.
	if _, err := r.Delete(ctx, w, "2"); err != nil {
		t.Fatal(err)
	}
	if three, err := r.Get(w, "3"); err != nil || three["name"] != "was with 2" {
		t.Errorf("%v %v", three, err)
	}
	// A commit whose second event does not fit leaves the first out as well.
	if _, err := r.Create(ctx, w, Record{"name": "Takes 1 away", "phone": "9", "status": "active"}); err == nil {
		t.Error("1 was taken away twice")
	}
	if page, err := w.Records(sandbox.RecordQuery{Collection: r.Name, Limit: 100}); err != nil || page.Total != 3 {
		t.Errorf("%d records are left, %v", page.Total, err)
	}
}
