package specs

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// readCases makes cases from the parameters and the answers of operations that read, so a new enum word or a new operation needs no code here. The id of a
// case is its place in the contract, such as listConversations.query.status.enum.
func readCases(doc *document.Document) []*run.Case {
	var out []*run.Case
	for _, op := range doc.Reads() {
		for _, status := range op.Statuses() {
			if status == http.StatusOK {
				shape := answerCase(doc, op, status)
				shape.Capability = op.Capability
				out = append(out, shape)
			}
		}
		for _, p := range op.Parameters {
			out = append(out, parameterCases(doc, op, p)...)
		}
	}
	return out
}

func answerCase(doc *document.Document, op *document.Operation, status int) *run.Case {
	id := fmt.Sprintf("%s.response.%d", op.ID, status)
	requirement := doc.RequirementFor(op, id, "DATA-SCHEMA", "Answers fit their schema.", op.Responses[status].Place)
	return run.RuleCaseAs(id, judge.Rule{
		Requirement: requirement, Operation: op.ID, Title: "answers of " + op.ID + " have documented statuses and fit their schema",
		Needs: fmt.Sprintf("a %d answer of %s", status, op.ID), Judge: judge.Answer,
	})
}

// parameterCases makes one case for each keyword of the schema of a parameter.
func parameterCases(doc *document.Document, op *document.Operation, p *document.Parameter) []*run.Case {
	var out []*run.Case
	add := func(keyword, stated, text string, check func(*T) error) {
		id := fmt.Sprintf("%s.%s.%s.%s", op.ID, p.In, p.Name, keyword)
		out = append(out, &run.Case{ID: id, Requirement: doc.RequirementFor(op, id, stated, text, p.Place), Title: text, Operation: op.ID, Capability: op.Capability, Way: p.In, Run: asCase(check)})
	}
	switch p.In {
	case "query":
		queryCases(op, p, add)
	case "path":
		if p.Schema.Type.Is("integer") {
			stated := ""
			if op.ID == document.GetConversationMessages {
				stated = "MSG-MALFORMED-ID"
			}
			add("type", stated, fmt.Sprintf("%s refuses a %s that is not an integer", op.ID, p.Name), func(c *T) error { return c.refusesMalformedIDs(op, p) })
		}
	case "header":
		if words := p.EnumWords(); len(words) > 0 {
			stated := ""
			if p.Name == "X-API-Version" {
				stated = "VERSION-V1"
			}
			add("enum", stated, fmt.Sprintf("%s accepts each word of the header %s", op.ID, p.Name), func(c *T) error { return c.headerWords(op, p) })
		}
	}
	return out
}

type addCase func(keyword, stated, text string, run func(*T) error)

func queryCases(op *document.Operation, p *document.Parameter, add addCase) {
	refused := func(what string, value *string, more ...string) func(*T) error {
		return func(c *T) error { return c.refusesQuery(op, p, what, value, more...) }
	}
	stated := ""
	if p.Name == exchange.NumberParameter {
		stated = "NUMBER-REQUIRED"
	}
	if p.Required {
		add("required", stated, fmt.Sprintf("%s refuses a request without %s", op.ID, p.Name), refused("without "+p.Name, nil))
	}
	if p.Schema.MinLength > 0 && p.Schema.MinLength < 2000 && !p.AllowEmpty {
		short := strings.Repeat("x", int(p.Schema.MinLength)-1)
		add("minLength", stated, fmt.Sprintf("%s refuses a %s of %d characters", op.ID, p.Name, len(short)), refused("with too short a "+p.Name, &short))
	}
	if p.Schema.MaxLength != nil && *p.Schema.MaxLength < 8000 { // a longer query may exceed the limit of the request line
		long := strings.Repeat("x", int(*p.Schema.MaxLength)+1)
		add("maxLength", "", fmt.Sprintf("%s refuses a %s of %d characters", op.ID, p.Name, len(long)), refused("with too long a "+p.Name, &long))
	}
	if words := p.EnumWords(); len(words) > 0 {
		stated := ""
		if op.ID == document.ListConversations && p.Name == "status" {
			stated = "LIST-STATUS-WORDS"
		}
		add("enum", stated, fmt.Sprintf("%s accepts each word of %s and refuses any other", op.ID, p.Name), func(c *T) error { return c.acceptsOnlyEnum(op, p, words) })
	}
	addFormat(op, p, add)
	if p.Schema.Type.Is("boolean") {
		wrong := "nosuchword"
		add("type", "", fmt.Sprintf("%s refuses a %s that is no boolean", op.ID, p.Name), refused("with a word for "+p.Name, &wrong, "2"))
	}
	if p.Schema.Type.Is("integer") || p.Schema.Type.Is("number") {
		wrong := "abc"
		add("type", "", fmt.Sprintf("%s refuses a %s that is no %s", op.ID, p.Name, p.Schema.Type.Slice()[0]), refused("with letters for "+p.Name, &wrong, "1abc", "1.5", "0x10", "--1"))
		if p.Schema.Min != nil {
			under, far := decimal(*p.Schema.Min-1), decimal(*p.Schema.Min-1000)
			check := both(takesQuery(op, p, decimal(*p.Schema.Min), decimal(*p.Schema.Min+1)), refused("with too small a "+p.Name, &under, far))
			add("minimum", "", fmt.Sprintf("%s accepts a %s of %s and refuses one of %s", op.ID, p.Name, decimal(*p.Schema.Min), under), check)
		}
		if p.Schema.Max != nil {
			over := decimal(*p.Schema.Max + 1)
			check := both(takesQuery(op, p, decimal(*p.Schema.Max), decimal(*p.Schema.Max-1)), refused("with too large a "+p.Name, &over))
			add("maximum", "", fmt.Sprintf("%s accepts a %s of %s and refuses one of %s", op.ID, p.Name, decimal(*p.Schema.Max), over), check)
		}
	}
}

// addFormat adds a case for values that break the format of a parameter.
func addFormat(op *document.Operation, p *document.Parameter, add addCase) {
	wrong := badFormats(p.Schema)
	if len(wrong) == 0 {
		return
	}
	add("format", "", fmt.Sprintf("%s refuses a %s that is no %s", op.ID, p.Name, p.Schema.Format), func(t *T) error {
		for _, m := range wrong {
			e, err := t.wrongQuery(op, p, &m.value)
			if err != nil {
				return err
			}
			t.wantAt(e, m.level, fmt.Sprintf("a request with the %s %s was not refused as invalid", p.Name, m.value), p.Place, http.StatusBadRequest)
		}
		return nil
	})
}

func decimal(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// both makes one check of two.
func both(one, other func(*T) error) func(*T) error {
	return func(t *T) error {
		if err := one(t); err != nil {
			return err
		}
		return other(t)
	}
}

// takesQuery sends values of a parameter that are just inside its bounds: they are accepted.
func takesQuery(op *document.Operation, param *document.Parameter, values ...string) func(*T) error {
	return func(t *T) error {
		id, err := t.existingID(op)
		if err != nil {
			return err
		}
		for _, value := range values {
			e, err := t.Ask(t.To(op, id, exchange.Param(param.Name, value)))
			if err != nil {
				return err
			}
			t.want(e, fmt.Sprintf("a request with the %s %s was not accepted", param.Name, value), param.Place, http.StatusOK)
		}
		return nil
	}
}

// refusesQuery sends a request without a parameter (value nil) or with a wrong value, and expects 400.
func (t *T) refusesQuery(op *document.Operation, param *document.Parameter, what string, value *string, more ...string) error {
	for i := range more {
		if err := t.refusesQuery(op, param, what, &more[i]); err != nil {
			return err
		}
	}
	e, err := t.wrongQuery(op, param, value)
	if err != nil {
		return err
	}
	t.want(e, "a request "+what+" was not refused as invalid", param.Place, http.StatusBadRequest)
	return nil
}

// wrongQuery sends a request without a parameter (value nil) or with a wrong value.
func (t *T) wrongQuery(op *document.Operation, param *document.Parameter, value *string) (*exchange.Exchange, error) {
	id, err := t.existingID(op)
	if err != nil {
		return nil, err
	}
	r := t.To(op, id)
	var pairs []exchange.Pair
	if param.Name != exchange.NumberParameter && op.Parameter("query", exchange.NumberParameter) != nil {
		pairs = append(pairs, exchange.Param(exchange.NumberParameter, t.Target.First.PhoneNumberID))
	}
	how := exchange.UseMissing
	if value != nil {
		pairs = append(pairs, exchange.Param(param.Name, *value))
		how = exchange.UseInvalid
	}
	return t.Ask(r.Invalid(exchange.EncodeQuery(pairs...), param.Name, how))
}

// acceptsOnlyEnum sends each word of an enum, which is accepted, and other words, which are refused.
func (t *T) acceptsOnlyEnum(op *document.Operation, param *document.Parameter, words []string) error {
	id, err := t.existingID(op)
	if err != nil {
		return err
	}
	if op.ID == document.ListConversations && param.Name == "status" && t.Crawl().Problem == nil {
		words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return t.Crawl().ByStatus[word] != nil }) // the crawl has tried the others
	}
	for _, word := range words {
		e, err := t.Ask(t.To(op, id, exchange.Param(param.Name, word)))
		if err != nil {
			return err
		}
		t.want(e, fmt.Sprintf("the documented word %q was not accepted", word), param.Place, http.StatusOK)
	}
	for _, word := range oddWords(param, t.Rand) {
		r := t.To(op, id, exchange.Param(param.Name, word))
		e, err := t.Ask(r.Invalid(r.Query, param.Name, exchange.UseInvalid))
		if err != nil {
			return err
		}
		t.want(e, fmt.Sprintf("the unknown word %q was not refused as invalid", word), param.Place, http.StatusBadRequest)
	}
	return nil
}

// oddWords are words that an enum does not have: unknown ones, each known one in the other case, and one without its last letter, with one more letter, with a
// capital letter, and together with another word. A server that accepts beginnings of words may need some letters, so a long word is shortened.
func oddWords(param *document.Parameter, random *rand.Rand) []string {
	words := param.EnumWords()
	long := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return len(word) < 4 })
	if len(long) == 0 {
		long = words
	}
	word := long[random.IntN(len(long))]
	out := []string{"nosuchword", word + "x", cutShort(word), strings.ToUpper(word[:1]) + word[1:], word + "," + words[0]}
	for _, each := range words {
		out = append(out, swapCase(each))
	}
	if param.Schema.Type.Is("integer") || param.Schema.Type.Is("number") {
		out = append(out, word+"7")
	}
	return slices.DeleteFunc(out, func(odd string) bool { return slices.Contains(words, odd) })
}

// cutShort is a word without its last letter.
func cutShort(word string) string { return word[:max(1, len(word)-1)] }

func (t *T) headerWords(op *document.Operation, param *document.Parameter) error {
	id, err := t.existingID(op)
	if err != nil {
		return err
	}
	for _, word := range param.EnumWords() {
		e, err := t.Ask(t.To(op, id).WithHeader(param.Name, word))
		if err != nil {
			return err
		}
		t.want(e, fmt.Sprintf("a request with %s: %s was not answered like one without", param.Name, word), param.Place, http.StatusOK)
	}
	return nil
}

// want records a finding unless the answer has one of the statuses.
func (t *T) want(e *exchange.Exchange, text, place string, statuses ...int) {
	t.wantAt(e, "", text, place, statuses...)
}
