package printable_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/awalmock/mockserver/internal/printable"
)

func TestWhatCannotBeSeenIsWrittenAsAnEscape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "",
		"أحمد said: hello, 👋🏽 \\n":  "أحمد said: hello, 👋🏽 \\n",
		"\x1b[31mred\x1b[0m":        `\x1b[31mred\x1b[0m`,
		"\x1b]0;title\a":            `\x1b]0;title\x07`,
		"a\r\nb\tc":                 `a\r\nb\tc`,
		"\x00\x7f":                  `\x00\x7f`,
		"\u0085\u009b31m":           `\u0085\u009b31m`,
		"\u202egnp.exe\u202c":       `\u202egnp.exe\u202c`,
		"\u2066x\u2069\u200e\u061c": `\u2066x\u2069\u200e\u061c`,
		"a\u200bb\ufeffc\u00a0d":    `a\u200bb\ufeffc\u00a0d`,
		"\u2028\u2029":              `\u2028\u2029`,
		"\xff\xc3(":                 `\xff\xc3(`,
		"\ufffd":                    "\ufffd",
		"\ufffe\U000e0041":          `\ufffe\U000e0041`,
	} {
		if got := printable.Line(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestATextKeepsItsLinesAndTabsOnly(t *testing.T) {
	t.Parallel()
	if got, want := printable.Text("a\n\tb\r\v\x1b"), "a\n\tb\\r\\x0b\\x1b"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzWhatIsShownCanBeSeen(f *testing.F) {
	f.Add("plain")
	f.Add("\x1b\u202e\xff\u2028é")
	f.Fuzz(func(t *testing.T, text string) {
		shown := printable.Line(text)
		if !utf8.ValidString(shown) || strings.ContainsFunc(shown, func(r rune) bool { return !printable.Is(r) }) {
			t.Fatalf("%q is shown as %q", text, shown)
		}
		if printable.Line(shown) != shown {
			t.Fatalf("%q changes when it is shown again", shown)
		}
	})
}
