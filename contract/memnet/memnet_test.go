package memnet

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// connected are both sides of a connection.
func connected(t *testing.T) (client, server net.Conn) {
	t.Helper()
	listener := Listen()
	go func() {
		var err error
		if client, err = listener.Dial(t.Context(), "", ""); err != nil {
			t.Error(err)
		}
	}()
	server, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	t.Cleanup(func() { _ = client.Close(); _ = server.Close() })
	return client, server
}

func TestAConnectionCarriesMoreThanItHolds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := connected(t)
		sent := bytes.Repeat([]byte("0123456789"), bufferSize)
		go func() {
			if n, err := client.Write(sent); n != len(sent) || err != nil {
				t.Errorf("%d bytes written: %v", n, err)
			}
			_ = client.Close()
		}()
		if got, err := io.ReadAll(server); !bytes.Equal(got, sent) || err != nil {
			t.Errorf("%d bytes read: %v", len(got), err)
		}
		if _, err := server.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("written to a closed connection: %v", err)
		}
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("read from a closed connection: %v", err)
		}
	})
}

func TestAConnectionKeepsDeadlines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := connected(t)
		began := time.Now()
		_ = client.SetDeadline(began.Add(time.Hour))
		_ = client.SetDeadline(began.Add(time.Minute))
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != time.Minute {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		synctest.Wait() // both deadlines are at the same instant
		if n, err := client.Write(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%d bytes written after the deadline: %v", n, err)
		}
		_ = client.SetDeadline(time.Time{})
		if _, err := client.Write([]byte("late")); err != nil {
			t.Error(err)
		}
		into := make([]byte, 10)
		if n, err := server.Read(into); string(into[:n]) != "late" || err != nil {
			t.Errorf("%q: %v", into[:n], err)
		}
		go func() { _ = server.SetReadDeadline(time.Now().Add(-time.Second)) }() // net/http ends a read that waits like this
		if _, err := server.Read(into); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestACloseOfAListenerEndsWhatWaits(t *testing.T) {
	t.Parallel()
	listener := Listen()
	_ = listener.Close()
	if _, err := listener.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if _, err := listener.Dial(t.Context(), "", ""); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}
