package specs

import (
	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

func templateRecords() collection {
	return collection{noun: "template", listOperation: document.ListTemplates, readOperation: document.GetTemplate, searched: []string{"name"}, shown: []string{"name"}, alike: []string{"language", "status", "category"}}
}

func templates() Specs {
	c := templateRecords()
	return Describe("templates", Capability(document.CapabilityTemplates),
		Describe("the list", Operation(document.ListTemplates),
			It("shows each template on one page", Requirement("TEMPLATES-PAGES"), c.showsEachOnce),
			It("finds only templates whose name contains the search term", Requirement("TEMPLATES-SEARCH"), c.findsOnly),
			It("finds a template by a part of its name", Requirement("TEMPLATES-SEARCH"), c.findsBy("name"), Suffix(".name")),
			It("finds a template by its name in upper and lower case", Requirement("TEMPLATES-SEARCH"), c.findsInAnyCase("name"), Suffix(".case")),
			It("searches for % and _ as ordinary characters", Requirement("TEMPLATES-SEARCH"), c.searchesLiterally, Suffix(".literal")),
			It("applies a search on every page", Requirement("TEMPLATES-PAGES"), c.filtersEachPage, Suffix(".filtered")),
			It("describes the page in meta", Requirement("TEMPLATES-META"), c.describesPages),
			It("counts the rows that a search finds in meta", Requirement("TEMPLATES-META"), c.countsFiltered, Suffix(".filtered")),
		),
		Describe("one template", Operation(document.GetTemplate),
			It("shows a template as it is listed", Requirement("TEMPLATE-AGREES"), c.agreesWithList),
			It("answers an unknown template with 404", Requirement("TEMPLATE-UNKNOWN-ID"), c.readOfUnknownIs404),
		),
	)
}

// templates reads a page of the list.
func (t *T) templates(pairs ...exchange.Pair) (*exchange.Exchange, error) {
	op, err := t.operation(document.ListTemplates)
	if err != nil {
		return nil, err
	}
	return t.AskValid(t.To(op, 0, pairs...))
}

// allTemplates reads the list; it is an error if it has no template.
func (t *T) allTemplates() (*exchange.Exchange, error) {
	e, err := t.templates()
	if err == nil && len(e.Items()) == 0 {
		err = run.Lacks("a template")
	}
	return e, err
}

// someTemplates is an earlier answer of the list in this run, or a new one. It is for a case that is not about the list.
func (t *T) someTemplates() (*exchange.Exchange, error) {
	if t.Workspace != nil {
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
