package suite

import (
	"fmt"
	"slices"
)

const opNumbers = "listWabaNumbers"

func numberChecks() []*check {
	of := func(id, title string, run func(*probe) error) *check {
		return &check{id: id, requirement: id, title: title, operation: opNumbers, run: run}
	}
	return []*check{
		of("NUMBERS-LISTED", "the number that other operations accept is listed", checkListedNumber),
		of("NUMBERS-WORDS", "quality_rating and status are documented words", checkNumberWords),
		of("NUMBERS-OWN", "the numbers of two workspaces have none in common", checkOwnNumbers),
	}
}

// item is an element of `data` with its JSON pointer.
type item struct {
	fields  map[string]any
	pointer string
}

// items are the objects of an answer's `data`.
func (e *exchange) items() []item {
	list, _ := e.object()["data"].([]any)
	var out []item
	for i, element := range list {
		if fields, ok := element.(map[string]any); ok {
			out = append(out, item{fields, fmt.Sprintf("/data/%d", i)})
		}
	}
	return out
}

func (i item) text(name string) string {
	s, _ := i.fields[name].(string)
	return s
}

// operation finds an operation that a case needs.
func (p *probe) operation(id string) (*operation, error) {
	if op := p.contract.operation(id); op != nil {
		return op, nil
	}
	return nil, lacks("the operation %s in the contract", id)
}

func (p *probe) numbers() (*exchange, error) {
	op, err := p.operation(opNumbers)
	if err != nil {
		return nil, err
	}
	return p.askValid(p.to(op, 0))
}

func checkListedNumber(p *probe) error {
	e, err := p.numbers()
	if err != nil {
		return err
	}
	number := p.target.first.PhoneNumberID
	if !slices.ContainsFunc(e.items(), func(i item) bool { return i.text(numberParameter) == number }) {
		p.fail(Finding{Text: "the number that the other operations are asked with is not in the list", Expected: "a row with the phone_number_id " + number, Actual: fmt.Sprintf("%d other rows", len(e.items())), Pointer: "/data"}, e)
	}
	return nil
}

func checkNumberWords(p *probe) error {
	e, err := p.numbers()
	if err != nil {
		return err
	}
	for _, row := range e.items() {
		for name, words := range map[string][]string{"quality_rating": {"GREEN", "YELLOW", "RED"}, "status": {"CONNECTED", "DISCONNECTED"}} {
			if word := row.text(name); !slices.Contains(words, word) {
				p.fail(Finding{Text: name + " is not a documented word", Expected: fmt.Sprint(words), Actual: brief(row.fields[name]), Pointer: row.pointer + "/" + name}, e)
			}
		}
	}
	if len(e.items()) == 0 {
		return lacks("a number in the list")
	}
	return nil
}

func checkOwnNumbers(p *probe) error {
	if !p.cfg.claims(CapabilitySecondClient) {
		return &skippedError{"the capability " + CapabilitySecondClient + " is not claimed"}
	}
	own, err := p.numbers()
	if err != nil {
		return err
	}
	other, err := p.askValid(p.toSecond(own.request.op, 0))
	if err != nil {
		return err
	}
	for _, side := range []struct {
		e       *exchange
		foreign string
	}{{own, p.target.second.PhoneNumberID}, {other, p.target.first.PhoneNumberID}} {
		for _, row := range side.e.items() {
			if row.text(numberParameter) == side.foreign {
				p.fail(Finding{Text: "the list has a number of another workspace", Expected: "the workspace's own numbers", Actual: side.foreign, Pointer: row.pointer + "/" + numberParameter}, side.e)
			}
		}
	}
	return nil
}
