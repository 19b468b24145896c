package run

import (
	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// ToControl is a request to the control API about a workspace; "" names none.
func (s *Session) ToControl(method, path, workspace string, body any) *exchange.Request {
	r := &exchange.Request{Op: s.control, Method: method, Path: path, Sign: exchange.Signing{Anonymous: true}, Expect: exchange.ExpectNothing}
	if workspace != "" {
		r.Query = exchange.EncodeQuery(exchange.Param("workspace", workspace))
	}
	if body != nil {
		r = r.WithJSON(body)
	}
	return r
}

// To makes a valid, properly signed request to an operation; id fills its path parameter.
func (s *Session) To(op *document.Operation, id int64, extra ...exchange.Pair) *exchange.Request {
	return exchange.NewRequest(op, id, s.Target.First.PhoneNumberID, extra...)
}

// To makes a valid, properly signed request to an operation: as the client of t.Workspace if the case has a workspace of its own, else as the first client.
func (t *T) To(op *document.Operation, id int64, extra ...exchange.Pair) *exchange.Request {
	if t.Workspace == nil {
		return t.Session.To(op, id, extra...)
	}
	r := exchange.NewRequest(op, id, t.Workspace.PhoneNumberID, extra...)
	r.Sign.As = t.Workspace
	return r
}

// ToSecond is a valid request of the second client for its own number.
func (s *Session) ToSecond(op *document.Operation, id int64) *exchange.Request {
	r := s.To(op, id)
	if op.Parameter("query", exchange.NumberParameter) != nil {
		r.Query = exchange.EncodeQuery(exchange.Param(exchange.NumberParameter, s.Target.Second.PhoneNumberID))
	}
	r.Sign.AsSecond = true
	return r
}
