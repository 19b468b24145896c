package seed

import (
	"fmt"
	"testing"
)

func TestAppendPhone_WritesEightDigits(t *testing.T) {
	t.Parallel()
	for _, n := range []uint64{0, 9, 10_000, 12_345_678, phoneCount - 1} {
		if got, want := string(appendPhone(nil, n)), fmt.Sprintf("9665%08d", n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
