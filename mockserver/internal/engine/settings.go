package engine

import "time"

// OperationSettings say how the body of an operation is taken. The zero settings are those of any operation.
type OperationSettings struct {
	BodyLimit int64 // bytes; 0: 1 MiB
	// Stream leaves the body to the handler, which reads it from Call.Stream.
	Stream bool
	// AdmitFirst lets the guard see the request before its body is read, so the guard must not need the body. Then the body takes
	// none of the memory that unknown callers share.
	AdmitFirst bool
	// LargeAtOnce bounds how many requests with a body over 1 MiB are answered at once; the others wait for their turn, and
	// are refused after a minute. 0: no bound.
	LargeAtOnce int
}

const (
	usualBody    = 1 << 20
	turnPatience = time.Minute
)

// operationSettings are OperationSettings in force.
type operationSettings struct {
	OperationSettings
	turns chan struct{} // has room for LargeAtOnce; nil: no bound
}

func newSettings(o OperationSettings) *operationSettings {
	s := &operationSettings{OperationSettings: o}
	if s.BodyLimit == 0 {
		s.BodyLimit = usualBody
	}
	if s.LargeAtOnce > 0 {
		s.turns = make(chan struct{}, s.LargeAtOnce)
	}
	return s
}

// takeTurn waits until the request may be read, if its body is large; endTurn has to follow.
func (s *operationSettings) takeTurn(x *Exchange) error {
	if s.turns == nil || 0 <= x.HTTP.ContentLength && x.HTTP.ContentLength <= usualBody {
		return nil
	}
	patience := time.NewTimer(turnPatience)
	defer patience.Stop()
	select {
	case s.turns <- struct{}{}:
		x.makeSpecial().turn = s.turns
		return nil
	case <-patience.C:
	case <-x.HTTP.Context().Done():
	}
	return ErrBusy
}

// endTurn lets the next large body in.
func (x *Exchange) endTurn() {
	if x.special != nil && x.special.turn != nil {
		<-x.special.turn
	}
}
