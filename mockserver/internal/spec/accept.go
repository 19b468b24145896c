package spec

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// accept reports whether the plan accepts a decoded value. When it is false, kin decides.
func (s *Schema) accept(v *visit, x any) bool {
	p := &s.plan
	if p.beyond {
		return false
	}
	switch x := x.(type) {
	case string:
		return s.acceptString(v, x)
	case json.Number:
		return s.acceptNumber(v, string(x))
	case nil:
		return s.acceptNull(v)
	}
	if p.empty {
		return true
	}
	if p.combined && !s.acceptCombined(v, x) || !s.acceptEnum(x) {
		return false
	}
	switch x := x.(type) {
	case bool:
		return p.types&typeBoolean != 0
	case []any:
		return s.acceptArray(v, x)
	case map[string]any:
		return s.acceptObject(v, x)
	}
	return false
}

// acceptNull: null needs nullable, or a combination that allows it (kin asks nothing more then).
func (s *Schema) acceptNull(v *visit) bool {
	return s.Nullable || s.plan.xof && !s.plan.empty && s.acceptCombined(v, nil)
}

// acceptCombined checks not, oneOf, anyOf and allOf.
func (s *Schema) acceptCombined(v *visit, x any) bool {
	inner := visit{answer: v.answer}
	if s.Not != nil && (!s.Not.plan.exact || s.Not.accept(&inner, x)) {
		return false
	}
	if len(s.OneOf) > 0 {
		fitting := 0
		for _, part := range s.OneOf {
			if !part.plan.exact {
				return false
			}
			if part.accept(&inner, x) {
				fitting++
			}
		}
		if fitting != 1 {
			return false
		}
	}
	if len(s.AnyOf) > 0 {
		fits := false
		for _, part := range s.AnyOf {
			fits = fits || part.accept(&inner, x)
		}
		if !fits {
			return false
		}
	}
	for _, part := range s.AllOf {
		if !part.accept(&inner, x) {
			return false
		}
	}
	v.extra = v.extra || inner.extra
	return true
}

func (s *Schema) acceptEnum(x any) bool {
	for _, word := range s.plan.enum {
		if equal(word, x) {
			return true
		}
	}
	return len(s.plan.enum) == 0
}

func (s *Schema) acceptString(v *visit, x string) bool {
	p := &s.plan
	if p.empty {
		return true
	}
	if p.beyond || p.types&typeString == 0 || p.combined && !s.acceptCombined(v, x) {
		return false
	}
	if len(p.enum) > 0 && !slices.Contains(p.words, x) {
		return false
	}
	if s.MinLength > 0 || s.MaxLength >= 0 {
		n := len(x)
		if n > s.MaxLength || n < 4*s.MinLength { // only then the number of bytes does not decide
			n = utf8.RuneCountInString(x)
		}
		if n < s.MinLength || s.MaxLength >= 0 && n > s.MaxLength {
			return false
		}
	}
	if p.pattern != nil && !p.pattern.MatchString(x) {
		return false
	}
	return p.format == nil || p.format(x)
}

// number is a JSON number as kin compares it: the nearest float64. An integer outside of the 64-bit range whose
// nearest float64 is the range's end moves beyond that end, so that format int64 refuses it.
func number(x string) (f float64, ok bool) {
	if len(x) < 16 { // at most 15 digits: exact, and the most frequent by far
		if n, ok := smallInteger(x); ok {
			return float64(n), true
		}
	}
	f, err := strconv.ParseFloat(x, 64)
	if err != nil {
		return 0, false
	}
	if f == math.MaxInt64 || f == math.MinInt64 {
		if _, err := strconv.ParseInt(x, 10, 64); err != nil {
			return math.Nextafter(f, 2*f), true
		}
	}
	return f, true
}

func smallInteger(x string) (int64, bool) {
	digits := x
	if digits != "" && digits[0] == '-' {
		digits = digits[1:]
	}
	var n int64
	for i := range len(digits) {
		d := digits[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + int64(d)
	}
	if len(digits) != len(x) {
		n = -n
	}
	return n, digits != ""
}

func (s *Schema) acceptNumber(v *visit, x string) bool {
	p := &s.plan
	if p.empty {
		return true
	}
	if p.beyond || p.types&(typeInteger|typeNumber) == 0 {
		return false
	}
	if p.combined && !s.acceptCombined(v, json.Number(x)) || len(p.enum) > 0 && !s.acceptEnum(json.Number(x)) {
		return false
	}
	f, ok := number(x)
	if !ok {
		return false
	}
	if p.types&typeNumber == 0 && f != math.Trunc(f) || f < p.low || f > p.high {
		return false
	}
	if m := s.Minimum; m != nil && (f < *m || s.ExclusiveMinimum && f == *m) {
		return false
	}
	if m := s.Maximum; m != nil && (f > *m || s.ExclusiveMaximum && f == *m) {
		return false
	}
	if m := s.MultipleOf; m != nil {
		// Whole numbers that float64 holds exactly are decided here, fractions by kin.
		return *m == math.Trunc(*m) && f == math.Trunc(f) && math.Abs(f) < 1<<50 && math.Mod(f, *m) == 0
	}
	return true
}

func (s *Schema) acceptArray(v *visit, x []any) bool {
	if s.plan.types&typeArray == 0 || len(x) < s.MinItems || s.MaxItems >= 0 && len(x) > s.MaxItems {
		return false
	}
	if s.UniqueItems && !uniqueTexts(x) {
		return false
	}
	if s.Items == nil {
		return true
	}
	for _, item := range x {
		if !s.Items.accept(v, item) {
			return false
		}
	}
	return true
}

// uniqueTexts reports whether x is a short list of different texts; any other list is left to kin.
func uniqueTexts(x []any) bool {
	if len(x) > 32 {
		return false
	}
	for i, item := range x {
		text, ok := item.(string)
		if !ok {
			return false
		}
		for _, other := range x[:i] {
			if other == text {
				return false
			}
		}
	}
	return true
}

func (s *Schema) acceptObject(v *visit, x map[string]any) bool {
	p := &s.plan
	if p.types&typeObject == 0 || len(x) < s.MinProperties || s.MaxProperties >= 0 && len(x) > s.MaxProperties {
		return false
	}
	if v.answer && p.writeOnly || !v.answer && p.readOnly {
		return false
	}
	seen := 0
	for i := range p.properties {
		property := &p.properties[i]
		member, found := x[property.Name]
		if !found {
			if property.Required {
				return false
			}
			continue
		}
		seen++
		if !property.Schema.accept(v, member) {
			return false
		}
	}
	for _, name := range p.required {
		if _, found := x[name]; !found {
			return false
		}
	}
	if seen == len(x) {
		return true
	}
	v.extra = true
	if !s.AdditionalAllowed {
		return false
	}
	return s.Additional == nil || s.acceptAdditional(v, x)
}

func (s *Schema) acceptAdditional(v *visit, x map[string]any) bool {
	for name, member := range x {
		if _, named := s.plan.index[name]; !named && !s.Additional.accept(v, member) {
			return false
		}
	}
	return true
}

// equal compares a value of the document with one of a request as JSON does: numbers by their value.
func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		if !ok {
			return false
		}
		x, okX := number(string(a))
		y, okY := number(string(b))
		return okX && okY && x == y
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, equal)
	}
	switch b.(type) {
	case []any, map[string]any:
		return false
	}
	return a == b
}
