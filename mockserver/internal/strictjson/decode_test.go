package strictjson

import (
	"fmt"
	"strings"
	"testing"
)

func TestAFaultIsToldWithItsPathAndRule(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"a":[1,{"b":2}]}`:                    "",
		``:                                     " json must not be empty",
		"\ufeff1":                              " json must not begin with a byte order mark",
		"\"\xff\"":                             " encoding is not valid UTF-8",
		`{"a":`:                                " json is not valid JSON: it ends too early",
		`1 2`:                                  " json has data after the JSON value (byte 3)",
		`{"a":tru}`:                            " json is not valid JSON (byte 9)",
		`{"a":1,"a":2}`:                        "a duplicate must be given only once",
		`{"a":1,"a":2,"a":3}`:                  "a duplicate must be given only once",
		`{"":1,"":2}`:                          " duplicate must be given only once",
		`[{"b":{"c":1,"c":2}}]`:                "[0].b.c duplicate must be given only once",
		`{"x":["\ud800"]}`:                     "x[0] encoding must not contain half of a surrogate pair",
		`{"x":["\uD83D\uDE00","\u00e9\\ud8"]}`: "",
		strings.Repeat("[", 64) + strings.Repeat("]", 64): "",
		strings.Repeat("[", 65) + strings.Repeat("]", 65): " depth must not be nested deeper than 64 levels",
	} {
		d := Decode([]byte(text))
		var faults []string
		for _, f := range d.Faults {
			faults = append(faults, f.Path+" "+f.Rule+" "+f.Text)
		}
		if got := strings.Join(faults, "\n"); got != want {
			t.Errorf("%.40q: got %q, want %q", text, got, want)
		}
		if d.Broken != (d.Value == nil) {
			t.Errorf("%.40q: broken is %v, and the value %v", text, d.Broken, d.Value)
		}
	}
}

func TestNoMoreThanAHundredFaultsAreTold(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 150 {
		fmt.Fprintf(&b, `"k%d":1,"k%d":1,`, i, i)
	}
	if n := len(Decode([]byte("{" + strings.TrimSuffix(b.String(), ",") + "}")).Faults); n != maxFaults {
		t.Errorf("%d faults", n)
	}
}

func TestANumberWithAFractionOrAnExponentIsNoted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{`[1,-20,0]`: false, `[-0]`: true, `-0`: true, `[1.0]`: true, `{"a":1e1}`: true, `["1.5"]`: false} {
		if got := Decode([]byte(text)).Fractions; got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestAReaderReadsAPartAtATime(t *testing.T) {
	t.Parallel()
	r := Over(` [ "a\n" , 12 ,{"k":null}]`)
	if r.Peek() != '[' {
		t.Fatal("the list does not begin")
	}
	r.Skip()
	if r.Peek() != '"' || r.Text() != "a\n" || r.Peek() != ',' {
		t.Fatal("the text is another one")
	}
	r.Skip()
	if r.Peek() != '1' || r.Number() != "12" {
		t.Fatal("the number is another one")
	}
	r.Peek()
	r.Skip()
	if got := fmt.Sprint(r.Value(2)); got != "map[k:<nil>]" || r.Peek() != ']' || !r.OK() || r.TooDeep() {
		t.Errorf("the rest is %s", got)
	}
}
