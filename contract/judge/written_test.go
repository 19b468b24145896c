package judge

import (
	"encoding/json"
	"testing"
)

func TestAnAnswerShowsWhatWasSentHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		sent, shown any
		want        bool
	}{
		{"the same text", " a\n", " a\n", true},
		{"a text that was trimmed", " a\n", "a", false},
		{"a text in other cases", "Layla", "LAYLA", false},
		{"a mail address in other cases", "Layla@Example.com", "layla@example.com", true},
		{"a file that was copied", "https://example.com/a.png", "https://storage.example.com/1", true},
		{"an id of a form", "12", json.Number("12"), true},
		{"another id", "12", json.Number("13"), false},
		{"nothing", "", nil, true},
		{"something that is lost", "12", nil, false},
		{"nothing that became something", "", json.Number("12"), false},
		{"a flag of a form", "1", true, true},
		{"a flag that is lost", "1", false, false},
		{"a number", json.Number("1.0"), json.Number("1"), true},
		{"an object", map[string]any{}, map[string]any{"a": "b"}, true},
	} {
		if got := shows(test.sent, test.shown); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
