// Command upload signs an upload to the Awal API and sends it: go run ./upload TARGET FILE MEDIA_TYPE [NAME=VALUE...]
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	if len(os.Args) < 4 || os.Getenv("AWAL_SECRET") == "" || os.Getenv("AWAL_BASE_URL") == "" {
		log.Fatal("usage: AWAL_SECRET=... AWAL_BASE_URL=... go run ./upload TARGET FILE MEDIA_TYPE [NAME=VALUE...]")
	}
	body, contentType, err := form(os.Args[2], os.Args[3], os.Args[4:])
	if err == nil {
		err = send(os.Args[1], contentType, body)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// form is the whole body, with a boundary of its own: what is signed is what is sent.
func form(path, mediaType string, fields []string) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, field := range fields {
		name, value, _ := strings.Cut(field, "=")
		err = errors.Join(err, w.WriteField(name, value))
	}
	file, readErr := os.ReadFile(path)
	part, partErr := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", filepath.Base(path))}, "Content-Type": {mediaType},
	})
	if err = errors.Join(err, readErr, partErr); err != nil {
		return nil, "", err
	}
	_, err = part.Write(file)
	err = errors.Join(err, w.Close()) // before the bytes are taken: it writes the last boundary
	return b.Bytes(), w.FormDataContentType(), err
}

func send(target, contentType string, body []byte) error {
	timestamp := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(os.Getenv("AWAL_SECRET")))
	mac.Write(append([]byte("POST"+target+timestamp), body...))
	signature := fmt.Sprintf("sha256=%x", mac.Sum(nil))
	request, err := http.NewRequest(http.MethodPost, os.Getenv("AWAL_BASE_URL")+target, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"Accept": "application/json", "Content-Type": contentType, "X-Awal-Signature-256": signature, "X-Timestamp": timestamp,
		"X-Domain": os.Getenv("AWAL_DOMAIN"), "X-Client-ID": os.Getenv("AWAL_CLIENT_ID"),
	} {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	fmt.Printf("%s\n%d\n", signature, response.StatusCode)
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}
