package spec

import "example.com/awalmock/mockserver/internal/strictjson"

// DecodeStrict decodes one JSON value: objects as map[string]any, numbers as json.Number. Beyond what encoding/json
// refuses, it refuses what package strictjson names. The value is nil where there are violations that leave none.
func DecodeStrict(data []byte) (any, []Violation) {
	d := decode(data)
	return d.value, d.violations
}

// A decoded is the result of decoding, and what the check of a body needs to know besides.
type decoded struct {
	value      any
	violations []Violation
	broken     bool // there is no value
	fractions  bool // a number is written with a fraction or an exponent, or as -0
}

func decode(data []byte) decoded {
	read := strictjson.Decode(data)
	d := decoded{value: read.Value, broken: read.Broken, fractions: read.Fractions}
	for _, f := range read.Faults {
		v := Violation{Field: f.Path, In: "body", Whole: f.Whole, Rule: f.Rule, Text: f.Text}
		if v.Field == "" {
			v.Field = "body"
		}
		d.violations = addViolation(d.violations, v)
	}
	return d
}
