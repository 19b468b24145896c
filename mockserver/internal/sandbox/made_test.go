package sandbox

import "testing"

func TestAMessageIsFoundByItsIDAlsoWhenItCameAfterHigherOnes(t *testing.T) {
	t.Parallel()
	var made madeMessages
	for _, id := range []int64{10, 12, 40, 11, 39, 41} { // 11 and 39 were planned
		made.add(id, id*100)
	}
	for _, id := range []int64{10, 11, 12, 39, 40, 41} {
		if c, ok := made.conversation(id); !ok || c != id*100 {
			t.Errorf("message %d is in conversation %d (%v)", id, c, ok)
		}
	}
	for _, id := range []int64{0, 9, 13, 42} {
		if c, ok := made.conversation(id); ok {
			t.Errorf("there is a message %d in conversation %d", id, c)
		}
	}
}
