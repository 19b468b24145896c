package view

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// checkedOutbox bounds the list of message statuses that CheckAll shows: a hundred thousand conversations must not delay the
// start.
const checkedOutbox = 1000

// CheckAll shows each read of each number once, as a caller would see it, and reports what does not fit the document: every
// row of the list, the messages of every conversation that is in the fixture or has changed since the start, and of the
// newest one that is generated.
func (v *View) CheckAll(w *sandbox.Workspace) error {
	for _, n := range w.Numbers() {
		if err := v.checkNumber(w, n.ID); err != nil {
			return fmt.Errorf("phone_number_id %s: %w", n.ID, err)
		}
	}
	return v.checkWords()
}

func (v *View) checkNumber(w *sandbox.Workspace, number string) error {
	all, err := w.Conversations(sandbox.Query{Number: number})
	if err != nil {
		return err
	}
	generated := slices.IndexFunc(all.Conversations, func(c *sandbox.Conversation) bool { return w.From(c) == sandbox.Generated })
	err = inBlocks(len(all.Conversations), func(i int) error {
		c := all.Conversations[i]
		origin := w.From(c)
		_, err := v.Row(c, w.Client, all.Now)
		if err == nil && (origin != sandbox.Generated || i == generated) {
			_, err = v.Conversation(c, w.Client, all.Now)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", origin, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.checkAround(w, number, all)
}

// inBlocks calls do for each number below n, on all cores, and gives the error of the lowest.
func inBlocks(n int, do func(i int) error) error {
	const size = 8
	blocks := (n + size - 1) / size
	errs := make([]error, blocks)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), blocks) {
		workers.Go(func() {
			for {
				block := int(next.Add(1)) - 1
				if block >= blocks {
					return
				}
				for i := block * size; i < min(n, (block+1)*size) && errs[block] == nil; i++ {
					errs[block] = do(i)
				}
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkAround checks the parts of the answer around the rows.
func (v *View) checkAround(w *sandbox.Workspace, number string, all sandbox.Listing) error {
	count := len(all.Conversations)
	all.Conversations = all.Conversations[:min(1, count)]
	var text bytes.Buffer
	if err := v.WriteList(&text, all); err != nil {
		return err
	}
	if err := check(v.listSchema, text.Bytes()); err != nil {
		return fmt.Errorf("listConversations: the list: %w", err)
	}
	if count > checkedOutbox {
		return nil
	}
	outbox, err := w.Outbox(number)
	if err != nil {
		return err
	}
	text.Reset()
	if err := v.WriteOutbox(&text, outbox); err != nil {
		return err
	}
	if err := check(v.outboxSchema, text.Bytes()); err != nil {
		return fmt.Errorf("getMessageStatus: %w", err)
	}
	return nil
}
