package cli

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// begun is a request that the mock has begun to answer when it comes back.
func begun(t *testing.T, url string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{} // whose connections are this request's alone
	t.Cleanup(transport.CloseIdleConnections)
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK {
		t.Fatal(response.Status)
	}
	return response
}

// ends waits until the program has ended, and gives how long that took and how it ended.
func (p *process) ends(t *testing.T) (took time.Duration, err error) {
	t.Helper()
	began := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- p.cmd.Wait() }()
	select {
	case err = <-ended:
	case <-time.After(30 * time.Second):
		t.Fatal("it does not end")
	}
	return time.Since(began), err
}

func TestSIGTERMEndsOpenStreamsInTimeAndExitsWith0(t *testing.T) {
	t.Parallel()
	p := launch(t, nil, "--auth", "off")
	origin := strings.TrimSuffix(p.url, "/api/developer")
	streams := []io.Reader{
		begun(t, origin+"/__admin/requests/stream").Body,
		begun(t, origin+"/__admin/changes/stream").Body,
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for _, stream := range streams {
		if _, err := io.Copy(io.Discard, stream); err != nil {
			t.Errorf("the stream breaks off: %v", err)
		}
	}
	if took, err := p.ends(t); err != nil || took > shutdownTime/2 {
		t.Errorf("after %v: %v: %s", took, err, p.stderr)
	}
}

// inFlight is the connection of a request of which the mock reads the body, two bytes that have not been sent; reader gives
// the answer. One that is not yet read when a signal comes is closed by net/http.
func inFlight(t *testing.T, p *process) (conn net.Conn, reader *bufio.Reader) {
	t.Helper()
	u, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err = net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	head := "GET " + u.Path + "/conversations?phone_number_id=123456 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
	if _, err := io.WriteString(conn, head); err != nil {
		t.Fatal(err)
	}
	reader = bufio.NewReader(conn)
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatal(line, err)
	}
	if _, err := reader.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return conn, reader
}

// hung is a mock with a request in flight that it will not have answered within a minute.
func hung(t *testing.T) *process {
	t.Helper()
	p := launch(t, nil, "--auth", "off", "--latency", "1m")
	conn, _ := inFlight(t, p)
	if _, err := io.WriteString(conn, "{}"); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestARequestThatDoesNotFinishInTimeAfterSIGTERMIsCutOffAndTheExitCodeIs1(t *testing.T) {
	t.Parallel()
	p := hung(t)
	var exit *exec.ExitError
	if _, err := p.ends(t); !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(p.stderr.String(), "cut off") {
		t.Errorf("%v: %s", err, p.stderr)
	}
}

func TestASecondSIGTERMEndsTheMockAtOnce(t *testing.T) {
	t.Parallel()
	p := hung(t)
	u, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range tick.C { // the first one has been heard when nothing listens any more
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			break
		}
		conn.Close()
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if took, err := p.ends(t); err == nil || took > shutdownTime/2 {
		t.Errorf("after %v: %v", took, err)
	}
}
