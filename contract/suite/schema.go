package suite

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// schemaChecks are generated from the contract: they follow an operation's parameters and answers wherever they go, so a new enum word or a
// new operation needs no code here. Their ids are the places they come from, such as listConversations.query.status.enum.
func schemaChecks(doc *contract) []*check {
	var out []*check
	for _, op := range doc.reads() {
		for _, status := range op.statuses() {
			if status == http.StatusOK {
				out = append(out, answerCheck(doc, op, status))
			}
		}
		for _, p := range op.parameters {
			out = append(out, parameterChecks(doc, op, p)...)
		}
	}
	return out
}

func answerCheck(doc *contract, op *operation, status int) *check {
	id := fmt.Sprintf("%s.response.%d", op.id, status)
	requirement := doc.requirementOf(op, id, "DATA-SCHEMA", "Answers fit their schema.", op.responses[status].place)
	return ruleCheckAs(id, rule{
		requirement: requirement, operation: op.id, title: "answers of " + op.id + " have documented statuses and fit their schema",
		needs: fmt.Sprintf("a %d answer of %s", status, op.id), judge: judgeAnswer,
	})
}

func judgeAnswer(j *judge, e *exchange) verdict {
	if e.request.expect == expectNothing {
		return unconcerned()
	}
	if e.request.op.response(e.status) == nil {
		var known []string
		for _, status := range e.request.op.statuses() {
			known = append(known, strconv.Itoa(status))
		}
		return concerned(Finding{Text: "the status is not documented for the operation", Expected: strings.Join(known, ", "), Actual: statusLine(e.status), Contract: Place{Pointer: e.request.op.pointer + "/responses"}})
	}
	if e.status >= 300 || e.content == nil || e.content.value == nil {
		return unconcerned()
	}
	var found []Finding
	for _, v := range j.violations(e) {
		if !isTime(v) && !isFlag(v) {
			found = append(found, v.finding("the answer breaks its schema"))
		}
	}
	return concerned(found...)
}

// parameterChecks are one for each rule that the schema of a parameter has.
func parameterChecks(doc *contract, op *operation, p *parameter) []*check {
	var out []*check
	add := func(keyword, stated, text string, run func(*probe) error) {
		id := fmt.Sprintf("%s.%s.%s.%s", op.id, p.in, p.name, keyword)
		out = append(out, &check{id: id, requirement: doc.requirementOf(op, id, stated, text, p.place), title: text, operation: op.id, run: run})
	}
	switch p.in {
	case "query":
		queryChecks(op, p, add)
	case "path":
		if p.schema.Type.Is("integer") {
			stated := ""
			if op.id == opTalk {
				stated = "MSG-MALFORMED-ID"
			}
			add("type", stated, fmt.Sprintf("%s refuses a %s that is not an integer", op.id, p.name), func(c *probe) error { return c.malformed(op, p) })
		}
	case "header":
		if words := p.enumWords(); len(words) > 0 {
			stated := ""
			if p.name == "X-API-Version" {
				stated = "VERSION-V1"
			}
			add("enum", stated, fmt.Sprintf("%s accepts each word of the header %s", op.id, p.name), func(c *probe) error { return c.headerWords(op, p) })
		}
	}
	return out
}

type addCheck func(keyword, stated, text string, run func(*probe) error)

func queryChecks(op *operation, p *parameter, add addCheck) {
	refused := func(what string, value *string) func(*probe) error {
		return func(c *probe) error { return c.refusesQuery(op, p, what, value) }
	}
	stated := ""
	if p.name == numberParameter {
		stated = "NUMBER-REQUIRED"
	}
	if p.required {
		add("required", stated, fmt.Sprintf("%s refuses a request without %s", op.id, p.name), refused("without "+p.name, nil))
	}
	if p.schema.MinLength > 0 && p.schema.MinLength < 2000 && !p.allowEmpty {
		short := strings.Repeat("x", int(p.schema.MinLength)-1)
		add("minLength", stated, fmt.Sprintf("%s refuses a %s of %d characters", op.id, p.name, len(short)), refused("with too short a "+p.name, &short))
	}
	if p.schema.MaxLength != nil && *p.schema.MaxLength < 8000 { // longer ones are for the head's own limits
		long := strings.Repeat("x", int(*p.schema.MaxLength)+1)
		add("maxLength", "", fmt.Sprintf("%s refuses a %s of %d characters", op.id, p.name, len(long)), refused("with too long a "+p.name, &long))
	}
	if words := p.enumWords(); len(words) > 0 {
		stated := ""
		if op.id == opList && p.name == "status" {
			stated = "LIST-STATUS-WORDS"
		}
		add("enum", stated, fmt.Sprintf("%s accepts each word of %s and refuses any other", op.id, p.name), func(c *probe) error { return c.enum(op, p, words) })
	}
	if p.schema.Type.Is("integer") || p.schema.Type.Is("number") {
		wrong := "abc"
		add("type", "", fmt.Sprintf("%s refuses a %s that is no %s", op.id, p.name, p.schema.Type.Slice()[0]), refused("with letters for "+p.name, &wrong))
		if p.schema.Min != nil {
			under := strconv.FormatFloat(*p.schema.Min-1, 'f', -1, 64)
			add("minimum", "", fmt.Sprintf("%s refuses a %s of %s", op.id, p.name, under), refused("with too small a "+p.name, &under))
		}
		if p.schema.Max != nil {
			over := strconv.FormatFloat(*p.schema.Max+1, 'f', -1, 64)
			add("maximum", "", fmt.Sprintf("%s refuses a %s of %s", op.id, p.name, over), refused("with too large a "+p.name, &over))
		}
	}
}

// subject is an id that the operation's path can be filled with; an operation without one needs none.
func (p *probe) subject(op *operation) (int64, error) {
	if op.pathParameter() == nil {
		return 0, nil
	}
	if op.id == opTalk {
		for _, id := range p.crawled.order {
			if p.crawled.talks[id] != nil {
				return id, nil
			}
		}
		if len(p.crawled.order) > 0 {
			return p.crawled.order[0], nil // listed, though MSG-LISTED has to tell that it cannot be read
		}
		return 0, lacks("a conversation in the list")
	}
	return p.firstOf(op)
}

// firstOf takes an id from the list that stands above the operation's path: /templates for /templates/{id}.
func (p *probe) firstOf(op *operation) (int64, error) {
	above := op.path[:max(0, strings.LastIndex(op.path, "/"))]
	for _, list := range p.contract.reads() {
		if list.path != above {
			continue
		}
		e, err := p.askValid(p.to(list, 0))
		if err != nil {
			return 0, err
		}
		rows, _ := e.object()["data"].([]any)
		for _, item := range rows {
			fields, _ := item.(map[string]any)
			if id := number(fields["id"]); id != nil {
				return *id, nil
			}
		}
	}
	return 0, lacks("an id for %s", op.path)
}

// refusesQuery asks with one parameter left out (value nil) or wrong, and wants 400.
func (p *probe) refusesQuery(op *operation, param *parameter, what string, value *string) error {
	id, err := p.subject(op)
	if err != nil {
		return err
	}
	r := p.to(op, id)
	var pairs []pair
	if param.name != numberParameter && op.parameter("query", numberParameter) != nil {
		pairs = append(pairs, pair{numberParameter, p.target.first.PhoneNumberID})
	}
	how := useMissing
	if value != nil {
		pairs = append(pairs, pair{param.name, *value})
		how = useInvalid
	}
	e, err := p.ask(r.invalid(encodeQuery(pairs...), param.name, how))
	if err != nil {
		return err
	}
	p.want(e, "a request "+what+" was not refused as invalid", param.place, http.StatusBadRequest)
	return nil
}

// enum asks with each word of an enum, and with words that are none.
func (p *probe) enum(op *operation, param *parameter, words []string) error {
	id, err := p.subject(op)
	if err != nil {
		return err
	}
	if op.id == opList && param.name == "status" && p.crawled.problem == nil {
		words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return p.crawled.byStatus[word] != nil }) // asked by the crawl
	}
	for _, word := range words {
		e, err := p.ask(p.to(op, id, pair{param.name, word}))
		if err != nil {
			return err
		}
		p.want(e, fmt.Sprintf("the documented word %q was not accepted", word), param.place, http.StatusOK)
	}
	for _, word := range []string{"nosuchword", param.enumWords()[0] + "x", strings.ToUpper(param.enumWords()[0]) + "-" + strconv.Itoa(p.rand.IntN(1000))} {
		r := p.to(op, id, pair{param.name, word})
		e, err := p.ask(r.invalid(r.query, param.name, useInvalid))
		if err != nil {
			return err
		}
		p.want(e, fmt.Sprintf("the unknown word %q was not refused as invalid", word), param.place, http.StatusBadRequest)
	}
	return nil
}

func (p *probe) headerWords(op *operation, param *parameter) error {
	id, err := p.subject(op)
	if err != nil {
		return err
	}
	for _, word := range param.enumWords() {
		e, err := p.ask(p.to(op, id).withHeader(param.name, word))
		if err != nil {
			return err
		}
		p.want(e, fmt.Sprintf("a request with %s: %s was not answered like one without", param.name, word), param.place, http.StatusOK)
	}
	return nil
}

// malformed asks for ids that are no integers, some of which only begin like one.
func (p *probe) malformed(op *operation, param *parameter) error {
	id, err := p.subject(op)
	if err != nil {
		return err
	}
	number := strconv.FormatInt(id, 10)
	for _, bad := range []string{"abc", number + "abc", number + ".5", number + "%20x", "--" + number} {
		r := p.to(op, id).free()
		r.path = strings.ReplaceAll(op.path, "{"+param.name+"}", bad)
		r.about = map[string]use{param.name: useInvalid}
		e, err := p.ask(r)
		if err != nil {
			return err
		}
		p.want(e, fmt.Sprintf("the id %q, which is no integer, was not refused", bad), param.place, http.StatusBadRequest, http.StatusNotFound)
	}
	return nil
}

// want notes a finding unless the answer has one of the statuses.
func (p *probe) want(e *exchange, text, place string, statuses ...int) {
	p.wantAt(e, "", text, place, statuses...)
}
