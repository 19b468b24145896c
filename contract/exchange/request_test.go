package exchange

import (
	"bytes"
	"strings"
	"testing"

	"example.com/awalmock/contract/document"
)

func TestTheRecordKeepsNoLargeBodyAndItsShellLineStillSaysHowLongItWas(t *testing.T) {
	t.Parallel()
	r := (&Request{Op: &document.Operation{ID: "upload"}, Method: "POST", Path: "/upload"}).WithForm(Part{Name: "file", FileName: "a.bin", Value: "begin", Zeros: 1 << 20})
	if at := bytes.Index(r.Body, []byte("begin\x00")); at < 0 || !bytes.Contains(r.Body, append(make([]byte, 1<<20), "\r\n--"+Boundary...)) {
		t.Fatalf("the part has not a mebibyte of zeros after its value: %d bytes", len(r.Body))
	}
	c := &Client{}
	kept := c.remembered(&Exchange{Request: r})
	if len(kept.Request.Body) > bodyShown || kept.Request.Fields() != nil {
		t.Errorf("the record keeps %d bytes of the body, fields %v", len(kept.Request.Body), kept.Request.Fields())
	}
	if line := kept.Request.shellBody(); line != r.shellBody() || !strings.Contains(line, "1048") {
		t.Errorf("the shell line of the record says %s, that of the request %s", line, r.shellBody())
	}
}
