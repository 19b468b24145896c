package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A job is what a client process does: it sends requests, as they are, in turn, over connections that stay open.
type job struct {
	Addr        string
	Requests    [][]byte
	Connections int
	Time        time.Duration // stop after it, or after Count requests; a single request has exchangeTimeout more
	Count       int64
	FirstByte   bool // one after another, each timed until the first byte of its answer
}

// A result is what came of a job. Any answer other than 200 and 201 is an error instead.
type result struct {
	Requests  int64
	Took      time.Duration
	FirstByte []float64 // milliseconds, in the order of the requests
}

// exchangeTimeout bounds a single request.
const exchangeTimeout = 2 * time.Minute

func runClient(stdin io.Reader, stdout io.Writer) error {
	var j job
	if err := json.NewDecoder(stdin).Decode(&j); err != nil {
		return err
	}
	do := hammer
	if j.FirstByte {
		do = firstBytes
	}
	r, err := do(&j)
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(r)
}

// hammer sends as many requests as the job allows.
func hammer(j *job) (result, error) {
	var sent atomic.Int64
	var wait sync.WaitGroup
	failed := make(chan error, j.Connections)
	began := time.Now()
	until := began.Add(j.Time)
	for range j.Connections {
		wait.Go(func() {
			if err := hammerOne(j, &sent, until); err != nil {
				failed <- err
			}
		})
	}
	wait.Wait()
	took := time.Since(began)
	select {
	case err := <-failed:
		return result{}, err
	default:
		return result{Requests: sent.Load(), Took: took}, nil
	}
}

func hammerOne(j *job, sent *atomic.Int64, until time.Time) error {
	c, err := net.Dial("tcp", j.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // all of it was read
	if err := c.SetDeadline(until.Add(exchangeTimeout)); err != nil {
		return err
	}
	buf := make([]byte, 64<<10)
	for {
		n := sent.Add(1)
		if n > j.Count || time.Now().After(until) {
			sent.Add(-1)
			return nil
		}
		if _, err := c.Write(j.Requests[n%int64(len(j.Requests))]); err != nil {
			return err
		}
		if err := readAnswer(c, buf); err != nil {
			return err
		}
	}
}

var errNotOK = errors.New("an answer is neither 200 nor 201")

// readAnswer reads an answer with a Content-Length that fits the buffer, and nothing else: it costs next to nothing.
func readAnswer(c net.Conn, buf []byte) error {
	have, need := 0, -1
	for have != need {
		n, err := c.Read(buf[have:])
		if err != nil {
			return err
		}
		have += n
		if need >= 0 {
			continue
		}
		head := bytes.Index(buf[:have], []byte("\r\n\r\n"))
		if head < 0 {
			continue
		}
		if !bytes.HasPrefix(buf, []byte("HTTP/1.1 200 ")) && !bytes.HasPrefix(buf, []byte("HTTP/1.1 201 ")) {
			return fmt.Errorf("%w: %s", errNotOK, buf[:have])
		}
		_, rest, found := bytes.Cut(buf[:head+2], []byte("\r\nContent-Length: "))
		digits, _, _ := bytes.Cut(rest, []byte("\r\n"))
		length, err := strconv.Atoi(string(digits))
		if !found || err != nil || head+4+length > len(buf) {
			return errors.New("an answer has no Content-Length, or too great a one")
		}
		need = head + 4 + length
	}
	return nil
}

// firstBytes sends each request once, one after another on one connection.
func firstBytes(j *job) (result, error) {
	c, err := net.Dial("tcp", j.Addr)
	if err != nil {
		return result{}, err
	}
	defer func() { _ = c.Close() }() // all of it was read
	reader := bufio.NewReaderSize(c, 256<<10)
	began := time.Now()
	var r result
	for _, request := range j.Requests {
		if err := c.SetDeadline(time.Now().Add(exchangeTimeout)); err != nil {
			return result{}, err
		}
		sent := time.Now()
		if _, err := c.Write(request); err != nil {
			return result{}, err
		}
		if _, err := reader.Peek(1); err != nil {
			return result{}, err
		}
		r.FirstByte = append(r.FirstByte, float64(time.Since(sent).Nanoseconds())/1e6)
		if _, err := readWhole(reader); err != nil {
			return result{}, err
		}
		r.Requests++
	}
	r.Took = time.Since(began)
	return r, nil
}

// answer is an answer with its body read.
type answer struct {
	header http.Header
	body   []byte
}

// readWhole reads any answer.
func readWhole(reader *bufio.Reader) (answer, error) {
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusCreated {
		return answer{}, fmt.Errorf("%w: %s %s", errNotOK, response.Status, body)
	}
	return answer{response.Header, body}, nil
}

// fetch sends one request on a connection of its own.
func fetch(addr string, request []byte) (answer, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = c.Close() }() // all of it was read
	if err := c.SetDeadline(time.Now().Add(exchangeTimeout)); err != nil {
		return answer{}, err
	}
	if _, err := c.Write(request); err != nil {
		return answer{}, err
	}
	return readWhole(bufio.NewReader(c))
}
