package commandline

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// A process of its own: the second signal ends it.
func TestASecondSignalEndsTheProcessThatHasNoticedTheFirst(t *testing.T) {
	t.Parallel()
	if os.Getenv("AWALMOCK_TEST_SIGNALS") != "" {
		ctx, _ := UntilSignal(syscall.SIGTERM)
		for range 2 { // the second signal is sent at the first moment at which the first one can be noticed
			if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
				os.Exit(4)
			}
			<-ctx.Done()
		}
		select {}
	}
	for range 10 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestASecondSignalEndsTheProcess", "-test.timeout=20s")
		cmd.Env = append(os.Environ(), "AWALMOCK_TEST_SIGNALS=1")
		out, err := cmd.CombinedOutput()
		status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if !ok || !status.Signaled() || status.Signal() != syscall.SIGTERM {
			t.Fatalf("%v: %s", err, out)
		}
	}
}
