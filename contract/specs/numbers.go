package specs

import (
	"fmt"
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

func numbers() Specs {
	return Describe("numbers", Operation(document.ListWabaNumbers), Capability(document.CapabilityNumbers),
		It("the number that other operations accept is listed", Requirement("NUMBERS-LISTED"), asked(checkListedNumber)),
		It("quality_rating and status are documented words", Requirement("NUMBERS-WORDS"), asked(checkNumberWords)),
		It("the numbers of two workspaces have none in common", Requirement("NUMBERS-OWN"), asked(checkOwnNumbers)),
	)
}

// operation finds an operation that a case needs.
func (t *T) operation(id string) (*document.Operation, error) {
	if op := t.Document.Operation(id); op != nil {
		return op, nil
	}
	return nil, run.Lacks("the operation %s in the contract", id)
}

func (t *T) numbers() (*exchange.Exchange, error) {
	op, err := t.operation(document.ListWabaNumbers)
	if err != nil {
		return nil, err
	}
	return t.AskValid(t.To(op, 0))
}

func checkListedNumber(t *T) error {
	e, err := t.numbers()
	if err != nil {
		return err
	}
	number := t.Target.First.PhoneNumberID
	if !slices.ContainsFunc(e.Items(), func(i exchange.Item) bool { return i.Text(exchange.NumberParameter) == number }) {
		t.Fail(judge.Finding{Text: "the number that the other operations are asked with is not in the list", Expected: "a row with the phone_number_id " + number, Actual: fmt.Sprintf("%d other rows", len(e.Items())), Pointer: "/data"}, e)
	}
	return nil
}

func checkNumberWords(t *T) error {
	e, err := t.numbers()
	if err != nil {
		return err
	}
	for _, row := range e.Items() {
		for name, words := range map[string][]string{"quality_rating": {"GREEN", "YELLOW", "RED"}, "status": {"CONNECTED", "DISCONNECTED"}} {
			if word := row.Text(name); !slices.Contains(words, word) {
				t.Fail(judge.Finding{Text: name + " is not a documented word", Expected: fmt.Sprint(words), Actual: printable.Brief(row.Fields[name]), Pointer: row.Pointer + "/" + name}, e)
			}
		}
	}
	if len(e.Items()) == 0 {
		return run.Lacks("a number in the list")
	}
	return nil
}

func checkOwnNumbers(t *T) error {
	if !t.Config.Claims(document.CapabilitySecondClient) {
		return &run.SkippedError{Reason: "the capability " + document.CapabilitySecondClient + " is not claimed"}
	}
	own, err := t.numbers()
	if err != nil {
		return err
	}
	other, err := t.AskValid(t.ToSecond(own.Request.Op, 0))
	if err != nil {
		return err
	}
	for _, side := range []struct {
		e       *exchange.Exchange
		foreign string
	}{{own, t.Target.Second.PhoneNumberID}, {other, t.Target.First.PhoneNumberID}} {
		for _, row := range side.e.Items() {
			if row.Text(exchange.NumberParameter) == side.foreign {
				t.Fail(judge.Finding{Text: "the list has a number of another workspace", Expected: "the workspace's own numbers", Actual: side.foreign, Pointer: row.Pointer + "/" + exchange.NumberParameter}, side.e)
			}
		}
	}
	return nil
}
