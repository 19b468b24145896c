package corpus_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/seed/corpus"
)

// tables are small ones: enough to see which table a word comes from.
func tables() *corpus.Tables {
	return &corpus.Tables{
		People: [2]corpus.People{
			{{Given: []string{"نورة", "فهد"}, Family: []string{"الحربي", "الغامدي", "الشهري"}}},
			{{Given: []string{"Sara", "Omar", "Reem"}, Family: []string{"Alharbi"}}, {Given: []string{"James"}, Family: []string{"Smith", "Hughes"}}},
		},
		Agents: []string{"Huda"},
		Words:  map[string][2][]string{"order": {{"####"}, {"A-####"}}, "day": {{"الأحد", "السبت"}, {"Sunday", "Monday"}}},
		Places: []corpus.Place{{Name: corpus.Text{"الملقا", "Al Malqa"}, Latitude: 24.8, Longitude: 46.6}},
		Dialogues: []corpus.Dialogue{{Lines: []corpus.Line{
			{From: corpus.Customer, Type: "text", Text: corpus.Text{"وين طلبي {order}؟", "Where is my order {order}?"}},
			{From: corpus.Agent, Type: "text", Text: corpus.Text{"يوصلك {day} يا {customer} إلى {place}", "On {day}, {customer}, at {place}"}},
			{From: corpus.Customer, Type: "location"},
		}}},
	}
}

func TestPlaceholdersBecomeTheSameWordsForTheSameKey(t *testing.T) {
	t.Parallel()
	ts := tables()
	const text = "{customer}: {order} and {order} on {day} at {place}, ref ##-#{nothing}"
	first := ts.Fill(text, corpus.English, 1, "Omar Alharbi")
	if first != ts.Fill(text, corpus.English, 1, "Omar Alharbi") {
		t.Error("it differs from call to call")
	}
	if strings.ContainsAny(first, "{}#") || !strings.HasPrefix(first, "Omar: A-") {
		t.Errorf("%q", first)
	}
	orders := strings.Fields(first)
	if orders[1] != orders[3] {
		t.Errorf("the order changes within %q", first)
	}
	different := map[string]bool{}
	for key := range uint64(50) {
		different[ts.Fill(text, corpus.Arabic, key, "نورة الحربي")] = true
	}
	if len(different) < 45 {
		t.Errorf("50 keys give %d texts", len(different))
	}
}

func TestATextWithoutPlaceholdersStaysAsItIs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "مرحبا 👋", "a } b", "open { without end"} {
		want, _, _ := strings.Cut(text, "{")
		if got := tables().Fill(text, corpus.English, 1, ""); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestDigitsNeverBeginWithZero(t *testing.T) {
	t.Parallel()
	for key := range uint64(300) {
		text := tables().Fill("####/##", corpus.English, key, "")
		if len(text) != 7 || text[0] == '0' || text[5] == '0' || strings.Trim(text, "0123456789/") != "" {
			t.Errorf("%q", text)
		}
	}
}

func TestPlaceholdersAreFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		names  []string
		closed bool
	}{
		"none":      {nil, true},
		"{a} {b}":   {[]string{"a", "b"}, true},
		"{a} {open": {[]string{"a"}, false},
	} {
		names, closed := corpus.Placeholders(text)
		if !slices.Equal(names, want.names) || closed != want.closed {
			t.Errorf("%q: %v, %t", text, names, closed)
		}
	}
}

func TestEveryNameOfAGroupIsDrawnAndNoOther(t *testing.T) {
	t.Parallel()
	people := tables().People[corpus.English]
	seen := map[string]bool{}
	for n := range uint64(1000) {
		slot := people.Draw(n)
		if slot < 0 || slot >= people.Slots() {
			t.Fatalf("slot %d of %d", slot, people.Slots())
		}
		seen[people.Name(slot)] = true
	}
	want := []string{"Sara Alharbi", "Omar Alharbi", "Reem Alharbi", "James Smith", "James Hughes"}
	for _, name := range want {
		if !seen[name] {
			t.Errorf("%s is never drawn", name)
		}
	}
	if len(seen) != len(want) {
		t.Errorf("%v", seen)
	}
}

func TestADialogueWithALineOfTheBotIsTheBots(t *testing.T) {
	t.Parallel()
	d := tables().Dialogues[0]
	if d.Bot() {
		t.Error("no line is the bot's")
	}
	d.Lines = append(slices.Clone(d.Lines), corpus.Line{From: corpus.Bot, Type: "text"})
	if !d.Bot() {
		t.Error("the last line is the bot's")
	}
}
