package run

import (
	"fmt"
	"slices"
	"time"

	"example.com/awalmock/contract/document"
)

// Shares of an operation's budget of requests that derived cases may use. The other cases need the rest.
const (
	derivedShare        = 0.6
	derivedShareOfReads = 0.42 // of the list and of conversations, with the capability send
	// The other cases of orders read the list many times: by page, status, date and filter.
	derivedShareOfOrders = 0.1
	// The other cases of contacts search the list after each record that they create.
	derivedShareOfContacts = 0.45
	countedShare           = 0.8 // of the limit, for derived cases and those of the schemas of bodies together
	// With a small limit there are more derived cases than requests, so whole cases are left out.
	derivedShareOfSmall = 0.35
	smallLimit          = 100 // of requests in a window
	// If a target allows so many requests in a window, nothing is left out.
	largeLimit = 2000
)

// hasLargeLimit reports whether the target allows far more requests to an operation than there are cases.
func (s *Session) hasLargeLimit(op *document.Operation) bool {
	return s.Config.Profile != ProfileProduction && s.Client.MaxRequests == 0 && s.statedLimit(op) >= largeLimit
}

// statedLimit is the X-RateLimit-Limit of an operation. If the operation was not requested yet, it is the smallest one of other operations; 0 if the target has
// sent none.
func (s *Session) statedLimit(op *document.Operation) int64 {
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

// Small reports whether the rate limit of an operation is too small for all cases. It is that of the document, unless the target sends a larger one.
func (s *Session) Small(op *document.Operation) bool {
	return op.Limit.Requests > 0 && op.Limit.Requests < smallLimit && s.Client.LimitOf(op) < smallLimit && !s.hasLargeLimit(op)
}

// ChosenAttempts are the indexes of the attempts of a derived case that the seed has chosen. fits is false if the whole case is left out.
func (t *T) ChosenAttempts(c *Case) (attempts []int, fits bool) {
	t.choosing.Do(func() { t.Session.chooseAttempts() })
	return t.chosen[c], !t.leftOutCases[c] || !t.Small(t.Document.Operation(c.Operation))
}

// chooseAttempts chooses the attempts of all derived cases: all of them if the budget of the operation allows it, else at least one of each case, and more as far as
// the budget goes. It is called by the first derived case, when the target has sent its limit.
func (s *Session) chooseAttempts() {
	s.chosen, s.leftOutCases = map[*Case][]int{}, map[*Case]bool{}
	for _, op := range s.Document.Operations {
		var list []*Case
		left := s.derivedBudget(op)
		for _, c := range s.Selected {
			if c.Derived && c.Operation == op.ID && s.skips(c) == "" {
				list = append(list, c)
				left -= min(1, c.Attempts) + c.Requests
			}
		}
		if s.Small(op) {
			s.leaveOutCases(op, list, -left)
		}
		s.chooseFor(op, list, max(0, left))
	}
}

// leaveOutCases leaves out derived cases of an operation, chosen by the seed, until the given number of requests is saved.
func (s *Session) leaveOutCases(op *document.Operation, list []*Case, requests int) {
	for _, at := range s.randFor("spare " + op.ID).Perm(len(list)) {
		if requests <= 0 {
			return
		}
		s.leftOutCases[list[at]] = true
		requests -= min(1, list[at].Attempts) + list[at].Requests
	}
}

// chooseFor chooses the attempts of the derived cases of one operation. left is how many are allowed in addition to the first one of each case.
func (s *Session) chooseFor(op *document.Operation, list []*Case, left int) {
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
		s.leftOutNotes = append(s.leftOutNotes, fmt.Sprintf("%s %d of %d", op.ID, n, len(spare)+len(list)))
	}
}

// derivedBudget returns how many derived requests may be sent to one operation.
func (s *Session) derivedBudget(op *document.Operation) int {
	if s.hasLargeLimit(op) {
		return largeLimit
	}
	return min(s.shareOf(op), int(countedShare*float64(s.limitOf(op)))-s.underivedRequests(op))
}

// limitOf is how many requests an operation allows in a window: the limit of the document or of the target, whichever is smaller.
func (s *Session) limitOf(op *document.Operation) int {
	documented, said := op.Limit.Requests, int(s.statedLimit(op))
	if documented <= 0 || op.Limit.Window > time.Hour {
		documented = s.Client.Budget(op)
	}
	if said > 0 {
		return min(documented, said)
	}
	return documented
}

// underivedRequests is how many requests the cases of an operation make that are not derived, as far as Case.Requests says so.
func (s *Session) underivedRequests(op *document.Operation) int {
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
	if s.Client.MaxRequests > 0 { // --max-requests is shared by all operations that read
		room = min(room, s.Client.MaxRequests/2/max(1, len(s.Document.Reads())))
	}
	return room
}
