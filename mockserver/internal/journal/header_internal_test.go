package journal

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// TestQueue_AReadersEntryStaysWhenItsSlotIsUsedAgain has headers of many lengths written to the same slots.
func TestQueue_AReadersEntryStaysWhenItsSlotIsUsedAgain(t *testing.T) {
	t.Parallel()
	var q queue
	header := func(i int) http.Header {
		return http.Header{"X-Long": {strings.Repeat("x", i*97%3000), "zweite ü\x00\n"}, "X-Empty": {""}, strings.Repeat("N", i%300+1): {"v"}}
	}
	var read []*Entry
	for i := range 200 {
		q.push(1).put(&Entry{Sequence: int64(i)}, 1, header(i), header(i+1))
		read = append(read, q.at(q.count-1).copy())
		if q.count == 5 {
			q.drop()
		}
	}
	for i, e := range read {
		if e.Sequence != int64(i) || !reflect.DeepEqual(http.Header(e.Request.Header()), header(i)) || !reflect.DeepEqual(http.Header(e.Reply.Header()), header(i+1)) {
			t.Fatalf("entry %d: %+v", i, e)
		}
	}
	for i := range q.slots {
		if s := &q.slots[i]; s.bytes == 0 && cap(s.heads) > keptHeads {
			t.Errorf("an empty slot keeps %d bytes", cap(s.heads))
		}
	}
	if q.bytes != q.count {
		t.Errorf("%d bytes are counted for %d entries of one", q.bytes, q.count)
	}
}
