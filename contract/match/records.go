package match

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// ItemsHaveTerm matches an exchange in which every element of `data` contains a search term in one of the properties, compared as judge.ContainsTerm does.
func ItemsHaveTerm(term string, properties ...string) types.GomegaMatcher {
	wrong := func(e *exchange.Exchange) *exchange.Item {
		return itemWhere(e, func(item exchange.Item) bool {
			return !slices.ContainsFunc(properties, func(property string) bool {
				text := item.Text(property)
				return judge.ContainsTerm(&exchange.Row{Name: &text, Phone: text}, term)
			})
		})
	}
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return wrong(e) == nil },
		explain: func(e *exchange.Exchange) judge.Finding {
			item := wrong(e)
			var shows []string
			for _, property := range properties {
				shows = append(shows, property+" "+printable.Brief(item.Fields[property]))
			}
			return judge.Finding{Text: "a row lacks the term", Expected: fmt.Sprintf("%s with %s", strings.Join(properties, ", "), term), Actual: strings.Join(shows, ", "), Pointer: item.Pointer}
		},
	}
}

// ItemsShow matches an exchange in which a property of every element of `data` has a value, written as in a query.
func ItemsShow(property, value string) types.GomegaMatcher {
	wrong := func(e *exchange.Exchange) *exchange.Item {
		return itemWhere(e, func(item exchange.Item) bool { return exchange.PlainText(item.Fields[property]) != value })
	}
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return wrong(e) == nil },
		explain: func(e *exchange.Exchange) judge.Finding {
			item := wrong(e)
			return judge.Finding{Text: "a row shows another " + property, Expected: value, Actual: printable.Brief(item.Fields[property]), Pointer: item.Pointer + "/" + property}
		},
	}
}

// ShowValue matches an exchange whose body has a value at a JSON pointer. Null and an absent property are equal, and so are two spellings of one instant.
func ShowValue(pointer string, want any) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			got := e.At(pointer)
			return reflect.DeepEqual(got, want) || exchange.PlainText(want) != "" && exchange.PlainText(got) == exchange.PlainText(want) || oneInstant(got, want)
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the answer has another value", Expected: printable.Brief(want), Actual: printable.Brief(e.At(pointer)), Pointer: pointer}
		},
	}
}

// oneInstant reports whether two values are times of one instant.
func oneInstant(a, b any) bool {
	one, err := exchange.ParseTime(exchange.PlainText(a))
	other, wrong := exchange.ParseTime(exchange.PlainText(b))
	return err == nil && wrong == nil && one.Equal(other)
}

// ContainSame matches an exchange with an element of `data` that has the same values as a record in each of the properties.
func ContainSame(record map[string]any, properties ...string) types.GomegaMatcher {
	find := func(e *exchange.Exchange) *exchange.Item {
		return itemWhere(e, func(item exchange.Item) bool {
			return !slices.ContainsFunc(properties, func(property string) bool {
				return !reflect.DeepEqual(item.Fields[property], record[property])
			})
		})
	}
	row := "a row with the id " + exchange.PlainText(record["id"])
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return find(e) != nil },
		explain: func(e *exchange.Exchange) judge.Finding {
			f := judge.Finding{Text: "the rows", Expected: row, Actual: fmt.Sprintf("%d other rows", len(e.Items())), Pointer: "/data"}
			if item := find(e); item != nil {
				f.Actual, f.Pointer = row, cmp.Or(item.Pointer, f.Pointer)
			}
			return f
		},
	}
}
