package fake_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/fake"
)

func TestPlaceholdersBecomeTheSameWordsForTheSameKey(t *testing.T) {
	t.Parallel()
	ts := tables()
	const text = "{customer}: {order} and {order} on {day} at {place}, ref ##-#{nothing}"
	first := ts.Fill(text, fake.English, 1, "Omar Alharbi")
	if first != ts.Fill(text, fake.English, 1, "Omar Alharbi") {
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
		different[ts.Fill(text, fake.Arabic, key, "نورة الحربي")] = true
	}
	if len(different) < 45 {
		t.Errorf("50 keys give %d texts", len(different))
	}
}

func TestATextWithoutPlaceholdersStaysAsItIs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "مرحبا 👋", "a } b", "open { without end"} {
		want, _, _ := strings.Cut(text, "{")
		if got := tables().Fill(text, fake.English, 1, ""); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestDigitsNeverBeginWithZero(t *testing.T) {
	t.Parallel()
	for key := range uint64(300) {
		text := tables().Fill("####/##", fake.English, key, "")
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
		names, closed := fake.Placeholders(text)
		if !slices.Equal(names, want.names) || closed != want.closed {
			t.Errorf("%q: %v, %t", text, names, closed)
		}
	}
}

func TestEveryNameOfAGroupIsDrawnAndNoOther(t *testing.T) {
	t.Parallel()
	people := tables().People[fake.English]
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
	d.Lines = append(slices.Clone(d.Lines), fake.Line{From: fake.Bot, Type: "text"})
	if !d.Bot() {
		t.Error("the last line is the bot's")
	}
}

func TestKeysThatDifferAnywhereGiveDifferentSources(t *testing.T) {
	t.Parallel()
	seen := map[[2]uint64]fake.Key{}
	for seed := range uint64(4) {
		for _, workspace := range []string{"", "a", "b"} {
			for _, kind := range []string{"", "a", "b"} {
				for id := range int64(4) {
					for _, property := range []string{"", "a", "b"} {
						k := fake.Key{Seed: seed, Workspace: workspace, Kind: kind, ID: id, Property: property}
						hi, lo := k.Source()
						if other, taken := seen[[2]uint64{hi, lo}]; taken {
							t.Fatalf("%+v and %+v", k, other)
						}
						seen[[2]uint64{hi, lo}] = k
					}
				}
			}
		}
	}
}

func BenchmarkValueOfAnObject(b *testing.B) {
	s := schema(b, `{type: object, properties: {n: {type: integer}, t: {type: string, format: date-time}, w: {type: string, x-mock-value: sentence}}}`)
	ts := tables()
	for id := int64(0); b.Loop(); id++ {
		if _, err := ts.Value(s, key(id)); err != nil {
			b.Fatal(err)
		}
	}
}
