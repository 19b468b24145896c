package signature_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
)

func TestATimestampIsOneToThirteenDecimalDigits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"0": 0, "7": 7, "1704124800": 1704124800, "9999999999999": 9999999999999,
	} {
		if got, err := signature.ParseTimestamp(text); err != nil || got != want {
			t.Errorf("%q was read as %d, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "-1", "+1", " 1", "1 ", "1.5", "1e9", "0x1", "1_000", "١٧٠٤١٢٤٨٠٠", "10000000000000", "17041248000000", "0001704124800", "00", "01",
		"2024-01-01T00:00:00Z", "\x00",
	} {
		if _, err := signature.ParseTimestamp(text); !errors.Is(err, signature.ErrTimestamp) {
			t.Errorf("%q: error %v, want ErrTimestamp", text, err)
		}
	}
}

func TestATimestampMayBeAsFarAwayAsTheSkewAllows(t *testing.T) {
	t.Parallel()
	const at = 1704124800
	for _, c := range []struct {
		sent    int64
		limit   time.Duration
		refused bool
	}{
		{at, 5 * time.Minute, false},
		{at - 300, 5 * time.Minute, false},
		{at - 301, 5 * time.Minute, true},
		{at + 300, 5 * time.Minute, false},
		{at + 301, 5 * time.Minute, true},
		{at - 1, time.Second, false},
		{at - 2, 1500 * time.Millisecond, true},
		{0, 0, false},
		{9999999999999, 0, false},
		{9999999999999, math.MaxInt64, true},
		{0, 5 * time.Minute, true},
	} {
		err := signature.CheckSkew(c.sent, time.Unix(at, 999_999_999), c.limit)
		if (err != nil) != c.refused {
			t.Errorf("%d against %d within %v: %v, refused should be %v", c.sent, at, c.limit, err, c.refused)
		}
	}
}

func TestASkewErrorSaysTheServersTimeAndWhatIsWrong(t *testing.T) {
	t.Parallel()
	for sent, want := range map[int64]string{
		1704124499:    "301 s old, at most 5m0s",
		1704125101:    "301 s ahead, at most 5m0s",
		1704124800000: "milliseconds",
	} {
		err := signature.CheckSkew(sent, time.Unix(1704124800, 0), 5*time.Minute)
		skew, ok := errors.AsType[*signature.SkewError](err)
		if !ok {
			t.Fatalf("%d: error %v, want a SkewError", sent, err)
		}
		if skew.Sent != sent || skew.Now != 1704124800 || skew.Milliseconds != (sent == 1704124800000) {
			t.Errorf("%d: %+v", sent, skew)
		}
		if text := err.Error(); !strings.Contains(text, "1704124800") || !strings.Contains(text, want) {
			t.Errorf("%d: %q does not say %q and the server's time", sent, text, want)
		}
	}
}

func TestASkewIsADurationOrOff(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"off": 0, "0": 0, "0s": 0, "5m": 5 * time.Minute, "1s": time.Second, "26h": 26 * time.Hour,
	} {
		if got, err := signature.ParseSkew(text); err != nil || got != want {
			t.Errorf("%q was read as %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "on", "OFF", "-5m", "5", "300ms", "1y"} {
		if _, err := signature.ParseSkew(text); err == nil || !strings.Contains(err.Error(), "or off") {
			t.Errorf("%q: error %v, want one that says what to use", text, err)
		}
	}
}
