package webhook

import (
	"context"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// subscribe begins to read the changes of a workspace: those after the change with an id, or, when it is "", those to come.
// reading is held.
func (b *outbox) subscribe(ctx context.Context, w *sandbox.Workspace, after string) error {
	subscription, err := w.Subscribe(ctx, after)
	if err != nil {
		return err
	}
	b.workspace, b.subscription = w, subscription
	if after == "" {
		b.last = subscription.Begin()
	}
	return nil
}

// unsubscribe ends reading. reading is held.
func (b *outbox) unsubscribe() {
	if b.subscription != nil {
		b.subscription.Close()
		b.subscription = nil
	}
}

// read reads all changes until now. It returns false when the workspace was removed.
func (b *outbox) read(ctx context.Context) (news sandbox.News, ok bool) {
	b.reading.Lock()
	defer b.reading.Unlock()
	for {
		if b.subscription == nil {
			return news, false
		}
		news = b.subscription.Next()
		switch {
		case news.Gone:
			if !b.readSuccessor(ctx) {
				b.s.forget(b)
				return news, false
			}
		case len(news.Changes) == 0:
			return news, true
		default:
			b.take(ctx, news.Changes)
		}
	}
}

// readSuccessor reads on in the workspace that has replaced the one that was removed, as new fixtures do. All deliveries are
// forgotten. It returns false when there is no such workspace.
func (b *outbox) readSuccessor(ctx context.Context) bool {
	removed := b.workspace
	b.unsubscribe()
	w, found := b.s.Workspace(b.domain)
	if !found || w.Workspace == removed {
		return false
	}
	b.s.mu.Lock()
	b.clear()
	b.s.mu.Unlock()
	return b.subscribe(ctx, w.Workspace, "") == nil
}

// take makes events of changes, and deliveries of events.
func (b *outbox) take(ctx context.Context, changes []sandbox.Change) {
	w, found := b.s.Workspace(b.domain)
	if !found {
		return
	}
	var events []*Event
	for i := range changes {
		c := &changes[i]
		switch c.Kind {
		case sandbox.ChangeReset:
			b.enqueue(events...) // listeners get them
			events = nil
			b.s.mu.Lock()
			b.clear()
			b.s.mu.Unlock()
		case sandbox.ChangeResync:
			b.enqueue(events...)
			b.resume(ctx)
			return
		default:
			made, err := eventsOf(w, c)
			if err != nil {
				b.s.Logger.Error("a webhook is not sent: its body does not fit the document", "workspace", b.domain, "reason", err)
			}
			events = append(events, made...)
		}
		b.last = c.ID()
	}
	b.enqueue(events...)
}

// resume reads on after a gap. The feed keeps only the newest changes; the workspace's log has all of them.
func (b *outbox) resume(ctx context.Context) {
	b.unsubscribe()
	if reset := b.workspace.ResetAfter(b.last); reset != "" { // it has forgotten the deliveries
		b.last = reset
		b.s.mu.Lock()
		b.clear()
		b.s.mu.Unlock()
	}
	known := b.last != ""
	if err := b.subscribe(ctx, b.workspace, b.last); err != nil {
		b.s.Logger.Error("webhooks of a workspace have ended: its changes cannot be read", "workspace", b.domain, "reason", err)
		b.s.forget(b)
		return
	}
	news := b.subscription.Next()
	if known && len(news.Changes) == 0 {
		return
	}
	if len(news.Changes) > 0 && news.Changes[0].Kind != sandbox.ChangeResync {
		b.take(ctx, news.Changes)
		return
	}
	b.lost = true
	b.s.Logger.Warn("webhooks of a workspace may be missing: its events were replaced, or too much happened at once", "workspace", b.domain)
}
