package view

import (
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// TestAppendValue_WritesWhatEncodingJSONWrites compares values of every kind, with texts that need escapes.
func TestAppendValue_WritesWhatEncodingJSONWrites(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "a", "مرحبا", "<&>", "a\"b", `\`, "\b\f\n\r\t\x00\x7f", "\u2028", "\u2029", "\xff", "a\xffb", "\uFFFD", "😀",
	}))
	number := rapid.Map(rapid.SampledFrom([]string{"0", "-0", "1", "-12", "1.50", "1e3", "01", "-", "", "1a", "9007199254740993"}),
		func(s string) any { return json.Number(s) })
	leaf := rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.Bool(), toAny), rapid.Map(text, toAny), number,
		rapid.Map(rapid.Float64(), toAny), rapid.Map(rapid.Int(), toAny), rapid.Just[any]([]any(nil)), rapid.Just[any](map[string]any(nil)))
	list := rapid.Map(rapid.SliceOfN(leaf, 0, 4), toAny)
	value := rapid.OneOf(leaf, list, rapid.Map(rapid.MapOfN(text, rapid.OneOf(leaf, list), 0, 20), toAny))
	rapid.Check(t, func(r *rapid.T) {
		v := value.Draw(r, "value")
		var want bytes.Buffer
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		wantErr := encoder.Encode(v)
		got, err := Marshal(v)
		if (err == nil) != (wantErr == nil) {
			r.Fatalf("error %v, encoding/json's is %v", err, wantErr)
		}
		if err == nil && string(got)+"\n" != want.String() {
			r.Fatalf("got %s, want %s", got, want.Bytes())
		}
	})
}

func toAny[T any](v T) any { return v }
