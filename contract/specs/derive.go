package specs

import (
	"fmt"
	"net/http"
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// A way is a rule that is tried on every operation, such as "a request without the four headers is refused". A new operation of the document is tried
// without new code. The ids of the cases are REQUIREMENT.operation, or REQUIREMENT.suffix.operation.
type way struct {
	name        string // of the column in the matrix
	requirement string
	suffix      string
	title       string
	forged      bool   // its requests have wrong signatures or headers
	capability  string // needed beyond that of the operation
	// unfit says why the way cannot be tried on an operation; "" if it can.
	unfit func(op *document.Operation) string
	// attempts are changes of a valid request. If the rate limit has no room for all of them, the seed decides which are made.
	attempts func(doc *document.Document, op *document.Operation) []attempt
	// run is instead of attempts, for a way that depends on the target's data. It makes at most `most` requests.
	run  func(t *T, op *document.Operation) error
	most int
}

// A derivation is a way that is tried on one operation.
type derivation struct {
	way      *way
	op       *document.Operation
	attempts []attempt
}

func (w *way) id(op *document.Operation) string {
	id := w.requirement
	if w.suffix != "" {
		id += "." + w.suffix
	}
	return id + "." + op.ID
}

// ways are all ways, in the order of the columns of the matrix.
func ways() []way {
	return slices.Concat(authWays(), malformedWays(), bodyWays(), isolationWays(), versionWays())
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
			out = append(out, d.newCase())
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

func (d *derivation) newCase() *run.Case {
	return &run.Case{
		ID: d.way.id(d.op), Requirement: d.way.requirement, Title: d.way.title + " (" + d.op.ID + ")", Operation: d.op.ID, Way: d.way.name, Forged: d.way.forged,
		Capability: d.op.Capability, Needs: d.way.capability, Writes: d.op.Changes(), Independent: d.op.Changes(),
		Attempts: len(d.attempts), Requests: d.way.most, Derived: true, Run: asCase(func(t *T) error { return t.derived(d) }),
	}
}

// derived makes those attempts of a derivation that the seed has chosen.
func (t *T) derived(d *derivation) error {
	if d.way.run != nil {
		return d.way.run(t, d.op)
	}
	var chosen []attempt
	attempts, fits := t.ChosenAttempts(t.Case)
	if !fits {
		t.Skip("left out by the seed, so that the run fits into the rate limit of " + d.op.ID)
	}
	for _, at := range attempts {
		chosen = append(chosen, d.attempts[at])
	}
	return t.tryAll(d.op, chosen)
}

// proper is a valid and properly signed request to an operation; body is the index of the media type of its body.
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
		r.About = nil // the coverage of parameters is about reads only
		return r, nil
	}
	id, err := t.existingID(op)
	if err != nil {
		return nil, err
	}
	return t.To(op, id), nil
}

// tryAll sends the attempts, each made from a valid request, and judges the answers.
func (t *T) tryAll(op *document.Operation, attempts []attempt) error {
	attempts = slices.DeleteFunc(slices.Clone(attempts), func(a attempt) bool { return t.hasNoEffect(op, a) })
	valid := map[int]*exchange.Request{}
	requests := make([]*exchange.Request, len(attempts))
	for i, a := range attempts {
		if valid[a.body] == nil {
			r, err := t.proper(op, a.body)
			if err == nil {
				r, err = t.harmless(r, a)
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

// isGone reports whether a valid read is now answered with 404: another client may have deleted what a list has shown.
func (t *T) isGone(valid *exchange.Request) bool {
	if valid.Op.PathParameter() == nil || valid.Op.Changes() {
		return false
	}
	e, err := t.Ask(valid.AnyAnswer())
	return err == nil && e.Status == http.StatusNotFound
}

// harmless makes a request harmless before it is changed by an attempt. A properly signed DELETE would delete data that other cases need: it gets an id that
// does not exist, or that of a record which is created for it.
func (t *T) harmless(r *exchange.Request, a attempt) (*exchange.Request, error) {
	if r.Method != http.MethodDelete || t.Case.Forged {
		return r, nil
	}
	id := 1<<52 + t.Rand.Int64N(1<<50)
	if a.exists {
		var err error
		if id, _, err = t.newRecord(r.Op); err != nil {
			return nil, err
		}
	}
	return t.To(r.Op, id).MayBeRefused(), nil
}

// hasNoEffect reports whether an attempt cannot show anything: it is about the signed body of an upload, which the target does not sign.
func (t *T) hasNoEffect(op *document.Operation, a attempt) bool {
	return a.signsBody && t.Target.EmptyUpload && op.Bodies[a.body].Media == exchange.MediaForm
}

// judgeAttempt records a finding unless the answer has one of the statuses that the attempt allows.
func (t *T) judgeAttempt(a attempt, e *exchange.Exchange) {
	switch {
	case a.judge != nil:
		a.judge(t, e)
	case a.want == nil: // any documented answer; the rules of every exchange judge it
	case a.want[0] == http.StatusOK:
		want := a.want
		if e.Request.Op.Changes() {
			want = append(slices.Clone(want), http.StatusConflict) // a ticket may be open or closed already
		}
		if e.Request.Method == http.MethodDelete {
			want = append(slices.Clone(want), http.StatusNotFound) // see harmless
		}
		t.wantAt(e, a.level, fmt.Sprintf("a properly signed request %s was not accepted", a.name), "", want...)
	default:
		t.wantAt(e, a.level, fmt.Sprintf("a request %s was not refused as it should be", a.name), "", a.want...)
	}
}
