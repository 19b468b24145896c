package specs

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

func templates() Specs {
	return Describe("templates", Capability(document.CapabilityTemplates),
		It("the pages together have each template once", Requirement("TEMPLATES-PAGES"), asked(checkTemplatePages), Operation(document.ListTemplates)),
		It("a search keeps the templates whose name contains the term", Requirement("TEMPLATES-SEARCH"), asked(checkTemplateSearch), Operation(document.ListTemplates)),
		It("meta describes the page", Requirement("TEMPLATES-META"), asked(checkTemplateMeta), Operation(document.ListTemplates)),
		It("a listed template can be read", Requirement("TEMPLATE-AGREES"), asked(checkTemplateAgrees), Operation(document.GetTemplate)),
		It("an unknown template is answered with 404", Requirement("TEMPLATE-UNKNOWN-ID"), asked(checkUnknownTemplate), Operation(document.GetTemplate)),
	)
}

// templates asks for a page; the error says what the target's data lacks.
func (t *T) templates(pairs ...exchange.Pair) (*exchange.Exchange, error) {
	op, err := t.operation(document.ListTemplates)
	if err != nil {
		return nil, err
	}
	return t.AskValid(t.To(op, 0, pairs...))
}

// allTemplates are as many as one answer has; there is at least one.
func (t *T) allTemplates() (*exchange.Exchange, error) {
	e, err := t.templates()
	if err == nil && len(e.Items()) == 0 {
		err = run.Lacks("a template")
	}
	return e, err
}

// someTemplates are those of an answer that this run had before, or of a new one: for a case that is about something else.
func (t *T) someTemplates() (*exchange.Exchange, error) {
	if t.Own != nil {
		return t.allTemplates()
	}
	if e, ok := t.TemplatesSeen.Load().(*exchange.Exchange); ok {
		return e, nil
	}
	e, err := t.allTemplates()
	if err == nil {
		t.TemplatesSeen.Store(e)
	}
	return e, err
}

func meta(e *exchange.Exchange, name string) int64 {
	fields, _ := e.Object()["meta"].(map[string]any)
	if n := exchange.Number(fields[name]); n != nil {
		return *n
	}
	return -1
}

const mostPages = 10

func checkTemplatePages(t *T) error {
	whole, err := t.allTemplates()
	if err != nil {
		return err
	}
	limit := (len(whole.Items()) + 2) / 3
	seen := map[int64]string{}
	var last *exchange.Exchange
	for page := 1; page <= mostPages && (page-1)*limit < len(whole.Items()); page++ {
		if last, err = t.templates(exchange.Param("page", strconv.Itoa(page)), exchange.Param("limit", strconv.Itoa(limit))); err != nil {
			return err
		}
		if n := len(last.Items()); n > limit {
			t.Fail(judge.Finding{Text: "a page has more rows than the limit", Expected: fmt.Sprintf("at most %d", limit), Actual: strconv.Itoa(n), Pointer: "/data"}, last)
		}
		for _, row := range last.Items() {
			id := exchange.Number(row.Fields["id"])
			if id == nil {
				continue
			}
			if where, twice := seen[*id]; twice {
				t.Fail(judge.Finding{Text: fmt.Sprintf("template %d stands on two pages, or twice on one", *id), Expected: "each template once", Actual: where + " and page " + strconv.Itoa(page), Pointer: row.Pointer}, last)
			}
			seen[*id] = "page " + strconv.Itoa(page)
		}
	}
	for _, row := range whole.Items() {
		if id := exchange.Number(row.Fields["id"]); id != nil && seen[*id] == "" {
			t.Fail(judge.Finding{Text: fmt.Sprintf("template %d is on no page", *id), Expected: "each template once", Actual: "none", Pointer: row.Pointer}, whole, last)
		}
	}
	return nil
}

func checkTemplateSearch(t *T) error {
	whole, err := t.allTemplates()
	if err != nil {
		return err
	}
	judged := false
	for _, row := range whole.Items()[:min(3, len(whole.Items()))] {
		name := row.Text("name")
		if len(name) < 4 {
			continue
		}
		judged = true
		for _, term := range []string{name, name[1 : len(name)-1]} {
			found, err := t.templates(exchange.Param("searchTerm", term))
			if err != nil {
				return err
			}
			t.judgeTemplates(found, term, exchange.Number(row.Fields["id"]))
		}
	}
	nowhere, err := t.templates(exchange.Param("searchTerm", fmt.Sprintf("zq%d", t.Rand.Int64N(1e12))))
	if err != nil {
		return err
	}
	t.judgeTemplates(nowhere, "", nil)
	if !judged {
		return run.Lacks("a template whose name has four characters")
	}
	return nil
}

// judgeTemplates wants the rows that contain the term, the one with the id among them; with no term, none.
func (t *T) judgeTemplates(e *exchange.Exchange, term string, want *int64) {
	found := want == nil
	for _, row := range e.Items() {
		if id := exchange.Number(row.Fields["id"]); id != nil && want != nil && *id == *want {
			found = true
		}
		if term == "" || !strings.Contains(strings.ToLower(row.Text("name")), strings.ToLower(term)) {
			t.Fail(judge.Finding{Text: "a template was found whose name does not contain the term", Expected: "names that contain it", Actual: row.Text("name"), Pointer: row.Pointer + "/name"}, e)
		}
	}
	if !found && meta(e, "total") <= int64(len(e.Items())) {
		t.Fail(judge.Finding{Text: fmt.Sprintf("template %d was not found by a part of its name", *want), Expected: "a row with the id", Actual: fmt.Sprintf("%d other rows", len(e.Items())), Pointer: "/data"}, e)
	}
}

func checkTemplateMeta(t *T) error {
	whole, err := t.allTemplates()
	if err != nil {
		return err
	}
	page, err := t.templates(exchange.Param("page", "2"), exchange.Param("limit", "2"))
	if err != nil {
		return err
	}
	total := max(meta(whole, "total"), int64(len(whole.Items())))
	none, err := t.templates(exchange.Param("searchTerm", fmt.Sprintf("zq%d", t.Rand.Int64N(1e12))))
	if err != nil {
		return err
	}
	for _, wanted := range []struct {
		e     *exchange.Exchange
		name  string
		value int64
	}{
		{whole, "current_page", 1},
		{page, "current_page", 2},
		{page, "per_page", 2},
		{page, "total", total},
		{page, "last_page", max(1, (total+1)/2)},
		{none, "total", 0},
		{none, "last_page", 1},
	} {
		if got := meta(wanted.e, wanted.name); got != wanted.value {
			t.Fail(judge.Finding{Text: "meta." + wanted.name + " does not describe the page", Expected: strconv.FormatInt(wanted.value, 10), Actual: strconv.FormatInt(got, 10), Pointer: "/meta/" + wanted.name}, wanted.e)
		}
	}
	return nil
}

func checkTemplateAgrees(t *T) error {
	op, err := t.operation(document.GetTemplate)
	if err != nil {
		return err
	}
	whole, err := t.allTemplates()
	if err != nil {
		return err
	}
	for _, row := range whole.Items()[:min(5, len(whole.Items()))] {
		id := exchange.Number(row.Fields["id"])
		if id == nil {
			continue
		}
		e, err := t.Ask(t.To(op, *id))
		if err != nil {
			return err
		}
		data, _ := e.Object()["data"].(map[string]any)
		if e.Status != http.StatusOK {
			t.Fail(judge.Finding{Text: fmt.Sprintf("the listed template %d cannot be read", *id), Expected: "200 OK", Actual: e.Result()}, whole, e)
		} else if data["name"] != row.Fields["name"] || exchange.Number(data["id"]) == nil || *exchange.Number(data["id"]) != *id {
			t.Fail(judge.Finding{Text: fmt.Sprintf("template %d is another one at its own address", *id), Expected: row.Text("name"), Actual: printable.Brief(data["name"]), Pointer: "/data/name"}, whole, e)
		}
	}
	return nil
}

func checkUnknownTemplate(t *T) error {
	op, err := t.operation(document.GetTemplate)
	if err != nil {
		return err
	}
	whole, err := t.templates()
	if err != nil {
		return err
	}
	highest := int64(0)
	for _, row := range whole.Items() {
		if id := exchange.Number(row.Fields["id"]); id != nil && *id < 1<<52 {
			highest = max(highest, *id)
		}
	}
	e, err := t.Ask(t.To(op, highest+1_000_003+t.Rand.Int64N(1_000_000)).Free())
	if err != nil {
		return err
	}
	t.want(e, "a template that does not exist was not answered with 404", "", http.StatusNotFound)
	return nil
}
