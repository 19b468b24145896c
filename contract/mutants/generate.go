package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A generated mutant is the mock with one change of its document: one keyword of one operation is dropped, a little wider or a little narrower.
// What the mock does without asking its document is changed in its answers instead.
type generated struct {
	operation documentOperation
	place     string // in the operation, such as "body.buttons[].title"
	keyword   string
	change    string     // what became of the keyword
	schema    *yaml.Node // what has the keyword, as it is in the document
	changed   *yaml.Node // and as it is in the mutant
	node      *yaml.Node // the operation in the mutant; nil: as it is
	faulty    change     // nil: the document alone is changed
	breaks    string     // the requirement whose cases are tried; "": those about parameters, bodies and answers
}

func (g generated) name() string {
	return fmt.Sprintf("%s %s: %s %s", g.operation.id, g.place, g.keyword, g.change)
}

// large reports whether the mutant is killed with large files only.
func (g generated) large() bool {
	if g.keyword != "maxBytes" {
		return false
	}
	n, err := strconv.Atoi(child(g.schema, "maxBytes").Value)
	return err != nil || n > largest
}

// generator collects the mutants of an operation. Parameters, body and success are copies without references, so that a change of one operation
// leaves the others as they are.
type generator struct {
	operation documentOperation
	copied    *yaml.Node // of the operation
	large     bool       // sizes of files beyond largest are changed too
	out       []generated
}

// largest is the size of a file, in bytes, from which on the suite tries it with --large only.
const largest = 10 << 20

// generate makes the mutants of all operations, in the order of the file; large ones need uploads of up to 100 MB.
func (d *document) generate(large bool) []generated {
	var out []generated
	for _, op := range d.operations {
		g := &generator{operation: op, copied: op.node, large: large}
		for _, name := range []string{"parameters", "requestBody"} {
			if part := child(op.node, name); part != nil {
				g.copied = with(g.copied, name, d.resolved(part))
			}
		}
		responses := child(op.node, "responses")
		for status, response := range entries(responses) {
			if strings.HasPrefix(status, "2") {
				g.copied = with(g.copied, "responses", with(responses, status, d.resolved(response)))
			}
		}
		g.parameters()
		g.body()
		g.responses()
		g.limit()
		g.rateHeaders()
		g.signing()
		g.tenants()
		g.malformed()
		g.methods()
		out = append(out, g.out...)
	}
	return out
}

func (g *generator) add(place, keyword, change string, instead, node *yaml.Node) {
	g.out = append(g.out, generated{operation: g.operation, place: place, keyword: keyword, change: change, schema: instead, changed: node, node: replaced(g.copied, instead, node)})
}

func (g *generator) limit() {
	if limit := child(g.copied, "x-rate-limit"); limit != nil {
		g.add("x-rate-limit", "limit", "dropped", g.copied, with(g.copied, "x-rate-limit", nil))
		g.numbers("x-rate-limit", limit, "limit", "window")
	}
}

func (g *generator) parameters() {
	parameters := child(g.copied, "parameters")
	if parameters == nil {
		return
	}
	for _, p := range parameters.Content {
		place := child(p, "in").Value + " " + child(p, "name").Value
		if required := child(p, "required"); child(p, "in").Value != "path" {
			if required != nil {
				g.add(place, "required", "dropped", p, with(p, "required", nil))
			} else {
				g.add(place, "required", "added", p, with(p, "required", scalar(true)))
			}
			if child(p, "allowEmptyValue") != nil {
				g.add(place, "allowEmptyValue", "dropped", p, with(p, "allowEmptyValue", nil))
			}
		}
		g.schema(place, child(p, "schema"))
		if kind := child(child(p, "schema"), "type"); child(p, "in").Value == "query" && child(p, "required") == nil && kind != nil && kind.Value == "integer" {
			g.misread(place, child(p, "name").Value, child(p, "schema"))
		}
	}
}

func (g *generator) body() {
	body := child(g.copied, "requestBody")
	if body == nil {
		return
	}
	g.add("body", "required", "dropped", body, with(body, "required", nil))
	content := child(body, "content")
	for media, each := range entries(content) {
		if media == urlEncoded { // the suite sends none: the vendor has no such form
			continue
		}
		place := "body"
		if media != "application/json" {
			place = "form"
		}
		if len(content.Content) > 2 {
			g.add(place, "content", "without "+media, content, with(content, media, nil))
		}
		g.schema(place, child(each, "schema"))
	}
}

// schema makes the mutants of a schema and of what is in it.
func (g *generator) schema(place string, schema *yaml.Node) {
	if schema == nil {
		return
	}
	if kind := child(schema, "type"); kind != nil {
		g.add(place, "type", "dropped", schema, with(schema, "type", nil))
		if child(schema, "nullable") == nil && !strings.HasPrefix(place, "query ") && !strings.HasPrefix(place, "path ") && !strings.HasPrefix(place, "header ") && !strings.HasPrefix(place, "form") {
			g.add(place, "nullable", "added", schema, with(schema, "nullable", scalar(true)))
		}
		if kind.Value == "string" && child(schema, "format") == nil && child(schema, "enum") == nil && child(schema, "pattern") == nil && child(schema, "minLength") == nil && !strings.HasPrefix(place, "query ") {
			g.add(place, "minLength", "of 1 added", schema, with(schema, "minLength", scalar(1)))
		}
	}
	if child(schema, "format") != nil {
		g.add(place, "format", "dropped", schema, with(schema, "format", nil))
	}
	g.numbers(place, schema, "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum")
	for _, bound := range []string{"Minimum", "Maximum"} {
		if child(schema, strings.ToLower(bound)) != nil {
			g.add(place, "exclusive"+bound, "added", schema, with(schema, "exclusive"+bound, scalar(true)))
		}
	}
	g.pattern(place, schema)
	g.words(place, schema)
	g.names(place, schema)
	g.extensions(place, schema)
	for name, property := range entries(child(schema, "properties")) {
		g.schema(place+"."+name, property)
	}
	g.schema(place+"[]", child(schema, "items"))
	if choices := child(schema, "oneOf"); choices != nil {
		for i, each := range choices.Content {
			g.schema(fmt.Sprintf("%s|%d", place, i), each)
		}
	}
}

// numbers drops, raises and lowers keywords whose value is a number.
func (g *generator) numbers(place string, schema *yaml.Node, keywords ...string) {
	for _, keyword := range keywords {
		value := child(schema, keyword)
		if value == nil {
			continue
		}
		n, err := strconv.Atoi(value.Value)
		if err != nil || keyword == "maxBytes" && n > largest && !g.large {
			continue
		}
		if keyword != "limit" && keyword != "window" {
			g.add(place, keyword, "dropped", schema, with(schema, keyword, nil))
		}
		g.add(place, keyword, fmt.Sprintf("%d instead of %d", n+1, n), schema, with(schema, keyword, scalar(n+1)))
		if n > 0 || strings.HasPrefix(keyword, "m") && strings.HasSuffix(keyword, "imum") {
			g.add(place, keyword, fmt.Sprintf("%d instead of %d", n-1, n), schema, with(schema, keyword, scalar(n-1)))
		}
	}
}

var repetition = regexp.MustCompile(`\{(\d+),(\d+)\}`)

// pattern drops a pattern and its anchors, and makes its repetitions and sets a little wider and narrower.
func (g *generator) pattern(place string, schema *yaml.Node) {
	node := child(schema, "pattern")
	if node == nil {
		return
	}
	old := node.Value
	g.add(place, "pattern", "dropped", schema, with(schema, "pattern", nil))
	became := func(text string) {
		if text != old {
			g.add(place, "pattern", text, schema, with(schema, "pattern", scalar(text)))
		}
	}
	became(strings.TrimPrefix(old, "^"))
	became(strings.TrimSuffix(old, "$"))
	became(strings.Replace(old, "^[", "^[+]?[", 1))
	became(strings.Replace(old, "[1-9]", "[0-9]", 1))
	became(strings.Replace(old, "[1-9]", "[2-9]", 1))
	became(strings.Replace(old, "[0-9]", "[0-9 ]", 1))
	became(strings.Replace(old, "https", "https?", 1))
	if m := repetition.FindStringSubmatch(old); m != nil {
		least, _ := strconv.Atoi(m[1])
		most, _ := strconv.Atoi(m[2])
		for _, bounds := range []string{fmt.Sprintf("{%d,%d}", least, most+1), fmt.Sprintf("{%d,%d}", least, most-1), fmt.Sprintf("{%d,%d}", least+1, most)} {
			became(strings.Replace(old, m[0], bounds, 1))
		}
	}
}

// words drops an enum and each of its words, and takes words in another case.
func (g *generator) words(place string, schema *yaml.Node) {
	words := child(schema, "enum")
	if words == nil {
		return
	}
	g.add(place, "enum", "dropped", schema, with(schema, "enum", nil))
	for i, word := range words.Content {
		if len(words.Content) > 1 {
			g.add(place, "enum", "without "+word.Value, schema, with(schema, "enum", list(slices.Delete(slices.Clone(words.Content), i, i+1)...)))
		} else {
			g.add(place, "enum", "of another word", schema, with(schema, "enum", list(scalar(word.Value+"0"))))
		}
		other := strings.ToUpper(word.Value)
		if other == word.Value {
			other = strings.ToLower(word.Value)
		}
		if other != word.Value { // numbers have no case
			g.add(place, "enum", "with "+other, schema, with(schema, "enum", list(append(slices.Clone(words.Content), scalar(other))...)))
		}
	}
}

// names drops each required name, and requires what is not.
func (g *generator) names(place string, schema *yaml.Node) {
	required := child(schema, "required")
	if required == nil || required.Kind != yaml.SequenceNode {
		return
	}
	for _, name := range required.Content {
		g.add(place, "required", "without "+name.Value, schema, with(schema, "required", withoutElement(required, name.Value)))
	}
	for name := range entries(child(schema, "properties")) {
		if !hasElement(required, name) {
			g.add(place, "required", "with "+name, schema, with(schema, "required", list(append(slices.Clone(required.Content), scalar(name))...)))
		}
	}
}

func hasElement(node *yaml.Node, value string) bool {
	return slices.ContainsFunc(node.Content, func(e *yaml.Node) bool { return e.Value == value })
}

func withoutElement(node *yaml.Node, value string) *yaml.Node {
	kept := slices.DeleteFunc(slices.Clone(node.Content), func(e *yaml.Node) bool { return e.Value == value })
	if len(kept) == 0 {
		return nil
	}
	return list(kept...)
}

// extensions changes x-unique, x-file-rules and x-content-schema.
func (g *generator) extensions(place string, schema *yaml.Node) {
	if unique := child(schema, "x-unique"); unique != nil {
		g.add(place, "x-unique", "dropped", schema, with(schema, "x-unique", nil))
		g.add(place, "x-unique", "of another property", schema, with(schema, "x-unique", scalar(strings.Replace(unique.Value, "id", "title", 1))))
	}
	if content := child(schema, "x-content-schema"); content != nil {
		g.add(place, "x-content-schema", "dropped", schema, with(schema, "x-content-schema", nil))
		g.schema(place+" content", content)
	}
	files := child(schema, "x-file-rules")
	if files == nil {
		return
	}
	g.add(place, "x-file-rules", "dropped", schema, with(schema, "x-file-rules", nil))
	if rule := child(files, "rule"); rule != nil {
		g.fileRule(place, rule, nil)
	}
	rules := child(files, "rules")
	for kind, rule := range entries(rules) {
		g.add(place, "x-file-rules", "without "+kind, rules, with(rules, kind, nil))
		g.fileRule(place+" "+kind, rule, rules)
	}
}

// fileRule changes what is said of one kind of file.
func (g *generator) fileRule(place string, rule, all *yaml.Node) {
	if media := child(rule, "mediaTypes"); media != nil {
		g.add(place, "mediaTypes", "dropped", rule, with(rule, "mediaTypes", nil))
		for _, each := range media.Content {
			if kept := withoutElement(media, each.Value); kept != nil {
				g.add(place, "mediaTypes", "without "+each.Value, rule, with(rule, "mediaTypes", kept))
			}
		}
		for kind, other := range entries(all) {
			if first := child(other, "mediaTypes"); first != nil && !hasElement(media, first.Content[0].Value) {
				g.add(place, "mediaTypes", "with that of "+kind, rule, with(rule, "mediaTypes", list(append(slices.Clone(media.Content), first.Content[0])...)))
			}
		}
	}
	g.numbers(place, rule, "maxBytes", "width", "height")
	if caption := child(rule, "caption"); caption != nil {
		g.add(place, "caption", "turned", rule, with(rule, "caption", scalar(caption.Value != "true")))
	}
}
