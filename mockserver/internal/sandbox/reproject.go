package sandbox

import "fmt"

// Reproject lets workspaces be shown by other projections, the i-th by the i-th: all of them or, after an error, none.
// What is in them stays as it is.
func Reproject(workspaces []*Workspace, projections []Projection) error {
	shown := make([]map[int64]*Conversation, len(workspaces))
	for _, w := range workspaces {
		w.mu.Lock()
		defer w.mu.Unlock()
	}
	for i, w := range workspaces {
		var err error
		if shown[i], err = w.shownBy(projections[i]); err != nil {
			return fmt.Errorf("workspace %s: %w", w.Domain, err)
		}
	}
	for i, w := range workspaces {
		w.Projection = projections[i]
		w.state.conversations = shown[i]
		for _, in := range w.state.inboxes {
			in.outbox = new(Memo)
			for r := range in.rows.all() {
				r.Conversation = shown[i][r.id]
			}
		}
	}
	return nil
}

// shownBy makes what callers would see by another projection, of what is there and of what is planned.
func (w *Workspace) shownBy(p Projection) (map[int64]*Conversation, error) {
	own := w.Projection
	w.Projection = p
	defer func() { w.Projection = own }()
	now := w.now()
	versions := make(map[int64]*Conversation, len(w.state.conversations))
	for _, n := range w.state.numbers {
		for r := range w.state.inboxes[n.ID].rows.all() {
			version := *r.Conversation
			version.Detail = new(Memo)
			if err := w.show(&version, now); err != nil {
				return nil, fmt.Errorf("conversation %d: %w", version.ID, err)
			}
			versions[version.ID] = &version
		}
	}
	changed := map[int64]bool{} // conversations with messages that are not the population's
	for _, id := range w.state.madeIn {
		changed[id] = true
	}
	for id := range changed {
		for _, m := range w.state.conversations[id].Thread() {
			if err := p.CheckMessage(m, now); err != nil {
				return nil, fmt.Errorf("message %d: %w", m.ID, err)
			}
		}
	}
	for _, e := range w.state.ahead {
		if f, ok := e.Fact.(MessageReceived); ok {
			if err := p.CheckMessage(f.Message, now); err != nil {
				return nil, fmt.Errorf("message %d: %w", f.Message.ID, err)
			}
		}
	}
	return versions, nil
}
