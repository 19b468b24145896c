package yamldoc_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/yamldoc"
)

func TestWhatIsNoYAMLIsRefusedWithTheLineToLookAt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"a mapping in braces that is never closed":      {"{", "1: is not valid YAML: did not find expected node content before the end of the file"},
		"one line that is never closed":                 {"a: [1, 2", "1: is not valid YAML: did not find expected ',' or ']' before the end of the file"},
		"the same with a line feed":                     {"a: [1, 2\n", "1: is not valid YAML: did not find expected ',' or ']' before the end of the file"},
		"the same with empty lines behind":              {"x: 1\na: [1,\n\n\n", "2: is not valid YAML: did not find expected node content before the end of the file"},
		"a list closed by nothing, far above":           {"x: 1\na: [1,\n  2\n", "2: is not valid YAML: did not find expected ',' or ']' before the end of the file"},
		"a mapping in braces that runs into a key":      {"a: {b: 1\nc: 2\n", "2: is not valid YAML: did not find expected ',' or '}' (while parsing a flow mapping that begins in line 1)"},
		"a list that runs into a key":                   {"x: 1\nb: [1,\n  2\nc: 3\n", "4: is not valid YAML: did not find expected ',' or ']' (while parsing a flow sequence that begins in line 2)"},
		"a comma too many":                              {"x: 1\nb: {c: 1,, d: 2}\n", "2: is not valid YAML: did not find expected node content"},
		"a bracket too many":                            {"x: 1\na: [1, 2]]\n", "2: is not valid YAML: did not find expected key"},
		"a closing bracket only":                        {"x: 1\n\n\na: ]\n", "4: is not valid YAML: did not find expected node content"},
		"a quote that is never closed":                  {"x: 1\na: \"open\nb: 1\n", "2: is not valid YAML: found unexpected end of stream"},
		"a quote that is never closed in the last line": {"x: 1\na: 'open", "2: is not valid YAML: found unexpected end of stream"},
		"an escape that there is not":                   {"x: 1\na: \"\\q\"\n", "2: is not valid YAML: found unknown escape character"},
		"a tab as indentation":                          {"a:\n\tb: 1\n", "2: is not valid YAML: found character that cannot start any token"},
		"a tab after spaces":                            {"a:\n  b: 1\n\tc: 2\n", "3: is not valid YAML: found a tab character that violates indentation"},
		"a key without a colon":                         {"x: 1\nfoo\nbar: 2\n", "2: is not valid YAML: could not find expected ':'"},
		"a last key without a colon":                    {"x: 1\nfoo", "2: is not valid YAML: could not find expected ':' before the end of the file"},
		"a key that is indented too far":                {"a: 1\n b: 2\n", "2: is not valid YAML: mapping values are not allowed in this context"},
		"a list that is indented too little":            {"a:\n  - 1\n - 2\n", "3: is not valid YAML: did not find expected key"},
		"a list item among keys":                        {"x: 1\n- a\n", "2: is not valid YAML: did not find expected key"},
		"a key among list items":                        {"- a\nb: 1\n", "2: is not valid YAML: did not find expected '-' indicator"},
		"two colons":                                    {"x: 1\na: b: c\n", "2: is not valid YAML: mapping values are not allowed in this context"},
		"an alias of nothing":                           {"x: 1\na: *nope\n", "2: is not valid YAML: unknown anchor 'nope' referenced"},
		"a reserved character":                          {"x: 1\ny: @x\n", "2: is not valid YAML: found character that cannot start any token"},
		"an anchor without a name":                      {"x: 1\na: &\n", "2: is not valid YAML: did not find expected alphabetic or numeric character"},
		"a directive in the middle":                     {"x: 1\n%YAML 1.2\n", "2: is not valid YAML: did not find expected <document end> before directive"},
		"Windows line ends":                             {"x: 1\r\na: [1\r\nb: 2\r\n", "3: is not valid YAML: did not find expected ',' or ']' (while parsing a flow sequence that begins in line 2)"},
		"bytes that are no UTF-8":                       {"x: é\na: \xff\n", "2: is not valid YAML: invalid leading UTF-8 octet (value: 255)"},
		"a control character":                           {"x: 1\na: \x00\n", "2: is not valid YAML: control characters are not allowed (value: 0)"},
		"nothing":                                       {"", "0: the file is empty"},
		"only a comment":                                {"# nothing\n", "0: the file is empty"},
		"two documents":                                 {"a: 1\n---\nb: 1\n", "2: a second document begins here: one file holds one document"},
		"a second document that is broken":              {"a: 1\n---\n[\n", "3: is not valid YAML: did not find expected node content before the end of the file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			node, err := yamldoc.Parse([]byte(c.text))
			var e *yamldoc.Error
			if !errors.As(err, &e) || node != nil {
				t.Fatal(node, err)
			}
			if got := fmt.Sprintf("%d: %s", e.Line, e.Reason); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestOneDocumentIsReadWithItsLines(t *testing.T) {
	t.Parallel()
	node, err := yamldoc.Parse([]byte("---\n# first\na: 1\nb: [2]\n...\n"))
	if err != nil || len(node.Content) != 4 || node.Content[2].Line != 4 {
		t.Fatal(node, err)
	}
}

func FuzzAnErrorIsOneLineAboutALineThatTheTextHas(f *testing.F) {
	for _, text := range []string{"a: [1", "a: \"b\n\n", "\t", "a\xff", "a: 1\n---\n[", "", "? [\n", "a: |\n\t\n b\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := yamldoc.Parse(text)
		if err == nil {
			return
		}
		var e *yamldoc.Error
		if !errors.As(err, &e) || strings.Contains(e.Reason, "\n") || e.Line < 0 || e.Line > strings.Count(string(text), "\n")+1 {
			t.Errorf("%q: %#v", text, err)
		}
	})
}
