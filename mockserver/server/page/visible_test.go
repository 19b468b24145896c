package page_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/printable"
)

// TestThePageShowsNoCharacterOfADocumentThatCannotBeSeen runs the script of the page that prepares a document before it is shown.
func TestThePageShowsNoCharacterOfADocumentThatCannotBeSeen(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	const hostile = "a\x1b]0;x\a\u202egnp.exe\u2066\u0085\u009b31m\u2028\u200b\ufeff\U000e0041 \x00\x7f\r"
	document := map[string]any{
		"info":      map[string]any{"title": hostile, "description": "first\r\nsecond\n\tأحمد 👋🏽 \\u202e"},
		"tags":      []any{map[string]any{"name": hostile}},
		"paths":     map[string]any{"/" + hostile: map[string]any{"get": map[string]any{"summary": hostile, "deprecated": true, "x-n": 1.5, "x-null": nil}}},
		"servers":   []any{map[string]any{"url": hostile, "description": hostile}},
		"__proto__": map[string]any{"x": hostile},
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "--input-type=module", "-e", `
import { readFileSync } from 'node:fs';
const source = readFileSync('visible.js', 'utf8');
const { allVisible } = await import('data:text/javascript;base64,' + Buffer.from(source).toString('base64'));
console.log(JSON.stringify(allVisible(JSON.parse(readFileSync(0, 'utf8')))));`)
	cmd.Stdin = strings.NewReader(string(text))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var shown map[string]any
	if err := json.Unmarshal(out, &shown); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info := shown["info"].(map[string]any)
	if got, want := info["description"], "first\nsecond\n\tأحمد 👋🏽 \\u202e"; got != want {
		t.Errorf("what can be seen is shown as %q, want %q", got, want)
	}
	if got, want := info["title"], `a\u001b]0;x\u0007\u202egnp.exe\u2066\u0085\u009b31m\u2028\u200b\ufeff\U000e0041 \u0000\u007f\u000d`; got != want {
		t.Errorf("the title is shown as %q, want %q", got, want)
	}
	if len(shown) != len(document) || len(shown["paths"].(map[string]any)) != 1 {
		t.Errorf("something is missing: %s", out)
	}
	allSeen(t, shown)
}

// allSeen checks each text and each name of a value.
func allSeen(t *testing.T, value any) {
	t.Helper()
	switch value := value.(type) {
	case string:
		if printable.Text(value) != value {
			t.Errorf("%q is shown", value)
		}
	case []any:
		for _, part := range value {
			allSeen(t, part)
		}
	case map[string]any:
		for name, part := range value {
			allSeen(t, name)
			allSeen(t, part)
		}
	}
}
