package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/view"
)

// resource finds a collection of a workspace.
func (s controlled) resource(domain, name string) (*workspaceEntry, *collection.Resource, error) {
	t := s.workspaces.get(domain)
	if t == nil {
		return nil, nil, noWorkspace()
	}
	if r := t.resources[name]; r != nil {
		return t, r, nil
	}
	return nil, nil, &engine.Error{Status: 404, Code: "resource_not_found", Message: "The document has no collection of this name."}
}

// Records implements control.Mock.
func (s controlled) Records(domain, name string) (func(io.Writer) error, error) {
	t, r, err := s.resource(domain, name)
	if err != nil {
		return nil, err
	}
	return func(to io.Writer) error { return r.WriteAll(to, t.Workspace) }, nil
}

// PutRecords implements control.Mock.
func (s controlled) PutRecords(ctx context.Context, domain, name string, from io.Reader) (int, error) {
	t, r, err := s.resource(domain, name)
	if err != nil {
		return 0, err
	}
	count, err := r.ReplaceAll(ctx, t.Workspace, from)
	var line *collection.LineError
	var lost *sandbox.ReferenceError
	switch {
	case errors.As(err, &line):
		err = engine.Invalid(engine.Detail{Field: "body", Text: line.Error()})
	case errors.As(err, &lost): // of another collection
		err = engine.Invalid(engine.Detail{Field: "body", Text: lost.Error()})
	}
	return count, err
}

// Order implements control.Mock.
func (s controlled) Order(ctx context.Context, domain string, o adminapi.NewOrder) ([]byte, error) {
	t, r, err := s.resource(domain, "orders")
	if err != nil {
		return nil, err
	}
	if !t.HasNumber(o.PhoneNumberID) {
		return nil, engine.Invalid(engine.Detail{Field: "phone_number_id", Text: "must be one of the workspace's sending numbers"})
	}
	lines, err := orderLines(o.Items)
	if err != nil {
		return nil, err
	}
	t.Load("contacts")
	made, err := r.Insert(ctx, t.Workspace, func(c *sandbox.RecordCommand, id int64) (collection.Record, error) {
		return t.newOrder(c, id, o, lines)
	})
	if err != nil {
		return nil, err
	}
	return view.Marshal(made)
}

// newOrder is the record of an order. A customer who has no contact gets one.
func (t *workspaceEntry) newOrder(c *sandbox.RecordCommand, id int64, o adminapi.NewOrder, lines []seed.OrderLine) (collection.Record, error) {
	order := collection.Record{
		"id": id, "phone_number_id": o.PhoneNumberID, "order_number": fmt.Sprintf("ORD-%d-%03d", c.Now().Year(), id),
		"customer_name": o.Phone, "customer_phone": o.Phone, "currency": "SAR", "status": orderSteps[0], "payment_status": "unpaid",
	}
	if o.BranchID != 0 {
		order["branch_id"] = strconv.FormatInt(o.BranchID, 10)
	}
	seed.Bill(order, lines)
	r := t.resources["contacts"]
	if r == nil {
		return order, nil
	}
	found, err := c.Find(r.Name, r.Filter("phone", o.Phone))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		contact := contactOf(c.NextID(r.Name), o.Phone, "", c.Now())
		text, err := view.Marshal(contact)
		if err == nil {
			err = c.Put(r.Name, fmt.Sprint(contact["id"]), text)
		}
		order["customer_id"] = contact["id"]
		return order, err
	}
	contact, err := collection.Decode(found[0].Text)
	order["customer_id"], order["customer_name"] = contact["id"], contact["name"]
	if email := str(contact, "email"); email != "" {
		order["customer_email"] = email
	}
	return order, err
}

// orderLines reads the prices of items as halalas.
func orderLines(items []adminapi.NewOrderItem) ([]seed.OrderLine, error) {
	lines := make([]seed.OrderLine, len(items))
	for i, item := range items {
		halalas := math.Round(item.Price * 100)
		if math.Abs(item.Price*100-halalas) > 1e-4 {
			return nil, engine.Invalid(engine.Detail{Field: fmt.Sprintf("items[%d].price", i), Text: "must have at most two decimals"})
		}
		lines[i] = seed.OrderLine{Product: item.ProductName, Quantity: item.Quantity, Price: int64(halalas)}
	}
	return lines, nil
}
