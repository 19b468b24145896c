package spec

import (
	"encoding/json"
	"math/big"
)

// canonical returns the value with the numbers of integer schemas written as integers: 10 for 10.0 and 1e1.
func (s *Schema) canonical(v any) any {
	switch v := v.(type) {
	case json.Number:
		if s.Type == "integer" && !isDecimal(string(v)) {
			if f, ok := number(string(v)); ok {
				whole, _ := big.NewFloat(f).Int(nil)
				return json.Number(whole.String())
			}
		}
	case []any:
		for i := range v {
			if items := s.alternatives(func(x *Schema) *Schema { return x.Items }); len(items) == 1 {
				v[i] = items[0].canonical(v[i])
			}
		}
	case map[string]any:
		for name := range v {
			if property := s.alternatives(func(x *Schema) *Schema { return x.Property(name) }); len(property) == 1 {
				v[name] = property[0].canonical(v[name])
			} else if len(property) == 0 && s.Additional != nil {
				v[name] = s.Additional.canonical(v[name])
			}
		}
	}
	return v
}
