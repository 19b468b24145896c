package mocktest_test

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// soon is more than a loaded machine takes for anything here.
const soon = time.Minute

func dial(t *testing.T, m *mocktest.Mock) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(m.Origin, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(soon)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// say writes to a connection of its own.
func say(t *testing.T, m *mocktest.Mock, text string) net.Conn {
	t.Helper()
	conn := dial(t, m)
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// heard reads one answer and what follows it, to the end of the connection.
func heard(t *testing.T, conn net.Conn) (status int, closes bool) {
	t.Helper()
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(reader); err != nil || len(rest) > 0 {
		t.Errorf("after the answer: %q, %v", rest, err)
	}
	return response.StatusCode, response.Close
}

// refused are requests that are answered without their body.
func refused() map[string]int {
	return map[string]int{
		"GET /livez": 200, "GET /readyz": 200, "GET /docs": 200, "GET /docs/": 308, "GET /docs/swagger-ui.css": 200, "GET /metrics": 200,
		"GET /openapi.yaml": 200, "GET /openapi.json": 200, "POST /livez": 405, "DELETE /openapi.yaml": 405, "GET /nothing": 404,
		"POST /api/developer/nothing": 404, "DELETE /api/developer/conversations": 405, "OPTIONS /api/developer/templates": 405,
		"GET /__admin/nothing": 404, "PATCH /__admin/clock": 405,
	}
}

func head(request, lines string) string {
	return request + " HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n"
}

func TestWhatNeedsNoBodyIsAnsweredWithoutWaitingForOne(t *testing.T) {
	t.Parallel()
	m := startStopped(t, waitFiveMinutesForBodies)
	preflight := "Origin: http://x\r\nAccess-Control-Request-Method: GET\r\n"
	for name, body := range map[string]string{
		"a length and nothing": "Content-Length: 10\r\n", "chunks and none": "Transfer-Encoding: chunked\r\n",
		"a large length": "Content-Length: 3000000000\r\n", "asked first": "Content-Length: 10\r\nExpect: 100-continue\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conns := map[string]net.Conn{"OPTIONS": say(t, m, head("OPTIONS /api/developer/templates", preflight+body))}
			for request := range refused() {
				conns[request] = say(t, m, head(request, body))
			}
			for request, conn := range conns {
				if status, closes := heard(t, conn); status != cmp.Or(refused()[request], 204) || !closes {
					t.Errorf("%s: %d, closes %v", request, status, closes)
				}
			}
		})
	}
}

func TestABodyThatStandsStillEndsTheConnectionWhoeverItIsFor(t *testing.T) {
	t.Parallel()
	m := startStopped(t, func(o *mocktest.Options) { o.BodyStall = 50 * time.Millisecond })
	for _, request := range []string{
		"POST /api/developer/w/message/text", "GET /api/developer/templates", "POST /__admin/clock", "POST /__admin/sign", "PUT /__admin/faults", "PUT /__admin/events",
	} {
		for _, length := range []string{"Content-Length: 2000000\r\n", "Content-Length: 100\r\n", "Transfer-Encoding: chunked\r\n"} {
			if request != "POST /__admin/sign" && strings.Contains(length, "2000000") {
				length = "Content-Length: 200000\r\n" // more is refused at once
			}
			if request == "PUT /__admin/events" {
				length += "Content-Type: application/x-ndjson\r\n"
			}
			if status, closes := heard(t, say(t, m, head(request, length))); status != 400 || !closes {
				t.Errorf("%s %q: %d, closes %v", request, length, status, closes)
			}
		}
	}
}

func TestAConnectionLivesOnAfterABodyThatWasRead(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	conn := dial(t, m)
	reader := bufio.NewReader(conn)
	for range 3 {
		for _, body := range []string{"Content-Length: 2\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"} {
			if _, err := io.WriteString(conn, "POST /api/developer/w/message/text HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+body); err != nil {
				t.Fatal(err)
			}
			response, err := http.ReadResponse(reader, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != 401 || response.Close {
				t.Fatalf("%s, %v", response.Status, err)
			}
		}
	}
}

func TestACallerThatWritesFirstAndReadsThenGetsTheRefusal(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	large := bytes.Repeat([]byte("x"), 3<<20)
	chunk := append([]byte("300000\r\n"), large...)
	chunk = append(chunk, "\r\n0\r\n\r\n"...)
	requests := refused()
	requests["POST /api/developer/w/message/text"] = 413
	requests["POST /__admin/conversations"] = 413
	requests["PUT /__admin/events"] = 415
	for request, want := range requests {
		t.Run(request, func(t *testing.T) {
			t.Parallel()
			for range 3 {
				conn := say(t, m, head(request, fmt.Sprintf("Content-Length: %d\r\n", len(large))))
				if _, err := conn.Write(large); err != nil {
					t.Fatal(err)
				}
				if status, _ := heard(t, conn); status != want {
					t.Errorf("%d, want %d", status, want)
				}
				conn = say(t, m, head(request, "Transfer-Encoding: chunked\r\n"))
				if _, err := conn.Write(chunk); err != nil {
					t.Fatal(err)
				}
				if status, _ := heard(t, conn); status != want {
					t.Errorf("chunked: %d, want %d", status, want)
				}
			}
		})
	}
	t.Run("a head that is none", func(t *testing.T) {
		t.Parallel()
		conn := say(t, m, "GET / HTTP/1.1\r\nno header\r\n\r\n")
		if _, err := conn.Write(large); err != nil {
			t.Fatal(err)
		}
		if status, _ := heard(t, conn); status != 400 {
			t.Error(status)
		}
	})
	t.Run("a head that is too large", func(t *testing.T) {
		t.Parallel()
		conn := say(t, m, "GET / HTTP/1.1\r\nX: ")
		if _, err := conn.Write(large); err != nil {
			t.Fatal(err)
		}
		if status, _ := heard(t, conn); status != 431 {
			t.Error(status)
		}
	})
}

func TestACallerThatNeverReadsIsGivenUpWhateverItAsksFor(t *testing.T) {
	t.Parallel()
	m := startStopped(t, mocktest.Auth("off"), mocktest.RateLimit("off"), func(o *mocktest.Options) { o.ReadStall = 100 * time.Millisecond })
	for _, request := range []string{
		"GET /openapi.yaml", "GET /metrics", "GET /livez", "GET /docs/swagger-ui-bundle.js", "GET /nothing", "POST /livez", "OPTIONS /x",
		"DELETE /__admin/requests", "GET /api/developer/templates",
	} {
		t.Run(request, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, m)
			many := []byte(strings.Repeat(head(request, "Origin: http://x\r\nAccess-Control-Request-Method: GET\r\n"), 100))
			for {
				if _, err := conn.Write(many); err != nil {
					if errors.Is(err, os.ErrDeadlineExceeded) {
						t.Error("it is still connected")
					}
					return
				}
			}
		})
	}
}

func TestCallersThatKeepTheMockWaitingMakeRoomForOthers(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"idle bodies": head("POST /api/developer/w/message/text", "Content-Length: 10\r\n"),
		"half heads":  "GET /livez HT",
		"nothing":     "",
		"idle":        head("GET /livez", ""),
		"no readers":  strings.Repeat(head("GET /openapi.yaml", ""), 300),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := startStopped(t, waitFiveMinutesForBodies, func(o *mocktest.Options) { o.Connections, o.ReadStall = 8, 5*time.Minute })
			stream := say(t, m, head("GET /__admin/changes/stream", ""))
			lines := bufio.NewReader(stream)
			if _, err := http.ReadResponse(lines, nil); err != nil {
				t.Fatal(err)
			}
			for range 20 {
				conn := dial(t, m)
				go func() { _, _ = io.WriteString(conn, text) }()
			}
			if status, _ := heard(t, say(t, m, head("GET /livez", "Connection: close\r\n"))); status != 200 {
				t.Error(status)
			}
			// Who is being served is left alone, however long that takes.
			if err := m.Advance(time.Hour); err != nil {
				t.Fatal(err)
			}
			for line := ""; !strings.HasPrefix(line, "event: change"); {
				var err error
				if line, err = lines.ReadString('\n'); err != nil {
					t.Fatal("the stream has ended: ", err)
				}
			}
		})
	}
}
