package cli

import (
	"slices"
	"strings"
	"testing"
)

// TestUnwrittenMappings_LeavesOutWhatDiffersFromTheFile reads mappings of a program, of its data, and of another file.
func TestUnwrittenMappings_LeavesOutWhatDiffersFromTheFile(t *testing.T) {
	t.Parallel()
	part := func(addresses, rights, name, anonymous string) string {
		return addresses + " " + rights + " 00000000 fe:00 10010916                           " + name + "\nSize: 4 kB\nPrivate_Dirty:         8 kB\nAnonymous: " + anonymous + " kB\nVmFlags: rd ex mr mw me sd\n"
	}
	smaps := part("00400000-01034000", "r-xp", "/bin/mock", "0") + part("01034000-01e3d000", "r--p", "/bin/mock", "4") +
		part("01e3d000-01eff000", "rw-p", "/bin/mock", "0") + part("02000000-02001000", "r--p", "/bin/mock", "0") +
		part("7f0000000000-7f0000001000", "r-xp", "/lib/other.so", "0") + "7ffc00000000-7ffc00001000 r-xp 00000000 00:00 0                          [vdso]\nAnonymous: 0 kB\n"
	want := []mapping{{0x400000, 0x1034000}, {0x2000000, 0x2001000}}
	if got := unwrittenMappings(strings.NewReader(smaps), "/bin/mock"); !slices.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

// TestReleaseProgram_LeavesTheProgramAsItIs releases the pages of this test, which then has to go on.
func TestReleaseProgram_LeavesTheProgramAsItIs(t *testing.T) {
	t.Parallel()
	releaseProgram()
	if got := strings.Repeat("a", 3); got != "aaa" {
		t.Error(got)
	}
}
