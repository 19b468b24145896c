package match

import (
	"fmt"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// ContainOnly matches a list of conversations in which each row has a search term in its name or its phone.
func ContainOnly(term string) types.GomegaMatcher {
	wrong := func(v *exchange.List) *exchange.Row {
		return rowWhere(v, func(r *exchange.Row) bool { return !judge.ContainsTerm(r, term) })
	}
	return &matcher[*exchange.List]{
		what:  "a list of conversations",
		holds: func(v *exchange.List) bool { return wrong(v) == nil },
		explain: func(v *exchange.List) judge.Finding {
			r := wrong(v)
			return judge.Finding{
				Text:     fmt.Sprintf("a search for %q finds conversation %d, name %s, phone %s", term, r.ID, exchange.Shown(r.Name), r.Phone),
				Expected: "only rows that contain these characters", Actual: fmt.Sprintf("%d rows", len(v.Rows)), Pointer: r.Pointer,
			}
		},
	}
}

// BeAbsentFrom matches a row that the list of another workspace does not have. Two rows are the same if they have the same id, phone and created_at: a customer may
// write to two businesses, and each workspace may number its own conversations.
func BeAbsentFrom(other *exchange.List) types.GomegaMatcher {
	return &matcher[*exchange.Row]{
		what: "a row",
		holds: func(r *exchange.Row) bool {
			o := other.ByID[r.ID]
			return o == nil || o.Phone != r.Phone || o.Created != r.Created
		},
		explain: func(r *exchange.Row) judge.Finding {
			return judge.Finding{Text: fmt.Sprintf("conversation %d of one workspace is in the list of the other", r.ID), Expected: "no row in both lists", Actual: "the same id, phone and created_at", Pointer: r.Pointer}
		},
	}
}

// KeepOrderOf matches a list in which the rows that have not changed are in the same order as in an earlier answer.
func KeepOrderOf(earlier *exchange.List) types.GomegaMatcher {
	// moved is the first unchanged row whose place among the unchanged rows differs, with its index in both answers.
	moved := func(v *exchange.List) (row *exchange.Row, then, now int) {
		place := map[int64]int{}
		for i := range v.Rows {
			place[v.Rows[i].ID] = i
		}
		last := -1
		for i := range earlier.Rows {
			at, there := place[earlier.Rows[i].ID]
			if !there || v.Rows[at].Visible() != earlier.Rows[i].Visible() {
				continue
			}
			if at < last {
				return &v.Rows[at], i, at
			}
			last = at
		}
		return nil, 0, 0
	}
	return &matcher[*exchange.List]{
		what: "a list of conversations",
		holds: func(v *exchange.List) bool {
			row, _, _ := moved(v)
			return row == nil
		},
		explain: func(v *exchange.List) judge.Finding {
			row, then, now := moved(v)
			return judge.Finding{Text: fmt.Sprintf("conversation %d changed its place although nothing changed", row.ID), Expected: "the same order", Actual: fmt.Sprintf("row %d, then row %d", then, now), Pointer: row.Pointer}
		},
	}
}

// ShowName matches a row that has a name.
func ShowName(name string) types.GomegaMatcher {
	return &matcher[*exchange.Row]{
		what:  "a row",
		holds: func(r *exchange.Row) bool { return r.Name != nil && *r.Name == name },
		explain: func(r *exchange.Row) judge.Finding {
			return judge.Finding{Text: "the row has another name", Expected: name, Actual: exchange.Shown(r.Name), Pointer: r.Pointer + "/name"}
		},
	}
}

// ShowSame matches a row that has the same value in a field as another row: phone, name, last_message, last_message_type or created_at.
func ShowSame(field string, as *exchange.Row) types.GomegaMatcher {
	return &matcher[*exchange.Row]{
		what:  "a row",
		holds: func(r *exchange.Row) bool { return r.Field(field) == as.Field(field) },
		explain: func(r *exchange.Row) judge.Finding {
			return judge.Finding{Text: "the row has another " + field, Expected: as.Field(field), Actual: r.Field(field), Pointer: r.Pointer + "/" + field}
		},
	}
}

// rowWhere is the first row that fits, nil if there is none.
func rowWhere(v *exchange.List, fits func(*exchange.Row) bool) *exchange.Row {
	for i := range v.Rows {
		if fits(&v.Rows[i]) {
			return &v.Rows[i]
		}
	}
	return nil
}
