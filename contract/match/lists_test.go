package match

import (
	"testing"

	"example.com/awalmock/contract/exchange"
)

func TestMatchersOfListsAndTheirRows(t *testing.T) {
	t.Parallel()
	one, two := exchange.Row{ID: 1, Phone: "96650", Created: "monday", Pointer: "/data/0"}, exchange.Row{ID: 2, Phone: "4911", Pointer: "/data/1"}
	name, other := "Ahmed", one
	other.Created = "tuesday"
	swapped := listed(two, one)
	expectMatchers(t, map[string]matcherCase{
		"ContainOnly":         {ContainOnly("966"), listed(one), listed(one, two), "only rows that contain these characters", "2 rows", "/data/1"},
		"BeAbsentFrom":        {BeAbsentFrom(listed(one)), &other, &one, "no row in both lists", "the same id, phone and created_at", "/data/0"},
		"KeepOrderOf":         {KeepOrderOf(listed(one, two)), listed(one, exchange.Row{ID: 3}, two), swapped, "the same order", "row 1, then row 0", "/data/1"},
		"KeepOrderOf gone":    {KeepOrderOf(listed(one, two)), listed(two), swapped, "the same order", "row 1, then row 0", "/data/1"},
		"ShowName":            {ShowName("Ahmed"), &exchange.Row{Name: &name}, &one, "Ahmed", "null", "/data/0/name"},
		"ShowSame":            {ShowSame("created_at", &one), &one, &other, "monday", "tuesday", "/data/0/created_at"},
		"ContainMessage":      {ContainMessage(7), &exchange.StatusList{Rows: []exchange.StatusRow{{ID: 7}}}, &exchange.StatusList{}, "a row with the message_id 7", "0 other rows", "/data"},
		"HaveNoRows no array": {HaveNoRows(), answer(`{"data":[]}`), answer(`{"data":null}`), "200 OK with an empty array in data", "200 OK, data is null", "/data"},
	})
}

func TestARowThatShouldNotBeThereIsShownWhereItIs(t *testing.T) {
	t.Parallel()
	m, isMatcher := ContainRow(7).(*matcher[*exchange.List])
	if !isMatcher {
		t.Fatal("another type")
	}
	if f := m.Explain(listed(exchange.Row{ID: 7, Pointer: "/data/0"})); f.Expected != f.Actual || f.Pointer != "/data/0" {
		t.Errorf("%+v", f)
	}
}
