package engine

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.com/awalmock/mockserver/internal/spec"
)

// How much is said of what the document does not know: in headers X-Mock-Warning, and in the details of a refusal.
const (
	maxWarnings = 5
	maxRefusals = 100
)

// unknown deals with what the document does not know, in a request that is right (err is nil) and in one that is not: a
// warning in the header X-Mock-Warning, a refusal with Strict.
func (e *Engine) unknown(x *Exchange, r *spec.Request, err error) error {
	invalid := &spec.Invalid{}
	switch {
	case err == nil:
		invalid.Unknown = r.Unknown
	case !errors.As(err, &invalid):
		return err
	}
	if len(invalid.Unknown) == 0 {
		return err
	}
	if !e.Strict {
		for _, u := range invalid.Unknown[:min(maxWarnings, len(invalid.Unknown))] {
			x.w.Header().Add("X-Mock-Warning", strconv.QuoteToASCII(u.Name)+" is no known "+u.In+" parameter or property"+suggestion(u))
		}
		return err
	}
	for _, u := range invalid.Unknown[:min(maxRefusals, len(invalid.Unknown))] {
		invalid.Violations = append(invalid.Violations, spec.Violation{
			Field: u.Name, In: u.In, Rule: "unknown", Text: "is not known" + suggestion(u), Pointer: x.Operation.Pointer,
		})
	}
	return invalid
}

func suggestion(u spec.Unknown) string {
	if u.Nearest == "" {
		return ""
	}
	return "; did you mean " + u.Nearest + "?"
}

// wait holds an answer back. A caller that goes away ends it.
func (e *Engine) wait(x *Exchange, latency time.Duration) {
	if latency <= 0 {
		return
	}
	timer := time.NewTimer(latency)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-x.HTTP.Context().Done():
	}
}

// checkAnswer checks a whole answer against the document before it leaves.
func (e *Engine) checkAnswer(x *Exchange, reply *Reply) error {
	status := reply.Status
	if status == 0 {
		status = http.StatusOK
	}
	response := x.Operation.Response(status)
	if response == nil {
		return fmt.Errorf("answer %d is not in the document", status)
	}
	if response.JSON() == nil {
		return nil
	}
	body, err := reply.gathered()
	if err != nil {
		return err
	}
	reply.Body, reply.Stream = body, nil
	value, violations := spec.DecodeStrict(body)
	if len(violations) == 0 {
		violations = response.JSON().Schema.Violations(value)
	}
	if len(violations) > 0 {
		return fmt.Errorf("answer %d does not fit the document: %s %s", status, violations[0].Field, violations[0].Text)
	}
	return nil
}
