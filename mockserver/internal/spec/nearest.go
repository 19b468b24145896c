package spec

import "strings"

// Nearest is the known name that was probably meant: the same but for case and punctuation, a beginning of it,
// or at most two typing errors away (one for short names).
func Nearest(name string, known []string) string {
	if len(name) > 64 {
		return ""
	}
	best, bestDistance := "", 3
	plain := plainName(name)
	for _, k := range known {
		p := plainName(k)
		if p == plain {
			return k
		}
		distance, limit := editDistance(plain, p), min(2, len(p)/3)
		if len(plain) >= 3 && strings.HasPrefix(p, plain) {
			distance, limit = min(distance, 2), 2
		}
		if distance <= limit && distance < bestDistance {
			best, bestDistance = k, distance
		}
	}
	return best
}

// plainName is a name in lower case, without the marks that styles of writing differ in.
func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
}

// editDistance counts the letters to insert, remove, replace, or to swap with their neighbour.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, previous := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(previous[j]+cost, previous[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, previous = previous, row
	}
	return previous[len(y)]
}
