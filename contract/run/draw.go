package run

import (
	"fmt"
	"slices"
	"time"

	"example.com/awalmock/contract/document"
)

// Shares of an operation's budget that derived cases may use; the rest is for what the cases of its meaning ask, which read conversations again
// and again.
const (
	derivedShare        = 0.6
	derivedShareOfReads = 0.42 // of the list and of conversations, where messages are sent
	// The cases of the list of orders read it page by page, status by status, date by date, and under two filters at once.
	derivedShareOfOrders = 0.1
	// Those of contacts ask it in searches after each record that they make.
	derivedShareOfContacts = 0.45
	countedShare           = 0.8 // of the limit, together with what is asked for the schema of a body
	// An operation with a small limit has more derived cases than requests: some are left out.
	derivedShareOfSmall = 0.35
	smallLimit          = 100 // of requests in a window
	// A target that allows so many requests in a window is asked everything.
	roomyLimit = 2000
)

// roomy reports whether the target says that it allows far more requests to an operation than there are cases.
func (s *Session) roomy(op *document.Operation) bool {
	return s.Config.Profile != ProfileProduction && s.Client.MaxRequests == 0 && s.saidLimit(op) >= roomyLimit
}

// saidLimit is how many requests in a window the target says that it allows to an operation. Of one that was not asked yet it is the least that
// the target says of others; 0 if it says nothing.
func (s *Session) saidLimit(op *document.Operation) int64 {
	if said := s.Client.LimitOf(op); said > 0 {
		return said
	}
	least := int64(0)
	for _, other := range s.Collections() {
		if said := s.Client.LimitOf(other); said > 0 && (least == 0 || said < least) {
			least = said
		}
	}
	return least
}

// Small reports whether the rate limit of an operation has no room for all cases: by the document, unless the target says a larger one.
func (s *Session) Small(op *document.Operation) bool {
	return op.Limit.Requests > 0 && op.Limit.Requests < smallLimit && s.Client.LimitOf(op) < smallLimit && !s.roomy(op)
}

// Drawn are the attempts of a derived case that fit into the budget of its operation. It reports false if the whole case does not.
func (t *T) Drawn(c *Case) (attempts []int, fits bool) {
	t.draw.Do(func() { t.Session.drawAll() })
	return t.chosen[c], !t.spared[c] || !t.Small(t.Document.Operation(c.Operation))
}

// drawAll chooses what is asked of each operation: everything if it fits into the budget, else at least one attempt of each case and, of the others,
// as many as there is room for, by the seed. It runs when the target's own limit may be known.
func (s *Session) drawAll() {
	s.chosen, s.spared = map[*Case][]int{}, map[*Case]bool{}
	for _, op := range s.Document.Operations {
		var list []*Case
		left := s.roomFor(op)
		for _, c := range s.Selected {
			if c.Derived && c.Operation == op.ID && s.skips(c) == "" {
				list = append(list, c)
				left -= min(1, c.Attempts) + c.Requests
			}
		}
		if s.Small(op) {
			s.spare(op, list, -left)
		}
		s.drawFor(op, list, max(0, left))
	}
}

// spare leaves out derived cases of an operation, chosen by the seed, until so many requests are saved.
func (s *Session) spare(op *document.Operation, list []*Case, requests int) {
	for _, at := range s.randFor("spare " + op.ID).Perm(len(list)) {
		if requests <= 0 {
			return
		}
		s.spared[list[at]] = true
		requests -= min(1, list[at].Attempts) + list[at].Requests
	}
}

// drawFor chooses the attempts of the derived cases of one operation; left is how many there may be beyond the first of each.
func (s *Session) drawFor(op *document.Operation, list []*Case, left int) {
	var spare []*Case // one entry for each attempt beyond the first
	for _, c := range list {
		for range c.Attempts - 1 {
			spare = append(spare, c)
		}
	}
	random := s.randFor("draw " + op.ID)
	random.Shuffle(len(spare), func(i, j int) { spare[i], spare[j] = spare[j], spare[i] })
	count := map[*Case]int{}
	for _, c := range spare[:min(len(spare), left)] {
		count[c]++
	}
	for _, c := range list {
		if c.Attempts > 0 {
			chosen := random.Perm(c.Attempts)[:s.allowed(c, 1+count[c])]
			slices.Sort(chosen)
			s.chosen[c] = chosen
		}
	}
	if n := len(spare) - left; n > 0 {
		s.leftOut = append(s.leftOut, fmt.Sprintf("%s %d of %d", op.ID, n, len(spare)+len(list)))
	}
}

// roomFor returns how many derived requests may be sent to one operation.
func (s *Session) roomFor(op *document.Operation) int {
	if s.roomy(op) {
		return roomyLimit
	}
	return min(s.shareOf(op), int(countedShare*float64(s.limitOf(op)))-s.counted(op))
}

// limitOf is how many requests an operation allows in a window: by the document or by the target's own word, whichever is less.
func (s *Session) limitOf(op *document.Operation) int {
	documented, said := op.Limit.Requests, int(s.saidLimit(op))
	if documented <= 0 || op.Limit.Window > time.Hour {
		documented = s.Client.Budget(op)
	}
	if said > 0 {
		return min(documented, said)
	}
	return documented
}

// counted is how many requests the cases of an operation make that are not drawn, as far as they say so.
func (s *Session) counted(op *document.Operation) int {
	n := 0
	for _, c := range s.Selected {
		switch {
		case c.Derived || c.Operation != op.ID || s.skips(c) != "":
		case s.Small(op):
			n += min(1, c.Requests)
		default:
			n += c.Requests
		}
	}
	return n
}

// shareOf is the share of an operation's budget that is for derived requests.
func (s *Session) shareOf(op *document.Operation) int {
	share := derivedShare
	switch {
	case s.Small(op):
		share = derivedShareOfSmall
	case (op.ID == document.ListConversations || op.ID == document.GetConversationMessages) && s.Config.Claims(document.CapabilitySend):
		share = derivedShareOfReads
	case op.ID == document.ListOrders:
		share = derivedShareOfOrders
	case op.ID == document.ListContacts:
		share = derivedShareOfContacts
	}
	room := int(share * float64(s.Client.Budget(op)))
	if s.Client.MaxRequests > 0 { // the run's own bound is shared by the operations that are read
		room = min(room, s.Client.MaxRequests/2/max(1, len(s.Document.Reads())))
	}
	return room
}
