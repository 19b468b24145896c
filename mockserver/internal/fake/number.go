package fake

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/brianvoe/gofakeit/v7"
)

// integer makes a whole number within the bounds, which may be those of 64 bits.
func integer(p *mergedSchema, f *gofakeit.Faker) (any, error) {
	low, high := p.bounds(1)
	if p.low != nil && p.lowExclusive {
		low = math.Floor(*p.low) + 1
	}
	if p.high != nil && p.highExclusive {
		high = math.Ceil(*p.high) - 1
	}
	if p.multipleOf != nil {
		if step := wholeStep(*p.multipleOf); step >= 1 {
			n := multiple(f, low, high, step)
			return json.Number(strconv.FormatFloat(n, 'f', 0, 64)), nil
		}
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

// number makes a number within the bounds. It has two decimals, or more if the bounds need them.
func number(p *mergedSchema, f *gofakeit.Faker, try int) (any, error) {
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

// wholeStep returns the lowest multiple of a step that is a whole number; 0 if there is no low one.
func wholeStep(step float64) float64 {
	for n := 1.0; n <= 1000; n++ {
		if whole := math.Round(step * n); whole >= 1 && math.Abs(step*n-whole) < 1e-9*whole {
			return whole
		}
	}
	return 0
}

// common returns a step that is a multiple of both if both are whole numbers; else the larger one.
func common(a *float64, b float64) *float64 {
	if a == nil {
		return &b
	}
	larger := max(*a, b)
	if *a == math.Trunc(*a) && b == math.Trunc(b) {
		for n := 1.0; n <= 1000; n++ {
			if step := larger * n; math.Mod(step, *a) == 0 && math.Mod(step, b) == 0 {
				return &step
			}
		}
	}
	return &larger
}

// decimalsOf counts the digits after the decimal point.
func decimalsOf(f float64) int {
	text := strconv.FormatFloat(f, 'f', -1, 64)
	for i := range text {
		if text[i] == '.' {
			return len(text) - i - 1
		}
	}
	return 0
}
