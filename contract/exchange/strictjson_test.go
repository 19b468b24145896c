package exchange

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/awalmock/contract/printable"
)

func TestStrictJSONTellsWhatEncodingJSONLetsPass(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]ProblemKind{
		"\ufeff{}": ProblemSyntax, "{} {}": ProblemSyntax, "{}x": ProblemSyntax, `{"a":1,"a":1}`: ProblemDuplicate, `[{"b":{"a":1,"\u0061":2}}]`: ProblemDuplicate,
		`{"a":"` + "\xe9" + `"}`: ProblemSyntax, `{"a":"\ud83d"}`: ProblemSyntax, `{"a":`: ProblemCut, `{"a":"b`: ProblemCut, `{"a":tru`: ProblemCut, `{"a":"\u00`: ProblemCut,
		`[1,2`: ProblemCut, `{"a":01}`: ProblemSyntax, `{'a':1}`: ProblemSyntax, "{\"a\":\"\n\"}": ProblemSyntax, `[1,]`: ProblemSyntax, `nul`: ProblemCut,
		strings.Repeat("[", 80) + strings.Repeat("]", 80): ProblemSyntax,
	} {
		_, problems, _ := Decode([]byte(body))
		if len(problems) == 0 || problems[len(problems)-1].Kind != want {
			t.Errorf("%q: %+v", printable.Cut(body, 30), problems)
		}
	}
	if _, problems, _ := Decode([]byte(`{"a":{"x/y":[{"k":1,"k":2}]}}`)); problems[0].Pointer != "/a/x~1y/0/k" {
		t.Errorf("pointer %s", problems[0].Pointer)
	}
}

func FuzzStrictJSONReadsWhatEncodingJSONReads(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e+3,"\u00e9\ud83d\ude42",true,null]}`, ` [ ] `, `"x"`, `{"a":{}}`, `0`, `-`, `"\x"`, "[1]]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, problems, _ := Decode([]byte(text))
		var theirs any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		lawful := json.Valid([]byte(text)) && utf8.ValidString(text)
		if len(problems) == 0 && !lawful {
			t.Fatalf("%q was accepted", text)
		}
		if len(problems) > 0 || decoder.Decode(&theirs) != nil {
			return
		}
		mine, err1 := json.Marshal(value)
		other, err2 := json.Marshal(theirs)
		if err1 != nil || err2 != nil || string(mine) != string(other) {
			t.Fatalf("%q: %s and %s", text, mine, other)
		}
	})
}
