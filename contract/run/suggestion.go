package run

import (
	"fmt"
	"slices"
	"strings"
)

func oneOf(what, value string, known ...string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return Usage("there is no %s %q%s", what, value, Suggestion(value, known))
}

// Suggestion is the end of a message about an unknown word: the nearest known one, or all of them if none is near and they are few.
func Suggestion(word string, known []string) string {
	if best := Misspelt(word, known, len(word)/2+1); best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	if len(known) <= 10 {
		return "; known are " + strings.Join(known, ", ")
	}
	return "; --list shows all of them"
}

// Misspelt is the known word that is at most so many letters away from an unknown one and nearest to it; "" if there is none.
func Misspelt(word string, known []string, letters int) (best string) {
	distance := letters + 1
	for _, candidate := range known {
		if d := editDistance(strings.ToLower(word), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	before := make([]int, len(b)+1)
	for j := range before {
		before[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now := make([]int, len(b)+1)
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(before[j]+1, now[j-1]+1, before[j-1]+cost)
		}
		before = now
	}
	return before[len(b)]
}
