package view

import (
	"bytes"
	"fmt"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// Bounds of what CheckAll shows: rows were checked one by one when they were made, so it looks at the answers around
// them, and a hundred thousand rows must not delay the start.
const (
	checkedRows    = 100
	checkedOutbox  = 1000
	checkedDetails = 1
)

// CheckAll shows each read of each number once, as a caller would see it, and tells what does not fit the document.
func (v *View) CheckAll(w *sandbox.Workspace) error {
	for _, n := range w.Numbers() {
		if err := v.checkNumber(w, n.ID); err != nil {
			return fmt.Errorf("phone_number_id %s: %w", n.ID, err)
		}
	}
	return nil
}

func (v *View) checkNumber(w *sandbox.Workspace, number string) error {
	all, err := w.Conversations(sandbox.Query{Number: number})
	if err != nil {
		return err
	}
	count := len(all.Conversations)
	for _, c := range all.Conversations[:min(checkedDetails, count)] {
		if _, err := v.Conversation(c, w.Client, all.Now); err != nil {
			return err
		}
	}
	all.Conversations = all.Conversations[:min(checkedRows, count)]
	var list bytes.Buffer
	if err := v.WriteList(&list, all); err != nil {
		return err
	}
	if err := check(v.listSchema, list.Bytes()); err != nil {
		return fmt.Errorf("the list: %w", err)
	}
	if count > checkedOutbox {
		return nil
	}
	outbox, err := w.Outbox(number)
	if err != nil {
		return err
	}
	_, err = v.Outbox(outbox)
	return err
}
