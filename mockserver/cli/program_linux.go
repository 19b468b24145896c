package cli

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// releaseProgram takes the pages of the program file out of this process: most were needed by the start only, those that are needed come
// back from the system's cache. They count as memory of the process as long as they are there: 9 MB of 20.
func releaseProgram() {
	program, err := os.Executable()
	if err != nil {
		return
	}
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	for _, m := range unwrittenMappings(bytes.NewReader(smaps), program) {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, m.from, m.to-m.from, syscall.MADV_DONTNEED) // when it is refused, the pages stay
	}
}

// A mapping is a range of addresses.
type mapping struct{ from, to uintptr }

// unwrittenMappings finds, in /proc/PID/smaps, the parts of a file that the process can only read and none of whose pages differs from
// the file, so that each can be read from it again.
func unwrittenMappings(smaps io.Reader, file string) []mapping {
	var found []mapping
	lines := bufio.NewScanner(smaps)
	in := false
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) >= 5 && !strings.HasSuffix(fields[0], ":"):
			in = len(fields) == 6 && fields[5] == file && (fields[1] == "r--p" || fields[1] == "r-xp")
			if m, err := addresses(fields[0]); in && err == nil {
				found = append(found, m)
			} else {
				in = false
			}
		case in && len(fields) == 3 && fields[0] == "Anonymous:" && fields[1] != "0": // a page that is written becomes the process's own
			found, in = found[:len(found)-1], false
		}
	}
	return found
}

// addresses reads "00400000-01034000".
func addresses(text string) (mapping, error) {
	first, second, _ := strings.Cut(text, "-")
	from, err := strconv.ParseUint(first, 16, 64)
	if err != nil {
		return mapping{}, err
	}
	to, err := strconv.ParseUint(second, 16, 64)
	return mapping{uintptr(from), uintptr(to)}, err
}
