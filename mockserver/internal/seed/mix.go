package seed

import (
	"strings"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// Statuses in the order of a Mix.
var statuses = [...]sandbox.Status{
	sandbox.StatusUnread, sandbox.StatusOpened, sandbox.StatusMy, sandbox.StatusUnassigned, sandbox.StatusBot,
	sandbox.StatusExpired, sandbox.StatusClosed,
}

var statusWords = func() []string {
	words := make([]string, len(statuses))
	for i, s := range statuses {
		words[i] = string(s)
	}
	return words
}()

// A Mix is how many conversations have each status, or in what proportion: in the order unread, opened, my, unassigned,
// bot, expired, closed.
type Mix [len(statuses)]int

// usual is the mix of a number that gives none.
var usual = Mix{12, 10, 6, 6, 5, 6, 5}

func readMix(v value) Mix {
	if !v.present() {
		return usual
	}
	o := v.object(statusWords...)
	var m Mix
	for i, word := range statusWords {
		m[i] = int(o.get(word).integer(0, maxConversations))
	}
	if o.d.err == nil && m.sum() == 0 {
		o.fail("must give at least one of %s a number above 0", strings.Join(statusWords, ", "))
	}
	return m
}

func (m Mix) sum() int {
	sum := 0
	for _, n := range m {
		sum += n
	}
	return sum
}

// scaled gives whole numbers in the proportion of m that add up to total, by the method of the largest remainder; of
// equal remainders the first counts.
func (m Mix) scaled(total int) Mix {
	sum := m.sum()
	if sum == total || sum == 0 {
		return m
	}
	var out, remainder Mix
	given := 0
	for i, n := range m {
		out[i], remainder[i] = n*total/sum, n*total%sum
		given += out[i]
	}
	for ; given < total; given++ {
		largest := 0
		for i := range remainder {
			if remainder[i] > remainder[largest] {
				largest = i
			}
		}
		out[largest]++
		remainder[largest] = -1
	}
	return out
}

// missing is what has to be generated so that `total` conversations have the proportions of m, when `have` are there.
// Where there are more of a status than its share, the others get less.
func (m Mix) missing(total int, have Mix) Mix {
	need := m.scaled(total)
	for i := range need {
		need[i] = max(0, need[i]-have[i])
	}
	rest := total - have.sum()
	if rest > 0 && need.sum() == 0 {
		need = m
	}
	return need.scaled(rest)
}
