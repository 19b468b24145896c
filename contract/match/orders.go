package match

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// HaveRightSums matches an exchange with an order whose sums are right: each subtotal of an item is quantity times price, the subtotals of the items add up to the subtotal
// of the order, and this with tax and shipping to its total. Sums of absent amounts are not judged.
func HaveRightSums() types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what:    "an exchange",
		holds:   func(e *exchange.Exchange) bool { return wrongSum(e) == nil },
		explain: func(e *exchange.Exchange) judge.Finding { return *wrongSum(e) },
	}
}

// wrongSum is the finding for the first sum of an order that is wrong, nil if there is none.
func wrongSum(e *exchange.Exchange) *judge.Finding {
	items, _ := e.At("/data/items").([]any)
	sum := 0.0
	for i := range items {
		at := fmt.Sprintf("/data/items/%d", i)
		amounts, all := amountsOf(e, at+"/quantity", at+"/price", at+"/subtotal")
		if !all {
			return nil
		}
		if f := differs(amounts[0]*amounts[1], amounts[2], at+"/subtotal", "quantity times price"); f != nil {
			return f
		}
		sum += amounts[2]
	}
	amounts, all := amountsOf(e, "/data/subtotal", "/data/tax", "/data/shipping", "/data/total")
	if !all {
		return nil
	}
	if f := differs(sum, amounts[0], "/data/subtotal", "the subtotals of the items together"); f != nil {
		return f
	}
	return differs(amounts[0]+amounts[1]+amounts[2], amounts[3], "/data/total", "subtotal, tax and shipping together")
}

// differs is the finding for a wrong amount, nil if it is right. A difference below 0.01 is allowed for rounding.
func differs(want, got float64, pointer, made string) *judge.Finding {
	if math.Abs(want-got) < 0.009 {
		return nil
	}
	return &judge.Finding{Text: "an amount is wrong", Expected: fmt.Sprintf("%.2f, %s", want, made), Actual: fmt.Sprintf("%.2f", got), Pointer: pointer}
}

// amountsOf are the numbers at places of the body, and whether there is one at each.
func amountsOf(e *exchange.Exchange, pointers ...string) (amounts []float64, all bool) {
	for _, pointer := range pointers {
		n, ok := e.At(pointer).(json.Number)
		amount, err := n.Float64()
		if !ok || err != nil {
			return nil, false
		}
		amounts = append(amounts, amount)
	}
	return amounts, true
}
