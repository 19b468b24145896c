package specs

import (
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// oddName is a name with the characters that servers most often change: combining marks, similar letters, joiners, and characters that forms, HTML and JSON
// escape. It is as long as the contract allows.
func (t *T) oddName(b *document.Body) string {
	const odd = ` a  b+%20 &amp; <i> "'\ e\u0301 ☎️ 👋🏽 می\u200cخواهم أى ﬁ ١٢`
	name := t.uniqueText("Suite") + odd
	if schema := document.Effective(b.Properties()["name"]); schema.MaxLength != nil && *schema.MaxLength < document.LongestText {
		name += strings.Repeat("م", max(0, int(*schema.MaxLength)-len([]rune(name))))
	}
	return name
}

// oddNote is such a text of several lines, for a field without a bound.
func (t *T) oddNote() string {
	return " " + t.uniqueText("Note") + ` a  b+%20 &amp; <i> "'\ ` + "e\u0301 ☎️ 👋🏽 می\u200cخواهم أى ﬁ ١٢\nline two\n" + strings.Repeat("م", 300) + " \n"
}

// oddLine is such a text in one line, with spaces around it.
func (t *T) oddLine(what string) string {
	return " " + t.uniqueText(what) + " mcDONALD شارع 5+6 &amp; <b> e\u0301 👋🏽 "
}

// longName is a name of more than a hundred characters.
func (t *T) longName() string { return t.oddLine("Whole") + strings.Repeat("ابن ", 20) }

// oddAddress is an address of two lines.
func (t *T) oddAddress() string {
	return t.oddLine("Riyadh") + "\n" + strings.Repeat("الرياض ", 12)
}

// showsNamesExactly creates a record with an odd name, and changes it to another odd name: each is shown exactly as it was sent.
func (c collection) showsNamesExactly(t *T) {
	name := t.oddName(t.operationNamed(c.createOperation).Bodies[0])
	id, made := c.create(t, map[string]any{"name": name})
	t.EventuallyAll(func() {
		t.About(made).Check(c.get(t, id)).To(match.ShowValue("/data/name", name), "the name of %s is not the one that was sent", c.nounWithArticle())
	})
	other := t.oddName(t.operationNamed(c.updateOperation).Bodies[0])
	e := t.answer(c.changeRequest(t, id, map[string]any{"name": other}))
	t.Expect(e).To(match.BeAccepted(), "a change of %s was not accepted", c.nounWithArticle())
	t.EventuallyAll(func() {
		t.About(e).Check(c.get(t, id)).To(match.ShowValue("/data/name", other), "the name of %s is not the one that was sent", c.nounWithArticle())
	})
}

// showsCreationTime creates a record: created_at is between the request and the answer.
func (c collection) showsCreationTime(t *T) {
	id, made := c.create(t, nil)
	read := c.readWhenShown(t, id, nil)
	at, err := time.Parse(time.RFC3339, exchange.PlainText(read.At("/data/created_at")))
	if err != nil {
		t.Lacks("created_at of a new %s", c.noun)
	}
	when := spanOf(made)
	if when.isOtherClock(at) {
		t.Skip("the target's clock is more than a day away from its Date header")
	}
	t.About(made, read).Advise(at).To(match.At("/data/created_at", match.BeWithin(when.from, when.to)), "created_at is not the time at which the %s was created", c.noun)
}

// refusedChangesNothing sends a change with a valid and an invalid value: it is refused, and changes nothing.
func (c collection) refusedChangesNothing(property string, wrong any) func(t *T) {
	return func(t *T) {
		id, _ := c.create(t, nil)
		before := c.readWhenShown(t, id, nil)
		refused := t.answer(c.changeRequest(t, id, map[string]any{"name": t.uniqueText("Changed"), property: wrong}).MayBeRefused())
		if t.Check(refused).To(match.BeRefused(), "the %s %v was not refused", property, wrong) {
			t.EventuallyAll(func() { c.expectUnsentUnchanged(t, before, c.mustRead(t, id)) })
		}
	}
}
