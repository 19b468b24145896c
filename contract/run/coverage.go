package run

import (
	"fmt"

	"example.com/awalmock/contract/exchange"
)

func (s *Session) networkNotes() (notes []string) {
	waited, failed, cut, broken, away := 0, 0, 0, 0, 0
	all := s.Client.Exchanges()
	for _, e := range all {
		if e.Status >= 500 && !e.Request.Fault {
			broken++
		}
		switch {
		case e.TooLarge:
			cut++
		case e.Retried && e.Err != nil:
			failed++
		case e.Unavailable():
			away++
		case e.Retried:
			waited++
		}
	}
	if broken > 0 {
		notes = append(notes, fmt.Sprintf("%d of %d requests were answered with a 5xx", broken, len(all)))
	}
	if cut > 0 {
		notes = append(notes, fmt.Sprintf("%d answers were longer than the suite reads (--max-body %d MiB) and were cut: what they say was not judged", cut, s.Config.MaxBody>>20))
	}
	if failed > 0 {
		notes = append(notes, fmt.Sprintf("%d requests were made again, since the connection failed", failed))
	}
	if away > 0 {
		notes = append(notes, fmt.Sprintf("%d requests were made again after a 503", away))
	}
	if waited > 0 {
		notes = append(notes, fmt.Sprintf("%d requests were made again after a 429", waited))
	}
	return notes
}

func (s *Session) coverage() []OperationCoverage {
	_, perOperation := s.Client.Requests()
	var out []OperationCoverage
	for _, op := range s.Document.Operations {
		c := OperationCoverage{Operation: op.ID, Method: op.Method, Path: op.Path, Requests: perOperation[op.ID], Statuses: []StatusCoverage{}, Parameters: []ParameterCoverage{}}
		for _, status := range op.Statuses() {
			c.Statuses = append(c.Statuses, StatusCoverage{Status: status})
		}
		for _, p := range op.Parameters {
			c.Parameters = append(c.Parameters, ParameterCoverage{Name: p.Name, In: p.In})
		}
		for _, e := range s.Client.Exchanges() {
			if e.Request.Op == op && e.Request.Method == op.Method {
				c.add(e)
			}
		}
		out = append(out, c)
	}
	return out
}

func (c *OperationCoverage) add(e *exchange.Exchange) {
	for i := range c.Statuses {
		if c.Statuses[i].Status == e.Status {
			c.Statuses[i].Answers++
		}
	}
	for i := range c.Parameters {
		p := &c.Parameters[i]
		how, used := e.Request.About[p.Name]
		if _, sent := e.Request.Header[p.Name]; p.In == "header" && sent {
			how, used = exchange.UseValid, true
		}
		switch {
		case !used:
		case how == exchange.UseValid:
			p.Valid++
		case how == exchange.UseInvalid:
			p.Invalid++
		case how == exchange.UseMissing:
			p.Missing++
		}
	}
}
