package seed

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/seed/corpus"
)

const (
	namesFile = "names.yaml"
	textsFile = "texts.yaml"
)

// loadTables reads names.yaml and texts.yaml, each from dir or, where it has none, from fallback.
func loadTables(dir, fallback fs.FS) (*corpus.Tables, error) {
	t := new(corpus.Tables)
	digest := sha256.New()
	for _, file := range [...]struct {
		name string
		read func(*corpus.Tables, value)
	}{{namesFile, readNames}, {textsFile, readTexts}} {
		data, err := fs.ReadFile(dir, file.name)
		if errors.Is(err, fs.ErrNotExist) {
			data, err = fs.ReadFile(fallback, file.name)
		}
		if err != nil {
			return nil, unreadable(file.name, err)
		}
		_, _ = digest.Write(data) // a hash cannot fail
		root, d := decode(file.name, data)
		file.read(t, root)
		if d.err != nil {
			return nil, d.err
		}
	}
	t.Digest = hex.EncodeToString(digest.Sum(nil))
	return t, nil
}

func readNames(t *corpus.Tables, root value) {
	o := root.object("people", "agents")
	people := o.need("people")
	for _, v := range people.list() {
		g := v.object("language", "given", "family")
		l := max(0, slices.Index(languages, g.need("language").word("", languages...)))
		t.People[l] = append(t.People[l], corpus.Group{
			Given: readTextList(g.need("given")), Family: readTextList(g.need("family")),
		})
	}
	for l, language := range languages {
		if len(t.People[l]) == 0 {
			people.fail("must have a group of language %s", language)
		}
	}
	t.Agents = readTextList(o.need("agents"))
}

// languages in the order of corpus.Text.
var languages = []string{"ar", "en"}

func readLanguages(v value) [2][]string {
	o := v.object("ar", "en")
	return [2][]string{readTextList(o.need("ar")), readTextList(o.need("en"))}
}

func readTextList(v value) []string {
	list := v.list()
	if v.present() && len(list) == 0 {
		v.fail("must have at least one element")
	}
	texts := make([]string, len(list))
	for i, element := range list {
		texts[i] = element.text()
	}
	return texts
}

func readTexts(t *corpus.Tables, root value) {
	o := root.object("words", "places", "products", "order_notes", "dialogues", "reminders")
	for _, v := range o.get("products").list() {
		p := v.object("ar", "en", "price")
		t.Products = append(t.Products, corpus.Product{Name: corpus.Text{p.need("ar").text(), p.need("en").text()}, Price: p.need("price").integer(1, 1<<40)})
	}
	for _, v := range o.get("order_notes").list() {
		n := v.object(languages...)
		t.OrderNotes = append(t.OrderNotes, corpus.Text{n.need("ar").text(), n.need("en").text()})
	}
	t.Words = map[string][2][]string{}
	if words := o.get("words"); words.present() && words.object(keysOf(words)...).fields != nil {
		for name, v := range words.pairs() {
			t.Words[name] = readLanguages(v)
		}
	}
	for _, v := range o.get("places").list() {
		p := v.object("ar", "en", "latitude", "longitude")
		t.Places = append(t.Places, corpus.Place{
			Name:      corpus.Text{p.need("ar").text(), p.need("en").text()},
			Latitude:  p.need("latitude").degrees(90),
			Longitude: p.need("longitude").degrees(180),
		})
	}
	for _, v := range o.get("reminders").list() {
		t.Reminders = append(t.Reminders, corpus.Line{Type: "text", Text: readText(t, v.object(languages...))})
	}
	dialogues := o.need("dialogues")
	for _, v := range dialogues.list() {
		t.Dialogues = append(t.Dialogues, readDialogue(t, v))
	}
	for _, bot := range [...]bool{false, true} {
		if !slices.ContainsFunc(t.Dialogues, func(d corpus.Dialogue) bool { return d.Bot() == bot }) {
			dialogues.fail("must have one that a bot leads and one that an agent leads")
		}
	}
}

func keysOf(v value) []string {
	var keys []string
	for i := 0; i < len(v.node.Content); i += 2 {
		keys = append(keys, v.node.Content[i].Value)
	}
	return keys
}

func readDialogue(t *corpus.Tables, v value) corpus.Dialogue {
	o := v.object("topic", "lines")
	o.need("topic").text() // for those who read the file
	var d corpus.Dialogue
	customer, business := false, false
	for _, v := range o.need("lines").list() {
		line := readLine(t, v)
		customer = customer || line.From == corpus.Customer
		business = business || line.From != corpus.Customer
		d.Lines = append(d.Lines, line)
	}
	if !customer || !business {
		o.fail("must have a line of the customer and one of an agent or a bot")
	}
	return d
}

func readLine(t *corpus.Tables, v value) corpus.Line {
	o := v.object("from", "type", "ar", "en")
	roles := []string{"customer", "agent", "bot"}
	line := corpus.Line{
		From: corpus.Role(max(0, slices.Index(roles, o.need("from").word("", roles...)))),
		Type: o.get("type").word("text", messageTypes...),
	}
	if line.Type == "location" {
		for _, key := range languages {
			if o.get(key).present() {
				o.get(key).fail("a location has no text: its content is the coordinates of a place")
			}
		}
		if len(t.Places) == 0 {
			v.fail("a location needs places")
		}
		return line
	}
	line.Text = readText(t, o)
	return line
}

func readText(t *corpus.Tables, o object) corpus.Text {
	var text corpus.Text
	for i, key := range languages {
		text[i] = o.need(key).text()
		checkPlaceholders(t, o.get(key), text[i])
	}
	return text
}

func checkPlaceholders(t *corpus.Tables, v value, text string) {
	names, closed := corpus.Placeholders(text)
	if !closed {
		v.fail("has a { without a }")
	}
	for _, name := range names {
		switch _, known := t.Words[name]; {
		case known || name == corpus.PlaceholderCustomer:
		case name == corpus.PlaceholderPlace && len(t.Places) > 0:
		default:
			v.fail("{%s} has no meaning here: it is not under words", strings.TrimSpace(name))
		}
	}
}
