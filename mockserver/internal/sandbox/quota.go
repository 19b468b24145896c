package sandbox

// A Quota bounds what a workspace may hold; 0 is no bound.
type Quota struct {
	Conversations int
	Events        int   // that happened since the start or the last reset
	Bytes         int64 // of those events, by Options.Size
}

// Usage is what a workspace holds of what a Quota bounds. Bytes is 0 where no quota bounds them.
type Usage struct {
	Conversations, Events int
	Bytes                 int64
}

// Usage gives what the workspace holds now.
func (w *Workspace) Usage() Usage {
	_, unlock := w.read()
	defer unlock()
	return Usage{len(w.state.conversations), w.state.eventCount - 1, w.state.bytes} // the first event is not something that happened
}

// checkQuota refuses events by which the workspace would hold more than it may. bytes is their size.
func (w *Workspace) checkQuota(events []Event, bytes int64) error {
	s, q := w.state, w.Quota
	made := 0
	for _, e := range events {
		if e.Data.Kind() == KindConversationCreated {
			made++
		}
	}
	switch {
	case q.Events > 0 && s.eventCount-1+len(events) > q.Events:
		return overQuota("events", int64(s.eventCount-1), int64(q.Events), " Reset it, or use another one.")
	case q.Conversations > 0 && made > 0 && len(s.conversations)+made > q.Conversations:
		return overQuota("conversations", int64(len(s.conversations)), int64(q.Conversations), "")
	case q.Bytes > 0 && s.bytes+bytes > q.Bytes:
		return overQuota("bytes", s.bytes, q.Bytes, " Reset it, or use another one.")
	}
	return nil
}

func overQuota(of string, has, may int64, advice string) *Error {
	return refuse(Conflict, "", "The workspace's quota of %s is used up: it has %d, and may have %d.%s", of, has, may, advice)
}

// sizeOf is the size of events, as far as the quota asks for it.
func (w *Workspace) sizeOf(events []Event) (bytes int64) {
	if w.Quota == nil || w.Quota.Bytes == 0 {
		return 0
	}
	for _, e := range events {
		bytes += int64(w.Size(e))
	}
	return bytes
}
