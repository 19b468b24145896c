package server

import (
	"fmt"
	"slices"
	"strconv"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
)

// orders is what the collection of orders does beyond x-collection (vendor pages api/orders/…): an order belongs to a sending number,
// its dates are in order (I), and a step backward gives a warning (I).
func orders(t *workspaceEntry) *collection.Resource {
	return &collection.Resource{
		Hooks: collection.Hooks{
			Stored: []string{"phone_number_id"},
			Scope:  "phone_number_id",
			// An order outlives its customer (I), so customer_id may be that of a contact who is gone.
			References: map[string]string{"branch_id": "branches"},
			BeforePut: func(c *sandbox.RecordCommand, _ string, _, next collection.Record) error {
				shipped, delivered := str(next, "shipping_date"), str(next, "delivery_date")
				if shipped != "" && delivered != "" && delivered < shipped {
					return engine.Invalid(engine.Detail{Field: "delivery_date", Text: "must not be before shipping_date, " + shipped})
				}
				return refer(c, next, "branch_id", "branches")
			},
			Warning: backward,
		},
		Seeds: t.generatedOrders,
	}
}

// orderSteps are the statuses of an order in the order in which the vendor names them (D).
var orderSteps = []string{"pending", "accepted", "shipped", "delivered", "completed"}

// backward is the warning for an order that went to an earlier step, "" for any other: the vendor forbids no step (I).
func backward(old, next collection.Record) string {
	from, to := slices.Index(orderSteps, str(old, "status")), slices.Index(orderSteps, str(next, "status"))
	if to < 0 || to >= from {
		return ""
	}
	return fmt.Sprintf("the status goes back from %s to %s", orderSteps[from], orderSteps[to])
}

// generatedOrders are the orders of the fixture's numbers that no fixture has written.
func (t *workspaceEntry) generatedOrders(begin sandbox.Beginning) ([]collection.Seed, error) {
	if !slices.ContainsFunc(t.fixture.Numbers, func(n seed.Number) bool { return n.Orders > 0 }) {
		return nil, nil
	}
	o := seed.Orders{Seed: t.seed, Begin: begin, Taken: map[string]map[int64]bool{}}
	for _, w := range t.fixture.Records["orders"] {
		number, _ := w.Value["phone_number_id"].(string)
		if o.Taken[number] == nil {
			o.Taken[number] = map[int64]bool{}
		}
		id, _ := w.Value["id"].(int64)
		o.Taken[number][id] = true
	}
	for i, w := range t.fixture.Records["branches"] {
		id, given := w.Value["id"].(int64)
		if !given {
			id = int64(i) + 1
		}
		o.Branches = append(o.Branches, id)
	}
	generated := t.fixture.Generate(o)
	customers := map[string]bool{}
	for _, record := range generated {
		customers[str(record, "customer_phone")] = true
	}
	ids, _ := t.contactIDs(begin, func(phone string) bool { return customers[phone] })
	var seeds []collection.Seed
	for _, record := range generated {
		record["customer_id"] = ids[str(record, "customer_phone")]
		seeds = append(seeds, collection.Seed{Where: t.fixture.File + ": order " + strconv.FormatInt(record["id"].(int64), 10), Value: record}) //nolint:forcetypeassert // Generate gives it
	}
	return seeds, nil
}
