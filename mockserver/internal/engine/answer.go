package engine

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/awalmock/mockserver/internal/spec"
)

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
	media := response.JSON()
	if media == nil || reply.ContentType != "" && reply.ContentType != media.ContentType {
		return nil
	}
	body, err := reply.gathered()
	if err != nil {
		return err
	}
	reply.Body, reply.Stream = body, nil
	if slices.ContainsFunc(media.Examples, func(example spec.Example) bool { return bytes.Equal(example.Body, body) }) {
		return nil // it was checked when the document was loaded
	}
	value, violations := spec.DecodeStrict(body)
	if len(violations) == 0 {
		violations = media.Schema.Violations(value)
	}
	if len(violations) > 0 {
		return fmt.Errorf("answer %d does not fit the document: %s %s", status, violations[0].Field, violations[0].Text)
	}
	return nil
}
