package engine

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Faults says which requests go wrong on purpose.
type Faults interface {
	// Fire returns how long an answer is held back, and the fault that takes its place; nil: none.
	Fire(workspace, operation string) (latency time.Duration, answer *Fault)
}

// A Fault is what goes wrong. Exactly one of its members is set.
type Fault struct {
	Status    int  // an error with this status instead of an answer
	Abort     bool // the connection ends without an answer
	Malformed bool // the body of a success breaks off in the middle
}

var errAborted = errors.New("an injected fault ended the connection")

// fault lets the workspace's faults fire. It needs a valid signature, but no valid request.
func (e *Engine) fault(x *Exchange) (reply Reply, fired bool, err error) {
	if e.Faults == nil {
		return Reply{}, false, nil
	}
	latency, f := e.Faults.Fire(x.Caller.Workspace, x.OperationID())
	if latency > 0 {
		x.Fault = "latency"
		e.wait(x, latency)
	}
	switch {
	case f == nil:
		return Reply{}, false, nil
	case f.Abort:
		x.Fault = "abort"
		return Reply{Stream: func(io.Writer) error { x.Status = 0; return errAborted }}, true, nil
	case f.Malformed:
		x.Fault = "malformed"
		reply, err = e.malformed(x)
		return reply, true, err
	default:
		x.Fault = "status"
		return Reply{}, true, faultError(f.Status)
	}
}

// malformed is the success that the document promises, broken off in the middle of its JSON.
func (e *Engine) malformed(x *Exchange) (Reply, error) {
	status, body := http.StatusOK, []byte(nil)
	if r := x.Operation.Success(); r != nil {
		made, err := e.Make(x.Operation, r, r.JSON(), "")
		if err != nil {
			return Reply{}, err
		}
		status, body = r.Code(), made[:len(made)/2]
	}
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		body = []byte(`{"status":tr`)
	}
	return Reply{Status: status, Body: body}, nil
}

// faultCodes are the error codes of the statuses that the API has; other statuses have the code of their class.
var faultCodes = map[int]string{
	400: "validation_failed", 401: "authentication_failed", 403: "forbidden", 404: "resource_not_found", 405: "method_not_allowed",
	406: "not_acceptable", 409: "conflict", 410: "gone", 413: "payload_too_large", 415: "unsupported_media_type", 429: "rate_limit_exceeded",
	500: "internal_error", 503: "service_unavailable",
}

func faultError(status int) error {
	e := &Error{Status: status, Code: faultCodes[status], Message: "An injected fault: " + strconv.Itoa(status) + "."}
	switch {
	case e.Code != "":
	case status >= http.StatusInternalServerError:
		e.Code = "internal_error"
	default:
		e.Code = "validation_failed"
	}
	return e
}
