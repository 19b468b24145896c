package match

import (
	"fmt"
	"reflect"
	"time"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// HaveArrived matches an event that is not nil: it has arrived.
func HaveArrived(name string) types.GomegaMatcher {
	return &matcher[*exchange.Event]{
		what:  "an event",
		holds: func(v *exchange.Event) bool { return v != nil },
		explain: func(v *exchange.Event) judge.Finding {
			if v == nil {
				return judge.Finding{Text: "an event did not come", Expected: name, Actual: "no such event in time"}
			}
			return judge.Finding{Text: "an event should not have come", Expected: name, Actual: v.Name, Pointer: v.Pointer + "/event"}
		},
	}
}

// HaveData matches an event whose data has a value: a text, a flag, an int64, or an instant in any form.
func HaveData(property string, want any) types.GomegaMatcher {
	value := func(v *exchange.Event) any {
		switch want.(type) {
		case int64:
			if n := exchange.Number(v.Data(property)); n != nil {
				return *n
			}
		case time.Time:
			if at := v.Time(property); !at.IsZero() {
				return at
			}
		}
		return v.Data(property)
	}
	return &matcher[*exchange.Event]{
		what:  "an event",
		holds: func(v *exchange.Event) bool { return value(v) == want || sameInstant(value(v), want) },
		explain: func(v *exchange.Event) judge.Finding {
			return judge.Finding{
				Text: fmt.Sprintf("%s says another %s", v.Name, property), Expected: shown(want), Actual: printable.Brief(v.Data(property)), Pointer: v.Pointer + "/data/" + property,
			}
		},
	}
}

// BeSigned matches a webhook that carries a signature of any form.
func BeSigned() types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what:  "a webhook",
		holds: judge.IsSigned,
		explain: func(*exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "a webhook carries no signature", Expected: "a header with a signature", Actual: "none"}
		},
	}
}

// HaveSameContent matches an event with the same content as another one; the order of properties does not matter.
func HaveSameContent(other *exchange.Event) types.GomegaMatcher {
	return &matcher[*exchange.Event]{
		what:  "an event",
		holds: func(v *exchange.Event) bool { return reflect.DeepEqual(v.Fields, other.Fields) },
		explain: func(v *exchange.Event) judge.Finding {
			return judge.Finding{Text: "two events say different things", Expected: printable.Brief(other.Fields), Actual: printable.Brief(v.Fields), Pointer: v.Pointer}
		},
	}
}
