package eventlog

import (
	"os"
	"strings"
	"testing"
)

// TestTheFileOfVersion1HasEveryKind asks for a line of each kind that can be read. One that came later has a file of its own.
func TestTheFileOfVersion1HasEveryKind(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/version1.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	for kind := range kinds {
		if !strings.Contains(string(text), `"kind":"`+string(kind)+`","v":1,`) {
			t.Errorf("no event of the kind %s is kept", kind)
		}
	}
}
