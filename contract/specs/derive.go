package specs

import (
	"fmt"
	"net/http"
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// A way is one way of asking that is tried on every operation of the document that it fits: no operation is named, so a new one is tried
// without new code. Its cases have the ids REQUIREMENT.operation, or REQUIREMENT.suffix.operation.
type way struct {
	name        string // of the column in the matrix
	requirement string
	suffix      string
	title       string
	forged      bool   // its requests are not rightly signed
	capability  string // needed beyond that of the operation
	// unfit says why the way does not fit an operation; "" if it does.
	unfit func(op *document.Operation) string
	// attempts are made from one valid request. What does not fit into the budget is left out by the seed.
	attempts func(doc *document.Document, op *document.Operation) []authCase
	// run is for a way that needs to know the target's data; attempts is nil then. It makes at most so many requests.
	run  func(t *T, op *document.Operation) error
	most int
}

// A derivation is a way on an operation.
type derivation struct {
	way      *way
	op       *document.Operation
	attempts []authCase
}

func (w *way) id(op *document.Operation) string {
	id := w.requirement
	if w.suffix != "" {
		id += "." + w.suffix
	}
	return id + "." + op.ID
}

// ways are all of them, in the order of the matrix.
func ways() []way {
	return slices.Concat(authWays(), malformedWays(), bodyWays(), tenantWays(), versionWays())
}

// derive makes the cases of every operation and every way.
func derive(doc *document.Document) []*run.Case {
	var out []*run.Case
	list := ways()
	for _, op := range doc.Operations {
		for i := range list {
			w := &list[i]
			if why := unfit(w, op); why != "" {
				continue
			}
			d := &derivation{way: w, op: op}
			if w.attempts != nil {
				if d.attempts = w.attempts(doc, op); len(d.attempts) == 0 {
					continue
				}
			}
			out = append(out, d.check())
		}
	}
	return out
}

// unfit says why a way is not tried on an operation; "" if it is.
func unfit(w *way, op *document.Operation) string {
	switch {
	case !op.Asked():
		return op.WhyNotAsked()
	case w.unfit != nil:
		return w.unfit(op)
	}
	return ""
}

func (d *derivation) check() *run.Case {
	return &run.Case{
		ID: d.way.id(d.op), Requirement: d.way.requirement, Title: d.way.title + " (" + d.op.ID + ")", Operation: d.op.ID, Way: d.way.name, Forged: d.way.forged,
		Capability: d.op.Capability, Needs: d.way.capability, Writes: d.op.Changes(), Beside: d.op.Changes(),
		Attempts: len(d.attempts), Requests: d.way.most, Derived: true, Run: asCase(func(t *T) error { return t.derived(d) }),
	}
}

// derived makes the attempts of a derivation that were drawn.
func (t *T) derived(d *derivation) error {
	if d.way.run != nil {
		return d.way.run(t, d.op)
	}
	var chosen []authCase
	attempts, fits := t.Drawn(t.Case)
	if !fits {
		t.Skip("left out by the seed, so that the run fits into the rate limit of " + d.op.ID)
	}
	for _, at := range attempts {
		chosen = append(chosen, d.attempts[at])
	}
	return t.tryAll(d.op, chosen)
}

// proper is a valid request to an operation, properly signed; a command has a body of one of its media types.
func (t *T) proper(op *document.Operation, body int) (*exchange.Request, error) {
	if op.Changes() && len(op.Bodies) == 0 {
		return t.valid(op)
	}
	if op.Changes() {
		v, err := t.validBody(op, op.Bodies[body])
		if err != nil {
			return nil, err
		}
		r := v.with(v.fields)
		r.About = nil // the coverage counts the parameters of reads
		return r, nil
	}
	id, err := t.subject(op)
	if err != nil {
		return nil, err
	}
	return t.To(op, id), nil
}

// tryAll makes the attempts on a request that is otherwise valid.
func (t *T) tryAll(op *document.Operation, attempts []authCase) error {
	attempts = slices.DeleteFunc(slices.Clone(attempts), func(a authCase) bool { return t.pointless(op, a) })
	valid := map[int]*exchange.Request{}
	requests := make([]*exchange.Request, len(attempts))
	for i, a := range attempts {
		if valid[a.body] == nil {
			r, err := t.proper(op, a.body)
			if err == nil {
				r, err = t.sparing(r, a)
			}
			if err != nil {
				return err
			}
			valid[a.body] = r
		}
		requests[i] = a.change(valid[a.body])
	}
	if len(requests) == 0 {
		return &run.SkippedError{Reason: "the target signs uploads without their body"}
	}
	answers, err := t.AskAll(requests)
	if err != nil {
		return err
	}
	for i, e := range answers {
		if e.Status == http.StatusNotFound && !slices.Contains(attempts[i].want, e.Status) && t.isGone(valid[attempts[i].body]) {
			return run.Lacks("something with an id that stays while it is read")
		}
		t.judgeAttempt(attempts[i], e)
	}
	return nil
}

// isGone reports whether what a read is about is not there any more: others may delete what a list has shown.
func (t *T) isGone(valid *exchange.Request) bool {
	if valid.Op.PathParameter() == nil || valid.Op.Changes() {
		return false
	}
	e, err := t.Ask(valid.Free())
	return err == nil && e.Status == http.StatusNotFound
}

// sparing is the request that attempts change. One that deletes, and is rightly signed, is about an id that belongs to nothing, or about a record
// that is made for it: other cases need what there is.
func (t *T) sparing(r *exchange.Request, a authCase) (*exchange.Request, error) {
	if r.Method != http.MethodDelete || t.Case.Forged {
		return r, nil
	}
	id := 1<<52 + t.Rand.Int64N(1<<50)
	if a.present {
		var err error
		if id, _, err = t.newRecord(r.Op); err != nil {
			return nil, err
		}
	}
	return t.To(r.Op, id).Unacceptable(), nil
}

// pointless reports whether an attempt changes what the target does not sign.
func (t *T) pointless(op *document.Operation, a authCase) bool {
	return a.signsBody && t.Target.EmptyUpload && op.Bodies[a.body].Media == exchange.MediaForm
}

// judgeAttempt wants one of the statuses that the attempt allows.
func (t *T) judgeAttempt(a authCase, e *exchange.Exchange) {
	switch {
	case a.judge != nil:
		a.judge(t, e)
	case a.want == nil: // any documented answer; the rules of every exchange judge it
	case a.want[0] == http.StatusOK:
		want := a.want
		if e.Request.Op.Changes() {
			want = append(slices.Clone(want), http.StatusConflict) // a ticket may be open, or closed, already
		}
		if e.Request.Method == http.MethodDelete {
			want = append(slices.Clone(want), http.StatusNotFound) // see sparing
		}
		t.wantAt(e, a.level, fmt.Sprintf("a properly signed request %s was not accepted", a.name), "", want...)
	default:
		t.wantAt(e, a.level, fmt.Sprintf("a request %s was not refused as it should be", a.name), "", a.want...)
	}
}
