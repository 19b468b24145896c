package engine

import (
	"net/http"
	"strconv"
)

// DeprecationHeaders are the names of the headers that say that an operation goes away. With none of them nothing is said.
type DeprecationHeaders struct{ Deprecated, Date, Sunset string }

// tellDeprecation puts the headers of a deprecated operation into each of its answers.
func (e *Engine) tellDeprecation(x *Exchange) {
	d, names := x.Operation.Deprecation, &e.Vendor.Deprecation
	if d == nil || names.Deprecated == "" {
		return
	}
	h := x.w.Header()
	h[names.Deprecated], h[names.Date], h[names.Sunset] = []string{"true"}, []string{d.Date}, []string{d.Sunset}
	h["Warning"] = []string{"299 - " + strconv.Quote(d.Message)}
}

// refuseGone refuses an operation after its sunset (I).
func (e *Engine) refuseGone(x *Exchange) error {
	d := x.Operation.Deprecation
	if d == nil || e.AnswerGone || e.Now().Before(d.Ends) {
		return nil
	}
	return &Error{Status: http.StatusGone, Code: "gone", Message: "This operation was removed after " + d.Sunset + ": " + d.Message}
}
