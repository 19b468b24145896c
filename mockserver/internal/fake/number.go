package fake

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/brianvoe/gofakeit/v7"
)

// integer makes a whole number within the bounds, which may be those of 64 bits.
func integer(p *plain, f *gofakeit.Faker) (any, error) {
	low, high := p.bounds(1)
	if p.multipleOf != nil && *p.multipleOf >= 1 {
		n := multiple(f, low, high, *p.multipleOf)
		return json.Number(strconv.FormatFloat(n, 'f', 0, 64)), nil
	}
	// math.Nextafter keeps the float below 2^63, where int64 ends.
	ceiling := math.Nextafter(1<<63, 0)
	first := int64(math.Max(math.Ceil(low), -1<<63))
	last := int64(math.Min(math.Floor(high), ceiling))
	if p.format == "int32" {
		first, last = max(first, math.MinInt32), min(last, math.MaxInt32)
	}
	n := first
	if last > first {
		span := uint64(last - first) // the true distance, also where it is beyond int64
		n += int64(f.Uint64() % max(1, span+1))
	}
	return json.Number(strconv.FormatInt(n, 10)), nil
}

// number makes a number within the bounds: with two decimals at first, with more if the bounds ask for it.
func number(p *plain, f *gofakeit.Faker, try int) (any, error) {
	decimals := 2 + try%16
	low, high := p.bounds(math.Pow10(-decimals))
	n := low + (high-low)*f.Float64()
	if p.multipleOf != nil {
		n = multiple(f, low, high, *p.multipleOf)
		decimals = max(0, decimalsOf(*p.multipleOf))
	}
	text := strconv.FormatFloat(n, 'f', decimals, 64)
	if len(text) > 24 {
		text = strconv.FormatFloat(n, 'e', -1, 64)
	}
	return json.Number(text), nil
}

// multiple draws a multiple of step between two bounds, or one near them if there is none between.
func multiple(f *gofakeit.Faker, low, high, step float64) float64 {
	first, last := math.Ceil(low/step), math.Floor(high/step)
	if last <= first {
		return first * step
	}
	return (first + math.Floor((last-first+1)*f.Float64())) * step
}

// decimalsOf counts the digits behind the point.
func decimalsOf(f float64) int {
	text := strconv.FormatFloat(f, 'f', -1, 64)
	for i := range text {
		if text[i] == '.' {
			return len(text) - i - 1
		}
	}
	return 0
}
