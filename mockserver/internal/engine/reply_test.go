package engine_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
)

// long is an answer that no buffer on the way holds.
const long = 32 << 20

// longAnswers are a long answer in one piece and piece by piece.
func longAnswers() map[string]func() engine.Reply {
	return map[string]func() engine.Reply{
		"in one piece": func() engine.Reply { return engine.Reply{Body: make([]byte, long)} },
		"in large pieces": func() engine.Reply {
			return engine.Reply{Stream: func(w io.Writer) error {
				_, err := w.Write(make([]byte, long))
				return err
			}}
		},
		"in small pieces": func() engine.Reply {
			return engine.Reply{Stream: func(w io.Writer) error {
				piece := make([]byte, 1000)
				for range long / len(piece) {
					if _, err := w.Write(piece); err != nil {
						return err
					}
				}
				return nil
			}}
		},
	}
}

// ask sends a GET on a connection of its own and reads nothing.
func ask(t *testing.T, s *httptest.Server) net.Conn {
	t.Helper()
	return said(t, s, "GET /things HTTP/1.1\r\nHost: x\r\n\r\n")
}

func TestACallerThatTakesNothingOfALongAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, reply := range longAnswers() {
		done := make(chan *engine.Exchange, 1)
		s := serve(t, func(o *engine.Options) {
			o.ReadStall = 50 * time.Millisecond // 30 s are too long for a test
			// A machine's clock far from the real one must not matter to connections.
			o.Now = func() time.Time { return time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) }
			o.Fallback = func(*engine.Call) (engine.Reply, error) { return reply(), nil }
			o.Observe = func(x *engine.Exchange) { done <- x }
		})
		conn := ask(t, s)
		select {
		case x := <-done:
			if x.Sent >= long {
				t.Errorf("%s: all of it was taken", name)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: the answer still waits for its reader", name)
		}
		if got, err := io.Copy(io.Discard, conn); got >= long {
			t.Errorf("%s: %d bytes arrived, %v", name, got, err)
		}
	}
}

func TestACallerThatTakesALongAnswerSlowlyGetsAllOfIt(t *testing.T) {
	t.Parallel()
	for name, reply := range longAnswers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(o *engine.Options) {
				o.ReadStall = time.Second
				o.Fallback = func(*engine.Call) (engine.Reply, error) { return reply(), nil }
			})
			response, err := http.ReadResponse(bufio.NewReader(ask(t, s)), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			tick := time.NewTicker(80 * time.Millisecond)
			defer tick.Stop()
			got := int64(0)
			for err == nil {
				<-tick.C // 1.3 s in all
				var n int64
				n, err = io.CopyN(io.Discard, response.Body, long/16)
				got += n
			}
			if got < long/1000*1000 {
				t.Errorf("%d bytes of %d arrived: %v", got, long, err)
			}
		})
	}
}

func TestAStreamMayStandIdleForLongerThanABlockMayTake(t *testing.T) {
	t.Parallel()
	for version, name := range map[int]string{1: "HTTP/1.1", 2: "HTTP/2.0"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next := make(chan struct{}, 2)
			s := httptest.NewUnstartedServer(newEngine(t, func(o *engine.Options) {
				o.ReadStall = 300 * time.Millisecond
				o.Fallback = func(*engine.Call) (engine.Reply, error) {
					return engine.Reply{Stream: func(w io.Writer) error { return tickTwice(w, next) }}, nil
				}
			}))
			s.EnableHTTP2 = version == 2
			s.StartTLS()
			t.Cleanup(s.Close)
			response, err := s.Client().Get(s.URL + "/things")
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			lines := bufio.NewReader(response.Body)
			for range 2 {
				if line, err := lines.ReadString('\n'); err != nil || response.Proto != name {
					t.Fatalf("%s: %q %v", response.Proto, line, err)
				}
				<-time.After(400 * time.Millisecond)
				next <- struct{}{}
			}
			if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
				t.Errorf("%q %v", rest, err)
			}
		})
	}
}

// tickTwice sends two lines, and waits after each.
func tickTwice(w io.Writer, next <-chan struct{}) error {
	for range 2 {
		if _, err := io.WriteString(w, "tick\n"); err != nil {
			return err
		}
		if err := w.(interface{ Flush() error }).Flush(); err != nil {
			return err
		}
		<-next
	}
	return nil
}
