package sandbox

// Unload ends the workspace in memory: who needs it opens it again from its store. It reports whether it could: no reader of the changes is left,
// no command runs, and the store has every event. Commands of requests in flight are refused afterwards (Unavailable).
func (w *Workspace) Unload() bool {
	select {
	case <-w.commands:
	default:
		return false
	}
	defer w.unlockCommands()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.feed != nil || w.stale || w.state.seq != w.durableSeq || w.unloaded {
		return false
	}
	w.unloaded, w.gone = true, true
	w.wake()
	return true
}

// stillLoaded gives the commands back when the workspace was unloaded.
func (w *Workspace) stillLoaded() error {
	if !w.unloaded {
		return nil
	}
	w.unlockCommands()
	return refuse(Unavailable, "", "The workspace was put aside at this moment; try again.")
}
