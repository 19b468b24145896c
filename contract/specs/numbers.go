package specs

import (
	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

func numbers() Specs {
	return Describe("numbers", Operation(document.ListWabaNumbers), Capability(document.CapabilityNumbers),
		It("lists the number that other operations accept", Requirement("NUMBERS-LISTED"), func(t *T) {
			number := t.Target.First.PhoneNumberID
			t.Expect(t.numbers()).To(match.ContainItem(exchange.NumberParameter, number), "the phone_number_id of the other operations is not in the list")
		}),
		It("shows documented words as quality_rating and status", Requirement("NUMBERS-WORDS"), func(t *T) {
			e := t.numbers()
			if len(e.Items()) == 0 {
				t.Lacks("a number in the list")
			}
			t.Check(e).To(match.ItemsShowOneOf("quality_rating", "GREEN", "YELLOW", "RED"), "quality_rating is not a documented word")
			t.Check(e).To(match.ItemsShowOneOf("status", "CONNECTED", "DISCONNECTED"), "status is not a documented word")
		}),
		It("lists no number of another workspace", Requirement("NUMBERS-OWN"), func(t *T) {
			own := t.numbers()
			other, err := t.AskValid(t.ToSecond(own.Request.Op, 0))
			t.End(err)
			t.Check(own).To(match.ContainNoItem(exchange.NumberParameter, t.Target.Second.PhoneNumberID), "the list has a number of another workspace")
			t.Check(other).To(match.ContainNoItem(exchange.NumberParameter, t.Target.First.PhoneNumberID), "the list has a number of another workspace")
		}, Needs(document.CapabilitySecondClient)),
	)
}

// operation is an operation of the contract; the error says that the contract lacks it.
func (t *T) operation(id string) (*document.Operation, error) {
	if op := t.Document.Operation(id); op != nil {
		return op, nil
	}
	return nil, run.Lacks("the operation %s in the contract", id)
}

func (t *T) numbers() *exchange.Exchange {
	e, err := t.AskValid(t.To(t.operationNamed(document.ListWabaNumbers), 0))
	t.End(err)
	return e
}
