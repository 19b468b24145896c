package suite

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

const (
	opTemplates = "listTemplates"
	opTemplate  = "getTemplate"
)

func templateChecks() []*check {
	of := func(operation, id, title string, run func(*probe) error) *check {
		return &check{id: id, requirement: id, title: title, operation: operation, run: run}
	}
	return []*check{
		of(opTemplates, "TEMPLATES-PAGES", "the pages together have each template once", checkTemplatePages),
		of(opTemplates, "TEMPLATES-SEARCH", "a search keeps the templates whose name contains the term", checkTemplateSearch),
		of(opTemplates, "TEMPLATES-META", "meta describes the page", checkTemplateMeta),
		of(opTemplate, "TEMPLATE-AGREES", "a listed template can be read", checkTemplateAgrees),
		of(opTemplate, "TEMPLATE-UNKNOWN-ID", "an unknown template is answered with 404", checkUnknownTemplate),
	}
}

// templates asks for a page; the error says what the target's data lacks.
func (p *probe) templates(pairs ...pair) (*exchange, error) {
	op, err := p.operation(opTemplates)
	if err != nil {
		return nil, err
	}
	return p.askValid(p.to(op, 0, pairs...))
}

// allTemplates are as many as one answer has; there is at least one.
func (p *probe) allTemplates() (*exchange, error) {
	e, err := p.templates()
	if err == nil && len(e.items()) == 0 {
		err = lacks("a template")
	}
	return e, err
}

func meta(e *exchange, name string) int64 {
	fields, _ := e.object()["meta"].(map[string]any)
	if n := number(fields[name]); n != nil {
		return *n
	}
	return -1
}

const mostPages = 10

func checkTemplatePages(p *probe) error {
	whole, err := p.allTemplates()
	if err != nil {
		return err
	}
	limit := (len(whole.items()) + 2) / 3
	seen := map[int64]string{}
	var last *exchange
	for page := 1; page <= mostPages && (page-1)*limit < len(whole.items()); page++ {
		if last, err = p.templates(pair{"page", strconv.Itoa(page)}, pair{"limit", strconv.Itoa(limit)}); err != nil {
			return err
		}
		if n := len(last.items()); n > limit {
			p.fail(Finding{Text: "a page has more rows than the limit", Expected: fmt.Sprintf("at most %d", limit), Actual: strconv.Itoa(n), Pointer: "/data"}, last)
		}
		for _, row := range last.items() {
			id := number(row.fields["id"])
			if id == nil {
				continue
			}
			if where, twice := seen[*id]; twice {
				p.fail(Finding{Text: fmt.Sprintf("template %d stands on two pages, or twice on one", *id), Expected: "each template once", Actual: where + " and page " + strconv.Itoa(page), Pointer: row.pointer}, last)
			}
			seen[*id] = "page " + strconv.Itoa(page)
		}
	}
	for _, row := range whole.items() {
		if id := number(row.fields["id"]); id != nil && seen[*id] == "" {
			p.fail(Finding{Text: fmt.Sprintf("template %d is on no page", *id), Expected: "each template once", Actual: "none", Pointer: row.pointer}, whole, last)
		}
	}
	return nil
}

func checkTemplateSearch(p *probe) error {
	whole, err := p.allTemplates()
	if err != nil {
		return err
	}
	judged := false
	for _, row := range whole.items()[:min(3, len(whole.items()))] {
		name := row.text("name")
		if len(name) < 4 {
			continue
		}
		judged = true
		for _, term := range []string{name, name[1 : len(name)-1]} {
			found, err := p.templates(pair{"searchTerm", term})
			if err != nil {
				return err
			}
			p.judgeTemplates(found, term, number(row.fields["id"]))
		}
	}
	nowhere, err := p.templates(pair{"searchTerm", fmt.Sprintf("zq%d", p.rand.Int64N(1e12))})
	if err != nil {
		return err
	}
	p.judgeTemplates(nowhere, "", nil)
	if !judged {
		return lacks("a template whose name has four characters")
	}
	return nil
}

// judgeTemplates wants the rows that contain the term, the one with the id among them; with no term, none.
func (p *probe) judgeTemplates(e *exchange, term string, want *int64) {
	found := want == nil
	for _, row := range e.items() {
		if id := number(row.fields["id"]); id != nil && want != nil && *id == *want {
			found = true
		}
		if term == "" || !strings.Contains(strings.ToLower(row.text("name")), strings.ToLower(term)) {
			p.fail(Finding{Text: "a template was found whose name does not contain the term", Expected: "names that contain it", Actual: row.text("name"), Pointer: row.pointer + "/name"}, e)
		}
	}
	if !found && meta(e, "total") <= int64(len(e.items())) {
		p.fail(Finding{Text: fmt.Sprintf("template %d was not found by a part of its name", *want), Expected: "a row with the id", Actual: fmt.Sprintf("%d other rows", len(e.items())), Pointer: "/data"}, e)
	}
}

func checkTemplateMeta(p *probe) error {
	whole, err := p.allTemplates()
	if err != nil {
		return err
	}
	page, err := p.templates(pair{"page", "2"}, pair{"limit", "2"})
	if err != nil {
		return err
	}
	total := max(meta(whole, "total"), int64(len(whole.items())))
	none, err := p.templates(pair{"searchTerm", fmt.Sprintf("zq%d", p.rand.Int64N(1e12))})
	if err != nil {
		return err
	}
	for _, wanted := range []struct {
		e     *exchange
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
			p.fail(Finding{Text: "meta." + wanted.name + " does not describe the page", Expected: strconv.FormatInt(wanted.value, 10), Actual: strconv.FormatInt(got, 10), Pointer: "/meta/" + wanted.name}, wanted.e)
		}
	}
	return nil
}

func checkTemplateAgrees(p *probe) error {
	op, err := p.operation(opTemplate)
	if err != nil {
		return err
	}
	whole, err := p.allTemplates()
	if err != nil {
		return err
	}
	for _, row := range whole.items()[:min(5, len(whole.items()))] {
		id := number(row.fields["id"])
		if id == nil {
			continue
		}
		e, err := p.ask(p.to(op, *id))
		if err != nil {
			return err
		}
		data, _ := e.object()["data"].(map[string]any)
		if e.status != http.StatusOK {
			p.fail(Finding{Text: fmt.Sprintf("the listed template %d cannot be read", *id), Expected: "200 OK", Actual: e.result()}, whole, e)
		} else if data["name"] != row.fields["name"] || number(data["id"]) == nil || *number(data["id"]) != *id {
			p.fail(Finding{Text: fmt.Sprintf("template %d is another one at its own address", *id), Expected: row.text("name"), Actual: brief(data["name"]), Pointer: "/data/name"}, whole, e)
		}
	}
	return nil
}

func checkUnknownTemplate(p *probe) error {
	op, err := p.operation(opTemplate)
	if err != nil {
		return err
	}
	whole, err := p.templates()
	if err != nil {
		return err
	}
	highest := int64(0)
	for _, row := range whole.items() {
		if id := number(row.fields["id"]); id != nil && *id < 1<<52 {
			highest = max(highest, *id)
		}
	}
	e, err := p.ask(p.to(op, highest+1_000_003+p.rand.Int64N(1_000_000)).free())
	if err != nil {
		return err
	}
	p.want(e, "a template that does not exist was not answered with 404", "", http.StatusNotFound)
	return nil
}
